/** Whatever goes wrong in a request becomes one answer of the catalogue; what is not in it is a 500 that shows nothing. */
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { StoreError } from '../model/records/batch.ts';
import { ApiError, errorDocument, ERRORS, type ErrorCode } from '../model/errors.ts';

/** Fastify's own codes, and Node's of broken HTTP. */
const FOREIGN: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_VALIDATION: 'bad_request',
  FST_ERR_BAD_URL: 'bad_url',
  FST_ERR_NOT_FOUND: 'not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'url_too_long',
  FST_ERR_ASYNC_CONSTRAINT: 'bad_request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'not_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_json',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Of plugins that say no code: a file that is not to be had. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = { 403: 'not_found', 404: 'not_found', 413: 'body_too_large', 415: 'not_json' };

export function errorCode(error: unknown): ErrorCode {
  if (error instanceof ApiError) return error.code;
  if (error instanceof StoreError) return error.code === 'away' ? 'database_away' : 'internal';
  const { code, statusCode, name } = (error ?? {}) as Partial<FastifyError>;
  if (code !== undefined && FOREIGN[code] !== undefined) return FOREIGN[code];
  if (name === 'SyntaxError' && statusCode === 400) return 'bad_json';
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return BY_STATUS[statusCode] ?? 'bad_request';
  return 'internal';
}

function details(error: unknown): { message?: string; details?: unknown } {
  if (error instanceof ApiError) return { message: error.message, ...(error.details === undefined ? {} : { details: error.details }) };
  if (!hasZodFastifySchemaValidationErrors(error)) return {};
  const issues = error.validation.map(({ instancePath, message }) => ({ path: instancePath.replace(/^\//, '').replaceAll('/', '.'), message: message ?? '' }));
  const [first] = issues;
  const where = error.validationContext ?? 'request';
  const part = where === 'querystring' ? 'query' : where;
  return { message: `${part}${first?.path ? `.${first.path}` : ''}: ${first?.message ?? 'not as expected'}`, details: { in: part, issues } };
}

/** Also for what never reaches a route (`frameworkErrors`). */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const code = errorCode(error);
  if (code === 'internal') request.log.error({ err: error, method: request.method, url: request.routeOptions.url }, 'a request failed');
  const { message, details: more } = details(error);
  if (code === 'database_away') reply.header('retry-after', '5');
  if (code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="drover"');
  return reply.code(ERRORS[code].status).type('application/json; charset=utf-8').serializer(JSON.stringify).send(errorDocument(code, message, more));
}

/** An answer onto a bare socket, for broken HTTP and refused handshakes. */
export function rawAnswer(code: ErrorCode, message?: string): string {
  const body = JSON.stringify(errorDocument(code, message));
  const { status } = ERRORS[code];
  const extra = code === 'unauthorized' ? 'www-authenticate: Bearer realm="drover"\r\n' : '';
  return `HTTP/1.1 ${status} ${code}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n${extra}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** For Node's `clientError`: the other side may be gone, and that is nobody's fault. */
export function answerBrokenHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(rawAnswer(FOREIGN[error.code ?? ''] ?? 'bad_http'));
}

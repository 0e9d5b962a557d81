/**
 * Every error that the HTTP API answers with, in one catalogue: the code (part of the contract: add, never rename), its status, what it
 * means, and what to do about it.
 */

export const ERRORS = {
  bad_request: { status: 400, message: 'The request is not what this path takes.', cure: 'Compare it with /docs.' },
  bad_json: { status: 400, message: 'The body is not valid JSON.', cure: 'Send a JSON document with Content-Type: application/json.' },
  bad_url: { status: 400, message: 'The URL cannot be decoded.', cure: 'Percent-encode it as UTF-8.' },
  bad_http: { status: 400, message: 'This is not valid HTTP.', cure: 'Speak HTTP/1.1; https needs a proxy in front.' },
  bad_cursor: { status: 400, message: 'The cursor is not one that this path gave out.', cure: 'Use nextCursor as it came, or begin without a cursor.' },
  bad_base_url: { status: 400, message: 'The base URL cannot be used.', cure: 'Give http:// or https://, a host, and perhaps a port and a path.' },
  address_refused: { status: 400, message: 'Drover does not connect to this address: it is link-local or a cloud\'s metadata service.', cure: 'Give the host\'s own address.' },
  range_too_large: { status: 400, message: 'More samples lie in this range than one answer holds.', cure: 'Narrow from and to, or ask for a step.' },
  unauthorized: { status: 401, message: 'This needs the token.', cure: 'Send Authorization: Bearer <DROVER_TOKEN>, or sign in at POST /api/session.' },
  foreign_origin: { status: 403, message: 'A page of another origin may not do this.', cure: 'Open Drover under its own address, or set DROVER_PUBLIC_URL to the one that browsers use.' },
  not_found: { status: 404, message: 'There is nothing here.', cure: 'See /docs for every path.' },
  no_such_host: { status: 404, message: 'There is no such host.', cure: 'See GET /api/hosts.' },
  no_such_actor: { status: 404, message: 'There is no such actor.', cure: 'See GET /debug/actors.' },
  capture_gone: { status: 404, message: 'The host no longer holds this capture.', cure: 'Captures live in the host\'s memory and end with its boot.' },
  method_not_allowed: { status: 405, message: 'This path does not know the method.', cure: 'See the Allow header.' },
  request_timeout: { status: 408, message: 'The request did not come in time.', cure: 'Send it again.' },
  host_exists: { status: 409, message: 'A host of this id exists.', cure: 'Choose another id, or change that host with PATCH.' },
  host_declared: { status: 409, message: 'The host is declared in the configuration, so the API may only enable and disable it.', cure: 'Change DROVER_HOSTS or the file, and start again.' },
  not_restartable: { status: 409, message: 'This actor is not restarted by hand.', cure: 'Restart one of its children, or the process.' },
  body_too_large: { status: 413, message: 'The body is too large.', cure: 'Send at most 64 KiB.' },
  url_too_long: { status: 414, message: 'A part of the path is too long.', cure: 'Shorten it.' },
  not_json: { status: 415, message: 'Methods that change something take JSON alone.', cure: 'Send Content-Type: application/json.' },
  wrong_host: { status: 421, message: 'Drover is not known under this Host name.', cure: 'Use its address, or add the name to DROVER_ALLOWED_HOSTS.' },
  too_many_requests: { status: 429, message: 'Too many tries.', cure: 'Wait as long as Retry-After says.' },
  headers_too_large: { status: 431, message: 'The headers are too large.', cure: 'Send at most 16 KiB of them; clear the cookies of this site.' },
  internal: { status: 500, message: 'Something went wrong inside Drover.', cure: 'The log has the details, under the same request id.' },
  host_unavailable: { status: 502, message: 'The host did not answer as it should.', cure: 'See its liveness at GET /api/hosts/:id.' },
  database_away: { status: 503, message: 'The database is not there now.', cure: 'See /readyz; what is live goes on without it.' },
  stopping: { status: 503, message: 'Drover is going away.', cure: 'Try again when it is back.' },
} as const satisfies Record<string, { status: number; message: string; cure: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorDocument { error: { code: string; message: string; hint?: string; details?: unknown } }

/** An error that a client may see whole. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;
  constructor(code: ErrorCode, message?: string, options?: ErrorOptions & { details?: unknown }) {
    super(message ?? ERRORS[code].message, options);
    this.name = 'ApiError';
    this.code = code;
    this.details = options?.details;
  }
}

export function errorDocument(code: ErrorCode, message: string = ERRORS[code].message, details?: unknown): ErrorDocument {
  return { error: { code, message, hint: ERRORS[code].cure, ...(details === undefined ? {} : { details }) } };
}

/** One request and its answer as llama-swap kept them, fit to be shown: secrets masked, bodies as text, cut at 1 MiB. */
import type { HostFault } from '../../model/host/liveness.ts';
import { HostError } from '../../model/host/liveness.ts';
import type { HostPort } from '../../model/seams.ts';
import { jsonOf } from './answers.ts';
import { isDoc, isId, text, type Doc } from './checks.ts';
import { isSecretName, MASK, maskSecrets } from './mask.ts';
import { UPSTREAM } from './upstream-paths.ts';

export interface CaptureBody {
  /** UTF-8; what is none shows as U+FFFD. */
  text: string;
  /** Bytes before the cut. */
  bytes: number;
  cut: boolean;
}

export interface Capture {
  upstreamId: number;
  reqPath: string;
  reqHeaders: Record<string, string>;
  reqBody: CaptureBody | null;
  respHeaders: Record<string, string>;
  /** null: the request failed. */
  respBody: CaptureBody | null;
}

/** `gone`: evicted, never kept, or the host is too old for captures. */
export type CaptureAnswer = { kind: 'capture'; capture: Capture } | { kind: 'gone' } | { kind: 'fault'; fault: HostFault };

/** Bytes of a body that are shown. */
export const CAPTURE_BODY_BYTES = 1024 * 1024;

/** Rejects with nothing: whatever goes wrong is in the answer. */
export async function fetchCapture(port: HostPort, upstreamId: number, signal: AbortSignal): Promise<CaptureAnswer> {
  const answer = await port.get(UPSTREAM.capture(upstreamId), { signal }).catch((error: unknown) => {
    if (error instanceof HostError) return error.fault;
    throw error;
  });
  if (!('status' in answer)) return { kind: 'fault', fault: answer };
  if (answer.status === 404) return { kind: 'gone' };
  const read = jsonOf(answer, 'GET /api/captures');
  if (read.kind === 'refused') return { kind: 'fault', fault: read.fault };
  const doc = read.value;
  if (!isDoc(doc) || !isId(doc['id'])) return { kind: 'fault', fault: { code: 'protocol', text: 'GET /api/captures: expected an object with an id' } };
  if (doc['id'] !== upstreamId) return { kind: 'fault', fault: { code: 'protocol', text: `GET /api/captures: asked for ${upstreamId}, ${doc['id']} came` } };
  return { kind: 'capture', capture: readCapture(doc, upstreamId) };
}

function readCapture(doc: Doc, upstreamId: number): Capture {
  return {
    upstreamId,
    reqPath: maskSecrets(text(doc['req_path']) ?? ''),
    reqHeaders: maskHeaders(doc['req_headers']),
    reqBody: readBody(doc['req_body']),
    respHeaders: maskHeaders(doc['resp_headers']),
    respBody: readBody(doc['resp_body']),
  };
}

function maskHeaders(headers: unknown): Record<string, string> {
  if (!isDoc(headers)) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => {
    const plain = Array.isArray(value) ? value.join(', ') : String(value);
    return [name, isSecretName(name) ? MASK : maskSecrets(plain)];
  }));
}

/** Masked before it is cut: a secret that the cut goes through would have no end to be known by. */
function readBody(base64: unknown): CaptureBody | null {
  if (typeof base64 !== 'string') return null;
  const bytes = Buffer.from(base64, 'base64');
  const masked = maskSecrets(bytes.toString('utf8'));
  const cut = bytes.length > CAPTURE_BODY_BYTES;
  if (!cut) return { text: masked, bytes: bytes.length, cut };
  return { text: `${Buffer.from(masked).subarray(0, CAPTURE_BODY_BYTES).toString('utf8')}\n… cut: ${bytes.length} bytes in all`, bytes: bytes.length, cut };
}

/** Requests to Drover's HTTP API. Every fault is one sentence with what to do, whatever went wrong. */
import type { ErrorDocument } from '../../src/model/errors.ts';

export class ApiFault extends Error {
  /** Of the catalogue, or `unreachable`: no answer at all; `unexpected`: an answer that is not Drover's. */
  readonly code: string;
  readonly status: number;
  readonly hint: string | null;
  /** As the catalogue says of the code; null: none. */
  readonly details: unknown;
  /** Seconds after which it may be tried again; null: not said. */
  readonly retryAfterS: number | null;
  constructor(code: string, status: number, message: string, hint: string | null, { details = null, retryAfterS = null }: { details?: unknown; retryAfterS?: number | null } = {}) {
    super(message);
    this.name = 'ApiFault';
    this.code = code;
    this.status = status;
    this.hint = hint;
    this.details = details;
    this.retryAfterS = retryAfterS;
  }
}

export interface ApiRequest { method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'; body?: unknown; signal?: AbortSignal }

/** Throws an ApiFault; an abort goes through as it is. A 204 is `undefined`. Answers are Drover's own, so they are not checked again. */
export async function api<T>(path: string, { method = 'GET', body, signal }: ApiRequest = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method, signal: signal ?? null, credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiFault('unreachable', 0, 'Drover does not answer.', 'See that it runs and that this machine reaches it.');
  }
  if (answer.status === 204) return undefined as T;
  const document: unknown = await answer.json().catch(() => null);
  if (answer.ok && document !== null) return document as T;
  const { error } = (document ?? {}) as Partial<ErrorDocument>;
  if (answer.status === 401) for (const listener of signedOut) listener();
  throw error === undefined
    ? new ApiFault('unexpected', answer.status, `An answer that is not Drover's (status ${answer.status}).`, 'Is a proxy in between?')
    : new ApiFault(error.code, answer.status, error.message, error.hint ?? null, { details: error.details ?? null, retryAfterS: secondsOf(answer.headers.get('retry-after')) });
}

function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : null;
}

const signedOut = new Set<() => void>();
/** Calls back when an answer says that nobody is signed in (any more). */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** A path with a query; lists repeat their name, null and '' are left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | readonly string[] | null | undefined>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value as readonly string[] : [value as string | number | null | undefined]) if (one !== null && one !== undefined && one !== '') params.append(name, String(one));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** What crosses between a host program and a transport. */

export type Header = [name: string, value: string];

export interface WireRequest {
  method: string;
  /** With query, as it came. */
  path: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

/** One client's waiting ear. `head`, chunks, then one of `end` (clean) and `cut`. Calls after that are ignored. */
export interface Sink {
  head(status: number, headers: Header[]): void;
  chunk(bytes: Uint8Array): void;
  end(): void;
  cut(): void;
  /** Messages handed over that the client has not taken yet. */
  backlog(): number;
}

/** Answers one request now or later; what it returns is called when the client has gone. */
export type Handler = (request: WireRequest, sink: Sink) => () => void;

export interface Answer { status: number; headers: Header[]; body: string | Uint8Array }

/** Go sets no length beyond its 2 KiB buffer: such an answer is chunked. */
export function send(sink: Sink, { status, headers, body }: Answer): number {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  sink.head(status, status === 204 ? headers : [...headers, bytes.length > 2_048 ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(bytes.length)]]);
  if (bytes.length > 0) sink.chunk(bytes);
  sink.end();
  return bytes.length;
}

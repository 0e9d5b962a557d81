/** `GET /logs/stream[/proxy|/upstream|/{model}][?no-history]`: plain text for ever. */
import type { LogHistory } from './log-history.ts';
import { send, type Answer, type Header, type Sink, type WireRequest } from './wire.ts';

/** One open log stream. */
export interface LogTap {
  /** `model`: whose server wrote it. */
  text(source: 'proxy' | 'upstream', text: string, model: string | null): void;
  end(): void;
}

export interface HostLogs {
  proxy: LogHistory;
  upstream: LogHistory;
  ofModel(model: string): LogHistory;
}

export interface LogStreamOptions {
  request: WireRequest;
  sink: Sink;
  taps: Set<LogTap>;
  logs: HostLogs;
  /** The id of a model that runs here, by id or alias; null: no log under that name. */
  model: (name: string) => string | null;
  date: string;
  refuse: () => Answer;
}

export function openLogStream({ request, sink, taps, logs, model, date, refuse }: LogStreamOptions): () => void {
  const [path = '', query = ''] = request.path.split('?', 2);
  const name = decodeURIComponent(path.slice('/logs/stream'.length).replace(/^\//, ''));
  const which = name === '' || name === 'proxy' || name === 'upstream' ? name : null;
  const of = which === null ? model(name) : null;
  if (which === null && of === null) {
    send(sink, refuse());
    return () => {};
  }
  const headers: Header[] = [['Content-Type', 'text/plain'], ['X-Accel-Buffering', 'no'], ['X-Content-Type-Options', 'nosniff'], ['Date', date], ['Transfer-Encoding', 'chunked']];
  let begun = false;
  // Without history, or with an empty one, not even the status line comes before the first log line.
  const write = (text: string): void => {
    if (text === '') return;
    if (!begun) sink.head(200, headers);
    begun = true;
    sink.chunk(Buffer.from(text));
  };
  const heard = (source: 'proxy' | 'upstream', from: string | null): boolean => (of !== null ? from === of : which === '' || which === source);
  const tap: LogTap = {
    text(source, text, from) { if (heard(source, from)) write(text); },
    end() {
      if (!begun) sink.head(200, headers);
      sink.end();
    },
  };
  if (!query.includes('no-history')) write(of !== null ? logs.ofModel(of).text() : (which === 'upstream' ? '' : logs.proxy.text()) + (which === 'proxy' ? '' : logs.upstream.text()));
  taps.add(tap);
  return () => void taps.delete(tap);
}

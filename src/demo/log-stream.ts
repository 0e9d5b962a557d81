/** `GET /logs/stream[/proxy|/upstream|/{model}][?no-history]`: plain text for ever. */
import type { LogHistory } from './log-history.ts';
import { send, type Answer, type Header, type Sink, type WireRequest } from './wire.ts';

export type LogTap = (source: 'proxy' | 'upstream', text: string) => void;

export interface LogStreamOptions {
  request: WireRequest;
  sink: Sink;
  taps: Set<LogTap>;
  logs: { proxy: LogHistory; upstream: LogHistory };
  models: string[];
  date: string;
  refuse: () => Answer;
}

export function openLogStream({ request, sink, taps, logs, models, date, refuse }: LogStreamOptions): () => void {
  const [path = '', query = ''] = request.path.split('?', 2);
  const which = decodeURIComponent(path.slice('/logs/stream'.length).replace(/^\//, ''));
  if (which !== '' && which !== 'proxy' && which !== 'upstream' && !models.includes(which)) {
    send(sink, refuse());
    return () => {};
  }
  const headers: Header[] = [['Content-Type', 'text/plain'], ['X-Accel-Buffering', 'no'], ['X-Content-Type-Options', 'nosniff'], ['Date', date], ['Transfer-Encoding', 'chunked']];
  let begun = false;
  // Without history not even the status line comes before the first log line.
  const write = (text: string): void => {
    if (!begun) sink.head(200, headers);
    begun = true;
    if (text !== '') sink.chunk(Buffer.from(text));
  };
  const tap: LogTap = (source, text) => {
    if (which === '' || (which === 'proxy') === (source === 'proxy')) write(text);
  };
  if (!query.includes('no-history')) write((which === 'upstream' ? '' : logs.proxy.text()) + (which === 'proxy' ? '' : logs.upstream.text()));
  taps.add(tap);
  return () => void taps.delete(tap);
}

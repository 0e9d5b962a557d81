/** The ways in which a whole host can misbehave. Faults of single frames are methods of SimHost; malformed bytes: bad-frames.ts. */
import type { Clock } from '../model/seams.ts';
import type { SimFault } from './sim-types.ts';
import type { Answer, Header, Sink } from './wire.ts';

/** What a fault answers by itself; null: it does not. */
export function faultAnswer(fault: SimFault | null, date: string): Answer | null {
  if (fault?.kind === 'html') return { status: 200, headers: [['Content-Type', 'text/html; charset=utf-8'], ['Date', date]], body: '<!doctype html><title>Welcome</title><h1>It works!</h1>\n' };
  if (fault?.kind !== 'status') return null;
  const headers: Header[] = [['Content-Type', fault.contentType ?? 'text/plain; charset=utf-8'], ['Date', date]];
  if (fault.location !== undefined) headers.push(['Location', fault.location]);
  return { status: fault.status, headers, body: fault.body ?? `status ${fault.status}\n` };
}

/** The same sink, a byte at a time. */
export function trickle(clock: Clock, sink: Sink, bytesPerSecond: number): Sink {
  let queue: (() => void)[] = [];
  let armed = false;
  const tick = (): void => {
    armed = false;
    queue.shift()?.();
    arm();
  };
  function arm(): void {
    if (armed || queue.length === 0) return;
    armed = true;
    clock.setTimeout(tick, 1_000 / bytesPerSecond);
  }
  const push = (job: () => void): void => {
    queue.push(job);
    arm();
  };
  return {
    head: (status, headers) => sink.head(status, headers),
    chunk(bytes) { for (let at = 0; at < bytes.length; at += 1) push(() => sink.chunk(bytes.subarray(at, at + 1))); },
    end: () => push(() => sink.end()),
    cut() {
      queue = [];
      sink.cut();
    },
    backlog: () => sink.backlog(),
  };
}

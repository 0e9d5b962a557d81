/**
 * One gate for all hosts' connection attempts, so that a switch that comes back brings no stampede: at most `underWay` at a time,
 * at most `perSecond` begun within any second. First come, first served.
 */
import type { Clock, TimerId } from '../../model/seams.ts';
import { LIMITS } from '../../model/limits.ts';

/** Gives the place back (or leaves the queue). Calling it again does nothing. */
export type Release = () => void;

export interface ReconnectLimiter {
  /** `granted` is called once, later or at once, unless released before. */
  acquire(granted: () => void): Release;
  readonly waiting: number;
}

export function createReconnectLimiter(clock: Clock, limits: { underWay: number; perSecond: number } = LIMITS.reconnect): ReconnectLimiter {
  type Waiter = { granted: () => void };
  const waiting = new Set<Waiter>();
  /** Monotonic ms of the last `perSecond` beginnings, oldest first. */
  const begun: number[] = [];
  let underWay = 0;
  let timer: TimerId = null;

  const pump = (): void => {
    while (waiting.size > 0 && underWay < limits.underWay) {
      const now = clock.monotonic();
      if (begun.length >= limits.perSecond) {
        const wait = begun[0]! + 1_000 - now;
        if (wait > 0) {
          timer ??= clock.setTimeout(() => {
            timer = null;
            pump();
          }, Math.ceil(wait));
          return;
        }
        begun.shift();
      }
      const next = waiting.values().next().value!;
      waiting.delete(next);
      begun.push(now);
      underWay += 1;
      next.granted();
    }
  };

  return {
    acquire(granted) {
      const waiter: Waiter = { granted };
      waiting.add(waiter);
      pump();
      let released = false;
      return () => {
        if (released) return;
        released = true;
        if (waiting.delete(waiter)) return;
        underWay -= 1;
        pump();
      };
    },
    get waiting() {
      return waiting.size;
    },
  };
}

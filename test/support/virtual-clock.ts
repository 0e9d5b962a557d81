/**
 * A clock that moves only when told: for tests and the simulation. Timers fire in the order of their times, equal times first
 * in, first out, so a run is the same every time. A heap: simulated days with thousands of timers cost microseconds a timer.
 */
import type { Clock, TimerId } from '../../src/model/seams.ts';

export interface VirtualClock extends Clock {
  /** Moves time on and fires what falls due, timers that are set meanwhile too. Synchronous: promises do not settle between. */
  advance(ms: number): void;
  /** As `advance`, but everything that waits on promises settles before each timer and at the end. */
  run(ms: number): Promise<void>;
  /**
   * Runs until the condition holds, checked after each step of time; throws when `limitMs` has passed without it.
   * Returns the ms that passed.
   */
  runUntil(condition: () => boolean, limitMs: number): Promise<number>;
  /** Lets all promises settle that wait on nothing but other promises; time stands still and no timer fires. */
  settle(): Promise<void>;
  /** Moves the wall clock alone, either way, as an administrator or NTP does. */
  jump(ms: number): void;
  /** Timers that have yet to fire. */
  pending(): number;
  /** `monotonic()` of the next timer; null: none is set. */
  next(): number | null;
}

interface Timer {
  at: number;
  order: number;
  fn: (() => void) | null;
}

/** All promise jobs run before the next immediate. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** `startMs`: the wall clock at the beginning, by default 2026-01-01T00:00:00Z. `monotonic()` begins at 0. */
export function virtualClock(startMs = Date.UTC(2026, 0, 1)): VirtualClock {
  const heap: Timer[] = [];
  let live = 0;
  let order = 0;
  let mono = 0;
  let wall = startMs;

  const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

  const push = (timer: Timer): void => {
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!before(timer, heap[up]!)) break;
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = timer;
  };

  const pop = (): void => {
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down += 1;
      if (!before(heap[down]!, last)) break;
      heap[i] = heap[down]!;
      i = down;
    }
    heap[i] = last;
  };

  /** The first timer that still stands; cancelled ones on top of it are thrown away. */
  const peek = (): Timer | undefined => {
    while (heap.length > 0 && heap[0]!.fn === null) pop();
    return heap[0];
  };

  const moveTo = (at: number): void => {
    if (at <= mono) return;
    wall += at - mono;
    mono = at;
  };

  /** Fires one timer that is due by `until`; false: there is none. */
  const fire = (until: number): boolean => {
    const timer = peek();
    if (timer === undefined || timer.at > until) return false;
    pop();
    moveTo(timer.at);
    const { fn } = timer;
    timer.fn = null;
    live -= 1;
    fn?.();
    return true;
  };

  return {
    now: () => wall,
    monotonic: () => mono,
    setTimeout(fn, ms): TimerId {
      const timer: Timer = { at: mono + (ms > 0 ? ms : 0), order, fn };
      order += 1;
      live += 1;
      push(timer);
      return timer;
    },
    clearTimeout(id) {
      const timer = id as Timer | null | undefined;
      if (!timer || timer.fn === null) return;
      timer.fn = null;
      live -= 1;
      // A timer that is set and cleared again and again far ahead would never come to the top.
      if (heap.length > 64 && heap.length > 4 * live) {
        const standing = heap.filter((one) => one.fn !== null);
        heap.length = 0;
        for (const one of standing) push(one);
      }
    },
    advance(ms) {
      const until = mono + ms;
      while (fire(until));
      moveTo(until);
    },
    async run(ms) {
      const until = mono + ms;
      do await settle();
      while (fire(until));
      moveTo(until);
      await settle();
    },
    async runUntil(condition, limitMs) {
      const from = mono;
      const until = from + limitMs;
      await settle();
      while (!condition()) {
        if (!fire(until)) {
          moveTo(until);
          throw new Error(`the condition did not hold within ${limitMs} ms of virtual time`);
        }
        await settle();
      }
      return mono - from;
    },
    settle,
    jump(ms) {
      wall += ms;
    },
    pending: () => live,
    next: () => peek()?.at ?? null,
  };
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { virtualClock } from './support/virtual-clock.ts';

test('timers fire by time, equal times first in, first out, and see their own time', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ ms: fc.integer({ min: 0, max: 20 }), cancel: fc.boolean() }), { maxLength: 200 }), (plan) => {
      const clock = virtualClock();
      const fired: { at: number; index: number }[] = [];
      const ids = plan.map(({ ms }, index) => clock.setTimeout(() => fired.push({ at: clock.monotonic(), index }), ms));
      plan.forEach(({ cancel }, index) => {
        if (cancel) clock.clearTimeout(ids[index]);
      });
      const expected = plan
        .map(({ ms, cancel }, index) => ({ at: ms, index, cancel }))
        .filter(({ cancel }) => !cancel)
        .toSorted((a, b) => a.at - b.at || a.index - b.index)
        .map(({ at, index }) => ({ at, index }));
      expect(clock.pending()).toBe(expected.length);
      clock.advance(20);
      expect(fired).toEqual(expected);
      expect(clock.pending()).toBe(0);
    }),
  );
});

test('a timer set by a timer fires in the same advance when it is due', () => {
  const clock = virtualClock();
  const at: number[] = [];
  const tick = (): void => {
    at.push(clock.monotonic());
    clock.setTimeout(tick, 10);
  };
  clock.setTimeout(tick, 10);
  clock.advance(35);
  expect(at).toEqual([10, 20, 30]);
  expect(clock.next()).toBe(40);
});

test('run lets promises settle before each timer', async () => {
  const clock = virtualClock();
  const log: string[] = [];
  clock.setTimeout(() => {
    log.push('first');
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => clock.setTimeout(() => log.push('from the promise'), 0));
  }, 5);
  clock.setTimeout(() => log.push('second'), 6);
  await clock.run(10);
  expect(log).toEqual(['first', 'from the promise', 'second']);
  expect(clock.monotonic()).toBe(10);
});

test('the wall clock jumps alone', () => {
  const clock = virtualClock(1_000);
  clock.advance(10);
  clock.jump(-500);
  clock.advance(1);
  expect([clock.now(), clock.monotonic()]).toEqual([511, 11]);
});

test('runUntil returns the time that passed, and throws when the condition never holds', async () => {
  const clock = virtualClock();
  let open = false;
  clock.setTimeout(() => (open = true), 70);
  expect(await clock.runUntil(() => open, 1_000)).toBe(70);
  await expect(clock.runUntil(() => false, 100)).rejects.toThrow('100 ms');
});

test('a timer that is set and cleared for ever does not grow the heap', () => {
  const clock = virtualClock();
  let id: unknown = null;
  for (let i = 0; i < 1_000_000; i += 1) {
    clock.clearTimeout(id);
    id = clock.setTimeout(() => undefined, 60_000);
  }
  expect(clock.pending()).toBe(1);
});

/** Timers in step: many hosts' polls in few bursts, near their time, and none left behind. */
import { beforeEach, expect, test } from 'vitest';
import { createSteppedClock } from '../src/actors/link/stepped-clock.ts';
import type { Clock } from '../src/model/seams.ts';
import { virtualClock, type VirtualClock } from './support/virtual-clock.ts';

const STEP_MS = 250;
let clock: VirtualClock;
let stepped: Clock;

beforeEach(() => {
  clock = virtualClock();
  stepped = createSteppedClock(clock, STEP_MS);
});

test('a thousand periods of 10 s that began at a thousand moments make four bursts a second, and keep their period', () => {
  const fired = new Map<number, number[]>();
  const poll = (host: number): void => {
    fired.get(host)?.push(clock.monotonic());
    stepped.setTimeout(() => poll(host), 10_000);
  };
  for (let host = 0; host < 1_000; host += 1) {
    fired.set(host, []);
    clock.setTimeout(() => stepped.setTimeout(() => poll(host), 10_000), host * 10);
  }
  clock.advance(60_000);
  const moments = new Set([...fired.values()].flat());
  expect(Math.max(...[...moments].map((at) => at % STEP_MS))).toBe(0);
  expect(moments.size).toBeLessThanOrEqual((60_000 - 10_000) / STEP_MS + 1);
  for (const [host, at] of fired) {
    expect(Math.abs(at[0]! - (host * 10 + 10_000))).toBeLessThanOrEqual(STEP_MS / 2);
    expect(new Set(at.slice(1).map((each, i) => each - at[i]!))).toEqual(new Set([10_000]));
  }
});

test('what is near is not moved', () => {
  clock.advance(10);
  const fired: number[] = [];
  for (const ms of [0, 1, 60, 333, 999]) stepped.setTimeout(() => fired.push(clock.monotonic() - 10), ms);
  clock.advance(2_000);
  expect(fired).toEqual([0, 1, 60, 333, 999]);
});

test('a cleared timer does not fire, and the last one of a step takes its timer along', () => {
  const fired: string[] = [];
  const near = stepped.setTimeout(() => fired.push('near'), 100);
  const far = stepped.setTimeout(() => {
    fired.push('far');
    // Of the same step, not yet fired.
    stepped.clearTimeout(other);
  }, 10_000);
  const other = stepped.setTimeout(() => fired.push('other'), 10_001);
  const last = stepped.setTimeout(() => fired.push('last'), 20_000);
  stepped.clearTimeout(near);
  stepped.clearTimeout(last);
  expect(clock.pending()).toBe(1);
  clock.advance(30_000);
  expect(fired).toEqual(['far']);
  stepped.clearTimeout(far);
  expect(clock.pending()).toBe(0);
});

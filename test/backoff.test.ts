import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffCeiling, backoffDelay } from '../src/model/backoff.ts';

const limits = { baseMs: 500, capMs: 30_000 };
const chance = (value: number) => ({ next: () => value, id: () => '' });

test('the ceiling doubles to the cap, and stays there however long it goes on', () => {
  expect([0, 1, 2, 5, 6, 60, 5_000].map((attempt) => backoffCeiling(attempt, limits))).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
});

test('full jitter: anything from nothing to just below the ceiling', () => {
  expect(backoffDelay(3, limits, chance(0))).toBe(0);
  expect(backoffDelay(3, limits, chance(0.5))).toBe(2_000);
  fc.assert(fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, value) => {
    const delay = backoffDelay(attempt, limits, chance(value));
    expect(Number.isInteger(delay) && delay >= 0 && delay < backoffCeiling(attempt, limits)).toBe(true);
  }));
});

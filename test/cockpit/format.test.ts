import { describe, expect, test } from 'vitest';
import { isFull } from '../../web/format/full.ts';
import { bytes, duration, megabytes, percent, rounded, span, whole, withUnit } from '../../web/format/figures.ts';
import { absolute, clockTime, offsetOf, relative } from '../../web/format/times.ts';

const T = Date.UTC(2026, 10, 21, 14, 3, 59);

describe('figures', () => {
  test.each([whole, rounded, percent, megabytes, bytes, duration, span, (value: number | null) => withUnit(value, 'W')])('%s: unknown is a dash, never 0 or NaN', (format) => {
    for (const unknown of [null, NaN, Infinity]) expect(format(unknown)).toBe('–');
    expect(format(0)).not.toBe('–');
  });

  test('three figures that count, with units', () => {
    expect([0, 0.123, 7.254, 72.54, 725.4, 7_254].map(rounded)).toEqual(['0', '0.12', '7.25', '72.5', '725', '7,254']);
    // Whatever rounds to the same reads the same.
    expect([9.997, 10, 99.97, 100].map(rounded)).toEqual(['10.0', '10.0', '100', '100']);
    expect([512, 24_064].map(megabytes)).toEqual(['512 MiB', '23.5 GiB']);
    expect([85, 1_250, 125_000, 11_520_000, 352_800_000].map(duration)).toEqual(['85 ms', '1.25 s', '2 min 5 s', '3 h 12 min', '4 d 2 h']);
  });
});

test('full is what has no room left, and nothing of which that is not known', () => {
  expect([isFull(950, 1_000), isFull(1_000, 1_000), isFull(949, 1_000), isFull(null, 1_000), isFull(950, null), isFull(0, 0)]).toEqual([true, true, false, false, false, false]);
});

describe('times', () => {
  test('relative where they stand', () => {
    expect([T, T - 4_000, T + 12_000].map((ms) => relative(ms, T))).toEqual(['now', '4 s ago', 'in 12 s']);
  });

  test('in UTC, in a host\'s zone, and in one\'s own where the host\'s is not known', () => {
    expect(absolute(T, offsetOf('utc', -480))).toBe('2026-11-21 14:03:59 UTC');
    expect(absolute(T, offsetOf('host', -480))).toBe('2026-11-21 06:03:59 -08:00');
    expect(clockTime(T, offsetOf('host', 330))).toBe('19:33:59');
    expect(absolute(T, offsetOf('host', 0))).toBe('2026-11-21 14:03:59 UTC');
    expect(offsetOf('host', null)).toBeNull();
    expect(offsetOf('local', 330)).toBeNull();
  });
});

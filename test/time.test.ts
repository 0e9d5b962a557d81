import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalTime, isWholeSecond, msOfTime, timeOfMs } from '../src/model/time.ts';

describe('canonicalTime', () => {
  it('the same minute at other offsets is another minute', () => {
    for (const [offset, hour] of [['+01:00', '01'], ['Z', '02'], ['-01:00', '03'], ['+00:30', '01'], ['+01:00', '01'], ['+00:00', '02']] as const) {
      expect(canonicalTime(`2026-05-05T02:30:00${offset}`)).toBe(offset === '+00:30' ? '2026-05-05T02:00:00.000000Z' : `2026-05-05T${hour}:30:00.000000Z`);
    }
  });

  it.each([
    ['2026-11-21T02:14:53.404776584Z', '2026-11-21T02:14:53.404776Z'],
    ['2026-11-20T18:11:51-08:00', '2026-11-21T02:11:51.000000Z'],
    ['2026-11-21T03:11:46.566831029+01:00', '2026-11-21T02:11:46.566831Z'],
    ['2026-11-21T07:44:53.5+05:30', '2026-11-21T02:14:53.500000Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000000Z'],
    ['2024-02-29T23:59:59.999999999-00:01', '2024-03-01T00:00:59.999999Z'],
    ['2026-11-21t02:14:53z', '2026-11-21T02:14:53.000000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['0099-06-01T12:00:00+02:00', '0099-06-01T10:00:00.000000Z'],
    ['9999-12-31T23:59:59.123456Z', '9999-12-31T23:59:59.123456Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000Z'],
  ])('%s is %s', (text, expected) => expect(canonicalTime(text)).toBe(expected));

  it.each(['', 'yesterday', '2026-11-21', '2026-11-21T02:14:53', '2026-11-21 02:14:53+1', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', '2026-01-01T00:00:61Z', '0000-01-01T00:00:00Z', '0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00', '10000-01-01T00:00:00Z', '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00.Z', '-001-01-01T00:00:00Z', ' 2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z\n', '２０２６-01-01T00:00:00Z'])('%j is no time', (text) => expect(canonicalTime(text)).toBeNull());

  it('says the same instant as Date does, at any offset, and text order is time order', () => {
    const instant = fc.record({ ms: fc.integer({ min: -62_135_510_400_000, max: 253_402_200_000_000 }), offset: fc.integer({ min: -1439, max: 1439 }) });
    fc.assert(fc.property(instant, instant, (a, b) => {
      const [one, two] = [a, b].map(({ ms, offset }) => {
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, 23);
        const size = Math.abs(offset);
        return canonicalTime(`${local}${offset < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`)!;
      }) as [string, string];
      expect(one).toBe(timeOfMs(a.ms));
      expect(msOfTime(one)).toBe(a.ms);
      expect(Math.sign(one < two ? -1 : one > two ? 1 : 0)).toBe(Math.sign(a.ms - b.ms));
    }));
  });
});

it('timeOfMs holds to four-digit years and never fails', () => {
  expect(timeOfMs(0)).toBe('1970-01-01T00:00:00.000000Z');
  expect(timeOfMs(1e18)).toBe('9999-12-31T23:59:59.999000Z');
  expect(timeOfMs(-1e18)).toBe('0001-01-01T00:00:00.000000Z');
  expect(timeOfMs(Number.NaN)).toBe('1970-01-01T00:00:00.000000Z');
});

it('isWholeSecond', () => {
  expect(isWholeSecond('2026-11-21T02:11:51.000000Z')).toBe(true);
  expect(isWholeSecond('2026-11-21T02:11:51.000001Z')).toBe(false);
});

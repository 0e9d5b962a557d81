/** The pure parts of a host's band: stretches, shares and cells. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIVENESS_STATES } from '../../src/model/host/liveness.ts';
import { standstill, standstillMs } from '../../src/model/host/standstill.ts';
import type { HostEventRow } from '../../src/model/records/history.ts';
import { timeOfMs } from '../../src/model/time.ts';
import { cellsOf, layersOf } from '../../web/views/host/band-cells.ts';
import { sharesOf, stretchesOf, type Stretch } from '../../web/views/host/liveness-band.ts';

const T0 = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const event = (at: number, from: string | null, to: string, reason: string | null = null): HostEventRow => ({ hostId: 'a', ts: timeOfMs(T0 + at), kind: 'liveness', from, to, reason });
const newestFirst = (...events: HostEventRow[]): HostEventRow[] => events.reverse();
const told = (all: readonly Stretch[]): unknown[] => all.map(({ state, from, to, sure }) => [state, from - T0, to - T0, sure]);

describe('shares', () => {
  const events = newestFirst(event(0, null, 'live'), event(12 * MINUTE, 'live', 'down'));
  const now = T0 + 16 * MINUTE;

  test('are those of the time watched until now, the same over every range, wherever the drawing ends', () => {
    for (const [rangeMs, ahead] of [[60 * MINUTE, 0], [60 * MINUTE, 12_500], [30 * 86_400_000, 150 * MINUTE]] as const) {
      const to = now + ahead;
      const all = stretchesOf(events, { state: 'down', since: timeOfMs(T0 + 12 * MINUTE) }, { from: to - rangeMs, to, readFrom: to - rangeMs });
      expect(sharesOf(all, now)).toEqual([['live', 0.75], ['down', 0.25]]);
    }
  });

  test('the time in which Drover itself stood still is nobody\'s', () => {
    const { code, text } = standstill(6 * MINUTE);
    const all = stretchesOf(newestFirst(event(0, null, 'live'), event(10 * MINUTE, 'live', 'connecting', `${code}: ${text}`), event(11 * MINUTE, 'connecting', 'live')), { state: 'live', since: timeOfMs(T0 + 11 * MINUTE) }, { from: T0, to: now, readFrom: T0 });
    expect(told(all)).toEqual([['live', 0, 4 * MINUTE, true], [null, 4 * MINUTE, 10 * MINUTE, true], ['connecting', 10 * MINUTE, 11 * MINUTE, true], ['live', 11 * MINUTE, 16 * MINUTE, true]]);
    expect(sharesOf(all, now)).toEqual([['live', 0.9], ['connecting', 0.1]]);
  });

  test('a standstill is read from its own words alone, and takes no time of what came before it', () => {
    expect(standstillMs('overrun: Nobody took what the stream brought.')).toBe(0);
    expect(standstillMs('refused: Drover itself stood still for 60 s and')).toBe(0);
    expect(standstillMs(null)).toBe(0);
    const { code, text } = standstill(60 * MINUTE);
    const all = stretchesOf(newestFirst(event(0, 'down', 'live'), event(2 * MINUTE, 'live', 'connecting', `${code}: ${text}`)), { state: 'connecting', since: timeOfMs(T0 + 2 * MINUTE) }, { from: T0 - MINUTE, to: T0 + 3 * MINUTE, readFrom: T0 - MINUTE });
    expect(told(all)).toEqual([['down', -MINUTE, 0, true], [null, 0, 2 * MINUTE, true], ['connecting', 2 * MINUTE, 3 * MINUTE, true]]);
  });

  test('of a host that was removed the last that is known does not go on for sure', () => {
    const all = stretchesOf(events, null, { from: T0 - MINUTE, to: now, readFrom: T0 - MINUTE });
    expect(told(all)).toEqual([[null, -MINUTE, 0, false], ['live', 0, 12 * MINUTE, true], ['down', 12 * MINUTE, 16 * MINUTE, false]]);
    expect(sharesOf(all, now)).toEqual([['live', 1]]);
    expect(told(stretchesOf([], null, { from: T0, to: now, readFrom: T0 }))).toEqual([[null, 0, 16 * MINUTE, false]]);
  });
});

describe('cells', () => {
  test('a host that flaps is as green as its share says, and its trouble is to be seen', () => {
    const stretches: Stretch[] = [];
    for (let at = 0; at < 100; at++) stretches.push({ state: 'live', from: at * 100, to: at * 100 + 96, sure: true }, { state: 'down', from: at * 100 + 96, to: at * 100 + 100, sure: true });
    const cells = cellsOf(stretches, { from: 0, to: 10_000 }, 100);
    expect(cells).toHaveLength(100);
    for (const cell of cells) expect(layersOf(cell)).toEqual([{ state: 'live', sure: true, y: 0, height: 0.75 }, { state: 'down', sure: true, y: 0.75, height: 0.25 }]);
    expect(cells[0]!.parts).toEqual([{ state: 'live', sure: true, part: 0.96 }, { state: 'down', sure: true, part: 0.04 }]);
  });

  test('one short trouble in a long time is to be seen, and the rest is drawn as one', () => {
    const cells = cellsOf([{ state: 'live', from: 0, to: 5_010, sure: true }, { state: 'stale', from: 5_010, to: 5_011, sure: true }, { state: 'live', from: 5_011, to: 10_000, sure: true }], { from: 0, to: 10_000 }, 100);
    expect(cells.map(({ from, to, stretch }) => [from, to, stretch?.state ?? null])).toEqual([[0, 5_000, 'live'], [5_000, 5_100, null], [5_100, 10_000, 'live']]);
    expect(layersOf(cells[1]!).at(-1)).toEqual({ state: 'stale', sure: true, y: 0.75, height: 0.25 });
  });

  test('of any stretches: the cells cover the range once, their parts are the whole of their time, layers lie one under the other inside', () => {
    const some = fc.array(fc.record({ state: fc.constantFrom(null, ...LIVENESS_STATES), ms: fc.integer({ min: 1, max: 5_000 }), sure: fc.boolean() }), { minLength: 1, maxLength: 30 });
    fc.assert(fc.property(some, fc.integer({ min: 1, max: 50 }), (list, count) => {
      let to = 0;
      const stretches = list.map(({ state, ms, sure }): Stretch => ({ state, sure, from: to, to: (to += ms) }));
      const cells = cellsOf(stretches, { from: 0, to }, count);
      let at = 0;
      for (const cell of cells) {
        expect(cell.from).toBeCloseTo(at, 6);
        at = cell.to;
        expect(cell.parts.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1, 6);
        let bottom = 0;
        for (const { y, height } of layersOf(cell)) {
          expect(y).toBeGreaterThanOrEqual(bottom - 1e-9);
          expect(height).toBeGreaterThan(0);
          bottom = y + height;
        }
        expect(bottom).toBeLessThanOrEqual(1 + 1e-9);
      }
      expect(at).toBeCloseTo(to, 6);
      expect(cells.length).toBeLessThanOrEqual(count);
    }));
  });
});

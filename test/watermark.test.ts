import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IdRange } from '../src/model/reconcile/watermark.ts';
import { countIds, growingMark, idSet } from '../src/model/reconcile/watermark.ts';

const range = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 })).map(([from, length]) => [from, from + length] as const);
const steps = fc.array(fc.tuple(fc.constantFrom('add', 'remove'), range), { maxLength: 40 });

describe('a set of ids', () => {
  test('is a set, whatever is added and taken away in whatever order', () => {
    fc.assert(fc.property(steps, range, (done, [low, high]) => {
      const set = idSet();
      const model = new Set<number>();
      for (const [what, [from, to]] of done) {
        if (what === 'add') set.add(from, to);
        else set.remove(from, to);
        for (let id = from; id <= to; id++) {
          if (what === 'add') model.add(id);
          else model.delete(id);
        }
      }
      for (let id = 0; id <= 80; id++) expect(set.has(id)).toBe(model.has(id));
      expect(countIds(set.ranges())).toBe(model.size);
      expect(set.highest()).toBe(model.size === 0 ? null : Math.max(...model));
      // Disjoint, in order, and no two that touch.
      const ranges = set.ranges();
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThan(ranges[i - 1]![1] + 1);
      const missing: number[] = [];
      for (const [from, to] of set.missing(low, high)) for (let id = from; id <= to; id++) missing.push(id);
      expect(missing).toEqual(Array.from({ length: high - low + 1 }, (_, index) => low + index).filter((id) => !model.has(id)));
      let free = low;
      while (model.has(free)) free++;
      expect(set.nextFree(low)).toBe(free);
    }));
  });

  test('takes ids as far apart as numbers go without room for what lies between', () => {
    const set = idSet([[5, 9]]);
    set.add(Number.MAX_SAFE_INTEGER - 1);
    expect(set.missing(0, Number.MAX_SAFE_INTEGER - 1)).toEqual([[0, 4], [10, Number.MAX_SAFE_INTEGER - 2]]);
  });
});

describe('a mark', () => {
  test('is the first id that is not settled, never the highest one', () => {
    fc.assert(fc.property(fc.shuffledSubarray([...Array.from({ length: 30 }).keys()], { minLength: 1 }), (ids) => {
      const mark = growingMark({ floor: 0, next: 0 });
      const settled = new Set<number>();
      for (const id of ids) {
        mark.settle(id);
        settled.add(id);
        let next = 0;
        while (settled.has(next)) next++;
        expect(mark.next).toBe(next);
      }
    }));
  });

  test('goes on from what the database has', () => {
    const mark = growingMark({ floor: 500, next: 510, settledAbove: [511, 512, 520] });
    mark.settle(510);
    expect([mark.floor, mark.next]).toEqual([500, 513]);
  });

  test('lowers its floor only as far as all between is settled', () => {
    const mark = growingMark({ floor: 500, next: 600 });
    const parts: IdRange[] = [[480, 489], [495, 499]];
    for (const [from, to] of parts) mark.settle(from, to);
    mark.lower(480);
    expect(mark.floor).toBe(495);
    mark.settle(490, 494);
    expect([mark.floor, mark.next]).toEqual([480, 600]);
    mark.lower(490);
    expect(mark.floor).toBe(480);
  });
});

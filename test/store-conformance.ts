/** What every Store does, the one in PostgreSQL and the one of the simulation. The clock stands at 2026-01-01 (virtual-clock.ts). */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredRow } from '../src/model/records/activity.ts';
import type { Gap } from '../src/model/records/gap.ts';
import type { Store } from '../src/model/seams.ts';
import { batch, boot, gap, row, sample } from './support/rows.ts';

export interface StoreUnderTest {
  store: Store;
  /** Everything stored, by host, boot, id and time. */
  activity(): Promise<StoredRow[]>;
  gaps(): Promise<Gap[]>;
  counts(): Promise<{ hostEvents: number; modelEvents: number; perf: number; rejected: number }>;
  closeBoots(hostId: string): Promise<void>;
  close(): Promise<void>;
}

/** A value that no table takes. */
const BAD = 99_999_999_999;

export function storeConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`store: ${name}`, () => {
    let it: StoreUnderTest;
    beforeEach(async () => {
      it = await open();
    });
    afterEach(() => it.close());
    const idsOf = async (): Promise<number[]> => (await it.activity()).map(({ upstreamId }) => upstreamId);

    test('gives back what it was given', async () => {
      const full = row({ upstreamId: 7, draftTokens: 4, draftAcceptedTokens: 2, hasCapture: true, error: 'said "no" \\ \n', metadata: { fifo_priority: 3, deep: { list: [1, null, 'x'] } } });
      const bare = row({
        upstreamId: 8, reqPath: null, status: null, inputTokens: null, cachedTokens: null, outputTokens: null, promptPerSecond: null, tokensPerSecond: null, durationMs: null, hasCapture: null,
      });
      expect(await it.store.writeBatch(batch({ boots: [boot()], activity: [full, bare] }))).toEqual({ inserted: 2, conflicts: 0, expired: 0, rejected: [] });
      expect(await it.activity()).toEqual([full, bare]);
    });

    test('takes an empty batch', async () => {
      expect(await it.store.writeBatch(batch())).toEqual({ inserted: 0, conflicts: 0, expired: 0, rejected: [] });
    });

    test('a batch written twice is stored once', async () => {
      const all = batch({
        boots: [boot()], activity: [row(), row({ upstreamId: 1 })], gaps: [gap()], marks: [{ hostId: 'gpu1', bootEpoch: 1, floor: 0, next: 10 }],
        hostEvents: [{ hostId: 'gpu1', ts: '2026-01-01T00:00:00.000000Z', kind: 'liveness', from: null, to: 'live', reason: null }],
        modelEvents: [{ hostId: 'gpu1', ts: '2026-01-01T00:00:00.000000Z', model: 'qwen', from: null, to: 'ready' }],
        perf: [sample(), sample({ gpu: 'GPU-1' })],
      });
      await it.store.writeBatch(all);
      expect(await it.store.writeBatch(all)).toMatchObject({ inserted: 0, conflicts: 2, rejected: [] });
      expect(await idsOf()).toEqual([0, 1]);
      expect(await it.gaps()).toEqual([gap()]);
      expect(await it.counts()).toEqual({ hostEvents: 1, modelEvents: 1, perf: 2, rejected: 0 });
    });

    test('the same id in another boot, or at another time, is another row', async () => {
      await it.store.writeBatch(batch({ boots: [boot(), boot({ bootEpoch: 2 })], activity: [row(), row({ bootEpoch: 2 }), row({ ts: '2026-01-01T00:00:00.123457Z' }), row()] }));
      expect((await it.activity()).map(({ bootEpoch, ts }) => [bootEpoch, ts.slice(20, 26)])).toEqual([[1, '123456'], [1, '123457'], [2, '123456']]);
    });

    test('knows nothing of a host it never met', async () => {
      expect(await it.store.readMark('nobody', [row()])).toEqual({ boots: [], settledAbove: [], rows: [], gapped: [], gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null } });
    });

    test('watermarks only move outwards', async () => {
      const mark = { hostId: 'gpu1', bootEpoch: 1 };
      await it.store.writeBatch(batch({ boots: [boot({ floor: 500 })] }));
      expect((await it.store.readMark('gpu1', [])).boots[0]).toMatchObject({ floor: 500, next: 500, highest: null, lastTs: null });
      await it.store.writeBatch(batch({ marks: [{ ...mark, floor: 500, next: 520 }] }));
      await it.store.writeBatch(batch({ marks: [{ ...mark, floor: 300, next: 510 }] }));
      await it.store.writeBatch(batch({ boots: [boot({ floor: 700 })], marks: [{ ...mark, floor: 400, next: 505 }] }));
      expect((await it.store.readMark('gpu1', [])).boots).toEqual([{ ...mark, floor: 300, next: 520, resumes: null, generation: 2, closed: false, highest: null, lastTs: null }]);
    });

    test('a mark without a boot does nothing', async () => {
      await it.store.writeBatch(batch({ marks: [{ hostId: 'gpu1', bootEpoch: 1, floor: 0, next: 10 }] }));
      expect((await it.store.readMark('gpu1', [])).boots).toEqual([]);
    });

    test('tells boots newest first, with the highest id and the time of the highest row', async () => {
      await it.store.writeBatch(batch({
        boots: [boot(), boot({ bootEpoch: 2, floor: 3, resumes: 1, generation: 3 })],
        activity: [row({ upstreamId: 4, ts: '2026-01-01T00:00:04.000000Z' }), row({ upstreamId: 2, ts: '2026-01-01T00:00:09.000000Z' })],
        gaps: [gap({ bootEpoch: 2, fromId: 3, toId: 8 }), gap({ id: 'open', bootEpoch: 2, fromId: 9, toId: null, lostMin: 0, lostMax: null })],
      }));
      await it.store.writeBatch(batch({ activity: [row({ upstreamId: 3, ts: '2026-01-01T00:00:12.000000Z' })] }));
      expect((await it.store.readMark('gpu1', [])).boots.map(({ bootEpoch, resumes, generation, highest, lastTs }) => ({ bootEpoch, resumes, generation, highest, lastTs }))).toEqual([
        { bootEpoch: 2, resumes: 1, generation: 3, highest: 8, lastTs: null },
        { bootEpoch: 1, resumes: null, generation: 2, highest: 4, lastTs: '2026-01-01T00:00:04.000000Z' },
      ]);
    });

    test('tells what is settled above next: rows and closed gaps of the newest boot', async () => {
      await it.store.writeBatch(batch({
        boots: [boot(), boot({ bootEpoch: 2 })],
        activity: [row({ upstreamId: 99 }), ...[0, 1, 3, 8].map((upstreamId) => row({ bootEpoch: 2, upstreamId }))],
        gaps: [gap({ bootEpoch: 2, fromId: 1, toId: 4 }), gap({ id: 'open', bootEpoch: 2, fromId: 20, toId: null, lostMax: null }), gap({ id: 'old', fromId: 50, toId: 60 })],
        marks: [{ hostId: 'gpu1', bootEpoch: 2, floor: 0, next: 3 }],
      }));
      expect((await it.store.readMark('gpu1', [])).settledAbove).toEqual([3, 4, 8]);
    });

    test('finds the rows that share id and second with the ring, of whatever boot and of this host alone', async () => {
      const rows = [
        row({ upstreamId: 1, ts: '2026-01-01T00:00:01.900000Z' }),
        row({ upstreamId: 1, bootEpoch: 2, ts: '2026-01-01T00:00:01.000000Z' }),
        row({ upstreamId: 1, ts: '2026-01-01T00:00:02.000000Z' }),
        row({ upstreamId: 2, ts: '2026-01-01T00:00:01.500000Z' }),
        row({ upstreamId: 1, hostId: 'other', ts: '2026-01-01T00:00:01.900000Z' }),
      ];
      await it.store.writeBatch(batch({ boots: [boot(), boot({ bootEpoch: 2 })], activity: rows }));
      const asked = [{ upstreamId: 1, ts: '2026-01-01T00:00:01.123000Z' }, { upstreamId: 1, ts: '2026-01-01T00:00:01.200000Z' }, { upstreamId: 3, ts: '2026-01-01T00:00:01.000000Z' }];
      expect((await it.store.readMark('gpu1', asked)).rows).toEqual([rows[0], rows[1]]);
    });

    test('tells the closed gaps over the ring and the totals of all', async () => {
      await it.store.writeBatch(batch({
        boots: [boot()],
        gaps: [gap({ fromId: 5, toId: 9 }), gap({ id: 'far', fromId: 100, toId: 110, lostMin: 11, lostMax: 11 }), gap({ id: 'open', fromId: null, toId: 9, lostMin: 0, lostMax: 2, detectedAt: '2026-01-01T00:03:00.000000Z' })],
      }));
      const mark = await it.store.readMark('gpu1', [{ upstreamId: 9, ts: '2026-01-01T00:00:00.000000Z' }, { upstreamId: 20, ts: '2026-01-01T00:00:00.000000Z' }]);
      expect(mark.gapped).toEqual([{ bootEpoch: 1, fromId: 5, toId: 9 }]);
      expect(mark.gaps).toEqual({ count: 3, lostMin: 16, lostMax: 18, lastAt: '2026-01-01T00:03:00.000000Z' });
      await it.store.writeBatch(batch({ gaps: [gap({ id: 'unbounded', lostMin: 0, lostMax: null })] }));
      expect((await it.store.readMark('gpu1', [])).gaps).toMatchObject({ count: 4, lostMin: 16, lostMax: null });
    });

    test('one bad row among a thousand: the others are stored, it lies in a gap of one', async () => {
      const good = Array.from({ length: 999 }, (_, i) => row({ hostId: 'b', upstreamId: i }));
      const bad = row({ hostId: 'a', upstreamId: 41, status: BAD });
      const all = batch({
        boots: [boot({ hostId: 'a' }), boot({ hostId: 'b' })],
        activity: [...good.slice(0, 600), bad, ...good.slice(600)],
        marks: [{ hostId: 'b', bootEpoch: 1, floor: 0, next: 999 }, { hostId: 'a', bootEpoch: 1, floor: 41, next: 42 }],
      });
      const result = await it.store.writeBatch(all);
      expect(result).toMatchObject({ inserted: 999, conflicts: 0, rejected: [{ hostId: 'a', bootEpoch: 1, fromId: 41, toId: 41, lostMin: 1, lostMax: 1, cause: 'rejected', detectedAt: '2026-01-01T00:00:00.000000Z' }] });
      expect(await it.gaps()).toEqual(result.rejected);
      expect((await it.counts()).rejected).toBe(1);
      expect((await it.activity()).length).toBe(999);
      expect((await it.store.readMark('b', [])).boots[0]).toMatchObject({ next: 999, highest: 998 });
      expect((await it.store.readMark('a', [])).boots[0]).toMatchObject({ next: 42, highest: 41, lastTs: null });
      // Again, as after a commit of unknown outcome: the same gap.
      expect(await it.store.writeBatch(all)).toMatchObject({ inserted: 0, conflicts: 999, rejected: result.rejected });
      expect(await it.gaps()).toEqual(result.rejected);
    });

    test('all rows bad: all in gaps, none stored', async () => {
      const result = await it.store.writeBatch(batch({ boots: [boot()], activity: [1, 2, 3].map((upstreamId) => row({ upstreamId, status: BAD })) }));
      expect(result.rejected.map(({ fromId }) => fromId)).toEqual([1, 2, 3]);
      expect(await idsOf()).toEqual([]);
      expect((await it.store.readMark('gpu1', [])).settledAbove).toEqual([1, 2, 3]);
    });

    test('a rejected id that a gap holds already is not counted twice', async () => {
      await it.store.writeBatch(batch({ boots: [boot()], gaps: [gap({ fromId: 5, toId: 9 })] }));
      expect((await it.store.writeBatch(batch({ activity: [row({ upstreamId: 6, status: BAD })] }))).rejected).toEqual([gap({ fromId: 5, toId: 9 })]);
      expect(await it.gaps()).toHaveLength(1);
    });

    test('what is older than retention is settled and not stored', async () => {
      const result = await it.store.writeBatch(batch({ boots: [boot()], activity: [row({ upstreamId: 1, ts: '2025-09-01T00:00:00.000000Z' }), row({ upstreamId: 2 })], marks: [{ hostId: 'gpu1', bootEpoch: 1, floor: 0, next: 3 }] }));
      expect(result).toEqual({ inserted: 1, conflicts: 0, expired: 1, rejected: [] });
      expect(await idsOf()).toEqual([2]);
    });

    test('NUL and lone surrogates are replaced, the rest of every text is kept', async () => {
      const bad = 'a\0b\uD800c\u{1F600}';
      const good = 'a\uFFFDb\uFFFDc\u{1F600}';
      const result = await it.store.writeBatch(batch({ boots: [boot()], activity: [row({ model: bad, reqPath: bad, error: bad, metadata: { [bad]: [bad, { plain: '\\u0000' }], ['__proto__']: 1 } })] }));
      expect(result).toMatchObject({ inserted: 1, rejected: [] });
      const [stored] = await it.activity();
      expect(stored).toMatchObject({ model: good, reqPath: good, error: good });
      expect(JSON.parse(JSON.stringify(stored?.metadata))).toEqual(JSON.parse(`{${JSON.stringify(good)}:[${JSON.stringify(good)},{"plain":"\\\\u0000"}],"__proto__":1}`));
    });

    test('a deleted host has closed boots', async () => {
      await it.store.writeBatch(batch({ boots: [boot()] }));
      await it.closeBoots('gpu1');
      await it.store.writeBatch(batch({ boots: [boot({ bootEpoch: 2 })] }));
      expect((await it.store.readMark('gpu1', [])).boots.map(({ bootEpoch, closed }) => [bootEpoch, closed])).toEqual([[2, false], [1, true]]);
    });
  });
}

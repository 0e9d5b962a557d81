/** The reconciler alone, input by input: what no simulated host does, and what a link may count on. */
import { describe, expect, test } from 'vitest';
import type { StoredRow } from '../src/model/records/activity.ts';
import type { HostMark } from '../src/model/records/batch.ts';
import type { ReconcileEffect, ReconcileInput } from '../src/model/reconcile/effects.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { ReconcilerOptions } from '../src/model/reconcile/machine.ts';
import { createReconciler } from '../src/model/reconcile/reconciler.ts';
import { row } from './support/rows.ts';

const rowOf = (upstreamId: number, more: Partial<StoredRow> = {}): StoredRow => row({ upstreamId, ts: `2026-06-01T00:00:${String(upstreamId).padStart(2, '0')}.000000Z`, inputTokens: 100 + upstreamId, ...more });
const rows = (from: number, to: number): StoredRow[] => Array.from({ length: to - from + 1 }, (_, index) => rowOf(from + index));
const queued = { boots: [], rows: [], gaps: [], settled: [], held: [] };
const NONE: HostMark = { boots: [], settledAbove: [], rows: [], gapped: [], gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null } };
const stored = (all: StoredRow[], ring: StoredRow[]): HostMark => ({
  ...NONE,
  boots: [{ hostId: 'gpu1', bootEpoch: 1, floor: all[0]!.upstreamId, next: all.at(-1)!.upstreamId + 1, resumes: null, closed: false, generation: 3, highest: all.at(-1)!.upstreamId, lastTs: all.at(-1)!.ts }],
  rows: all.filter(({ upstreamId }) => ring.some((one) => one.upstreamId === upstreamId)),
});

function bench(limits?: ReconcilerOptions['limits']) {
  let ids = 0;
  let now = 0;
  const reconciler = createReconciler({ hostId: 'gpu1', newId: () => `g${(ids += 1)}`, ...(limits === undefined ? {} : { limits }) });
  const all: ReconcileEffect[] = [];
  const give = (...inputs: ReconcileInput[]): ReconcileEffect[] => {
    const effects = reconciler.step(inputs, { wall: Date.UTC(2026, 5, 1, 1) + now, mono: now });
    all.push(...effects);
    return effects;
  };
  const last = <T extends ReconcileEffect['type']>(type: T): ReconcileEffect & { type: T } => all.findLast((effect): effect is ReconcileEffect & { type: T } => effect.type === type)!;
  return {
    give, last, all,
    pass(ms: number) {
      now += ms;
      return give({ type: 'tick' });
    },
    page: (found: StoredRow[], total = found.length) => give({ type: 'fetched', fetchId: last('fetch').fetchId, answer: { kind: 'rows', generation: 3, rows: found, total } }),
    mark: (mark: HostMark | null) => give({ type: 'mark', readId: last('read-mark').readId, mark, queued }),
    of: <T extends ReconcileEffect['type']>(type: T) => all.filter((effect): effect is ReconcileEffect & { type: T } => effect.type === type),
  };
}
const connect = (ring: StoredRow[], mark: HostMark, total?: number) => {
  const one = bench();
  one.give({ type: 'connected' }, { type: 'log', source: 'proxy', text: 'listening\n' });
  one.page(ring, total);
  one.mark(mark);
  return one;
};
const queuedIds = (effects: readonly ReconcileEffect[]): number[] => effects.flatMap((effect) => (effect.type === 'enqueue' ? effect.entry.rows.map(({ upstreamId }) => upstreamId) : []));

describe('the limits that it is given', () => {
  const settled = (limits: ReconcilerOptions['limits'], ring = rows(1, 3)) => {
    const one = bench(limits);
    one.give({ type: 'connected' }, { type: 'log', source: 'proxy', text: 'listening\n' });
    one.page(ring);
    one.mark(stored(ring, ring));
    return one;
  };

  test('pageSize: of the first reading, and of an import', () => {
    const one = bench({ ...LIMITS.ring, pageSize: 30 });
    one.give({ type: 'connected' }, { type: 'log', source: 'proxy', text: 'listening\n' });
    expect(one.last('fetch').target).toEqual({ kind: 'page', page: 1, limit: 30 });
    one.page(rows(31, 60), 200);
    one.mark(NONE);
    one.pass(1_000);
    expect(one.of('fetch').every(({ target }) => target.kind === 'page' && target.limit === 30)).toBe(true);
    expect(one.of('fetch').length).toBeGreaterThan(1);
  });

  test('firstMetricsMs: how long the stream\'s own message is awaited', () => {
    const one = bench({ ...LIMITS.ring, firstMetricsMs: 100 });
    one.give({ type: 'connected' }, { type: 'log', source: 'proxy', text: 'listening\n' });
    one.give({ type: 'fetched', fetchId: one.last('fetch').fetchId, answer: { kind: 'absent' } });
    one.pass(99);
    expect(one.of('fetch')).toHaveLength(1);
    one.pass(1);
    expect(one.last('fetch').target).toEqual({ kind: 'ring' });
  });

  test('missingAfterMs, missingFetches, missingOverMs: when a hole is looked for, and given up', () => {
    const one = settled({ ...LIMITS.ring, missingAfterMs: 500, missingFetches: 2, missingOverMs: 1_000 });
    one.give({ type: 'row-ready', upstreamId: 5 });
    one.pass(60);
    one.page([...rows(1, 3), rowOf(5)]);
    const looks = one.of('fetch').length;
    one.pass(439);
    expect(one.of('fetch')).toHaveLength(looks);
    one.pass(1);
    expect(one.of('fetch')).toHaveLength(looks + 1);
    one.page([...rows(1, 3), rowOf(5)]);
    expect(one.of('gaps')).toEqual([]);
    one.pass(1_000);
    expect(one.of('fetch')).toHaveLength(looks + 2);
    one.page([...rows(1, 3), rowOf(5)]);
    expect(one.of('gaps')).toMatchObject([{ gaps: [{ fromId: 4, toId: 4, cause: 'missing' }] }]);
  });

  test('ahead: an id that far above asks for the whole ring', () => {
    const one = settled({ ...LIMITS.ring, ahead: 10, pageSize: 50 });
    one.give({ type: 'row-ready', upstreamId: 20 });
    one.pass(0);
    expect(one.last('fetch').target).toEqual({ kind: 'page', page: 1, limit: 50 });
  });

  test('checkEveryMs: a quiet ring is looked at', () => {
    const one = settled({ ...LIMITS.ring, checkEveryMs: 1_000 });
    const before = one.of('fetch').length;
    one.pass(1_000);
    expect(one.of('fetch')).toHaveLength(before + 1);
  });
});

describe('on a connection', () => {
  test('events are held back until the boot is decided', () => {
    const one = bench();
    one.give({ type: 'connected' }, { type: 'log', source: 'proxy', text: '' }, { type: 'row-ready', upstreamId: 4 });
    one.page(rows(1, 3));
    expect(one.of('publish')).toEqual([]);
    one.mark(NONE);
    expect(one.of('boot')).toMatchObject([{ bootEpoch: 1, fresh: true, generation: 3 }]);
    expect(queuedIds(one.all)).toEqual([1, 2, 3]);
    one.pass(60);
    expect(one.last('fetch').target).toMatchObject({ kind: 'page', page: 1 });
    one.page(rows(1, 4));
    expect(queuedIds(one.all)).toEqual([1, 2, 3, 4]);
  });

  test('a burst of announcements is one fetch, and what comes during it another', () => {
    const one = connect(rows(1, 3), stored(rows(1, 3), rows(1, 3)));
    const before = one.of('fetch').length;
    for (let id = 4; id <= 40; id++) {
      one.give({ type: 'row-ready', upstreamId: id });
      one.pass(1);
    }
    expect(one.of('fetch').length).toBe(before);
    one.pass(20);
    expect(one.of('fetch').length).toBe(before + 1);
    one.give({ type: 'row-ready', upstreamId: 41 });
    one.page(rows(1, 40));
    one.pass(60);
    expect(one.of('fetch').length).toBe(before + 1);
    one.pass(300);
    expect(one.of('fetch').length).toBe(before + 2);
    one.page(rows(17, 41));
    expect(queuedIds(one.all)).toEqual(rows(4, 41).map(({ upstreamId }) => upstreamId));
  });

  test('doubled events and rows read again are queued and shown once', () => {
    const one = connect(rows(1, 3), NONE);
    for (let i = 0; i < 3; i++) {
      one.give({ type: 'row-ready', upstreamId: 4 }, { type: 'row-ready', upstreamId: 2 });
      one.pass(400);
      if (i === 0) one.page(rows(1, 4));
    }
    expect(queuedIds(one.all)).toEqual([1, 2, 3, 4]);
    expect(one.of('publish').flatMap((effect) => effect.rows.map(({ upstreamId }) => upstreamId))).toEqual([1, 2, 3, 4]);
  });

  test('an id announced that was settled before, and is not in the ring: ids have begun again', () => {
    const one = connect(rows(4, 5), stored(rows(1, 5), rows(4, 5)));
    expect(one.of('boot')).toMatchObject([{ bootEpoch: 1, fresh: false }]);
    one.give({ type: 'row-ready', upstreamId: 2 });
    one.page([rowOf(2, { inputTokens: 7, ts: '2026-06-01T00:30:00.000000Z' })]);
    one.mark(stored(rows(1, 5), []));
    expect(one.last('boot')).toMatchObject({ bootEpoch: 2, fresh: true });
    expect(one.last('enqueue').entry).toMatchObject({ bootEpoch: 2, boots: [{ bootEpoch: 2 }] });
  });

  test('an event that comes late, of a row that the ring had at the connect, tells nothing', () => {
    const one = connect(rows(1, 5), stored(rows(1, 5), rows(1, 5)));
    one.give({ type: 'row-ready', upstreamId: 5 });
    expect(one.of('boot')).toHaveLength(1);
  });

  test('a missing id: looked for after 2 s, given up after three looks over 30 s, both neighbours there', () => {
    const one = connect(rows(1, 3), stored(rows(1, 3), rows(1, 3)));
    one.give({ type: 'row-ready', upstreamId: 5 });
    one.pass(60);
    one.page([...rows(1, 3), rowOf(5)]);
    const looks: number[] = [];
    for (let at = 0; at < 60_000; at += 500) {
      const fetched = one.pass(500).some((effect) => effect.type === 'fetch');
      if (!fetched) continue;
      looks.push(at + 500);
      one.page([...rows(1, 3), rowOf(5)]);
    }
    expect(looks.slice(0, 3).map((ms) => Math.round(ms / 1_000))).toEqual([2, 17, 32]);
    expect(looks).toHaveLength(3);
    expect(one.of('gaps').flatMap(({ gaps }) => gaps)).toMatchObject([{ fromId: 4, toId: 4, cause: 'missing', lostMin: 0, lostMax: 1, toTs: rowOf(5).ts }]);
  });

  test('an answer of the next process, whose end of our stream is still on its way, is not taken', () => {
    const one = connect(rows(1, 3), stored(rows(1, 3), rows(1, 3)));
    one.give({ type: 'row-ready', upstreamId: 4 });
    one.pass(60);
    const other = [1, 2, 3, 4, 5].map((id) => rowOf(id, { ts: '2026-06-01T00:40:00.000000Z' }));
    expect(queuedIds(one.page(other))).toEqual([]);
    expect(one.of('oddity')).toMatchObject([{ what: 'differing-row' }]);
  });

  test.each(['[WARN] handleAPIEvents sendBuffer full, dropped message\n', '— 4096 bytes dropped —\n'])('a line that tells of dropped messages (%s) makes it read the ring, not more often than every 5 s', (text) => {
    const one = connect(rows(1, 3), stored(rows(1, 3), rows(1, 3)));
    one.pass(10_000);
    const before = one.of('fetch').length;
    for (let i = 0; i < 1_000; i++) one.give({ type: 'log', source: 'proxy', text });
    expect(one.of('fetch').length).toBe(before + 1);
    one.page(rows(1, 3));
    one.give({ type: 'log', source: 'proxy', text });
    one.pass(1_000);
    expect(one.of('fetch').length).toBe(before + 1);
    one.pass(5_000);
    expect(one.of('fetch').length).toBe(before + 2);
  });

  test('pages that shift while they are read: until every id is there', () => {
    const one = bench();
    one.give({ type: 'connected' }, { type: 'log', source: 'proxy', text: '' });
    const at = (newest: number, page: number): StoredRow[] => rows(Math.max(1, newest - page * 999 + 1), newest - (page - 1) * 999).map((found) => ({ ...found, ts: '2026-06-01T00:00:00.000000Z' }));
    one.page(at(1_500, 1), 1_500);
    one.mark(NONE);
    expect(one.last('fetch').target).toMatchObject({ page: 2, limit: 999 });
    // A hundred rows came between the two readings.
    one.page(at(1_600, 2), 1_600);
    one.mark(NONE);
    expect(queuedIds(one.all)).toEqual(Array.from({ length: 1_500 }, (_, index) => index + 1));
  });

  test('refused rows are asked for again when there is room, and shown once', () => {
    const one = connect(rows(1, 3), NONE);
    const { entry } = one.last('enqueue');
    one.give({ type: 'refused', entry });
    one.pass(60_000);
    one.give({ type: 'catch-up' });
    one.mark(NONE);
    one.pass(0);
    one.page(rows(1, 3));
    expect(queuedIds(one.all)).toEqual([1, 2, 3, 1, 2, 3]);
    expect(one.last('enqueue').entry.boots).toMatchObject([{ bootEpoch: 1 }]);
    // And what is missing is looked for again.
    one.give({ type: 'row-ready', upstreamId: 5 });
    one.pass(300);
    one.page([...rows(1, 3), rowOf(5)]);
    expect(one.pass(2_000).some(({ type }) => type === 'fetch')).toBe(true);
    expect(one.of('publish').flatMap((effect) => effect.rows.map(({ upstreamId }) => upstreamId))).toEqual([1, 2, 3, 5]);
  });
});

describe('without a database', () => {
  test('a link that never learnt where it stood shows rows without a boot, and says lagged when it is decided', () => {
    const one = bench();
    one.give({ type: 'connected' }, { type: 'log', source: 'proxy', text: '' });
    one.page(rows(1, 3));
    one.mark(null);
    expect(one.of('publish').flatMap((effect) => effect.rows.map(({ bootEpoch }) => bootEpoch))).toEqual([null, null, null]);
    expect(one.last('enqueue').entry.bootEpoch).toBe(-1);
    one.give({ type: 'catch-up' });
    const held = [{ bootEpoch: -1, generation: 3 as const, ring: rows(1, 3).map((found) => ({ ...found, bootEpoch: -1 })), laterIds: [] }];
    one.give({ type: 'mark', readId: one.last('read-mark').readId, mark: stored(rows(1, 2), rows(1, 2)), queued: { ...queued, rows: held[0]!.ring, held } });
    expect(one.last('release').release).toMatchObject({ held: -1, bootEpoch: 1, boots: [], gaps: [] });
    expect(one.of('lagged')).toHaveLength(1);
  });

  test('a link that knew goes on under the known number', () => {
    const one = connect(rows(1, 3), stored(rows(1, 3), rows(1, 3)));
    one.give({ type: 'ended', how: 'broken', inflight: null }, { type: 'connected' }, { type: 'log', source: 'proxy', text: '' });
    one.page(rows(1, 5));
    one.mark(null);
    expect(one.last('boot')).toMatchObject({ bootEpoch: 1, fresh: false });
    expect(one.last('enqueue').entry).toMatchObject({ bootEpoch: 1, rows: [{ upstreamId: 4 }, { upstreamId: 5 }] });
  });
});

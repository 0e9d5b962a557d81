import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sql } from 'postgres';
import { connectTo } from '../src/io/postgres/pools.ts';
import { createHistory } from '../src/io/postgres/history.ts';
import { createPartitions } from '../src/io/postgres/partitions.ts';
import { createPostgresStore } from '../src/io/postgres/store.ts';
import type { StoredRow } from '../src/model/records/activity.ts';
import type { Store } from '../src/model/seams.ts';
import { counterRandom } from './support/counter-random.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { batch, boot, gap, row, sample } from './support/rows.ts';
import { virtualClock, type VirtualClock } from './support/virtual-clock.ts';
import { storeConformance } from './store-conformance.ts';

let database: TestDatabase;
let sql: Sql;
let partitionSql: Sql;
let clock: VirtualClock;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connectTo(database.url, { max: 4 });
  partitionSql = connectTo(database.url, { max: 1 });
});
afterAll(async () => {
  // Without a time-out porsager waits for ever for a connection that the server has ended.
  await sql.end({ timeout: 0 });
  await partitionSql.end({ timeout: 0 });
  await database.drop();
});

/** A store on emptied tables, with the partitions of the clock's day. */
async function freshStore(): Promise<Store> {
  clock = virtualClock();
  await sql`TRUNCATE activity, perf, host_events, model_events, boots, gaps, rejected_rows`;
  const partitions = createPartitions({ sql: partitionSql, clock });
  await partitions.makeAhead();
  await partitions.make('activity', '2025-12-31T00:00:00.000000Z');
  return createPostgresStore({ sql, clock, random: counterRandom(), makePartition: (table, ts) => partitions.make(table, ts) });
}

async function stored(): Promise<StoredRow[]> {
  const rows = await createHistory(sql).activity({ hosts: [], models: [], statuses: [], statusClasses: [], path: null, from: null, to: null, limit: 1_000, after: null });
  return rows.toSorted((a, b) => (a.hostId === b.hostId ? a.bootEpoch - b.bootEpoch || a.upstreamId - b.upstreamId || (a.ts < b.ts ? -1 : 1) : a.hostId < b.hostId ? -1 : 1));
}

storeConformance('in PostgreSQL', async () => {
  const store = await freshStore();
  return {
    store,
    activity: stored,
    gaps: () => createHistory(sql).gaps({ hosts: [], from: null, to: null }),
    async counts() {
      const [counts] = await sql<{ hostEvents: number; modelEvents: number; perf: number; rejected: number }[]>`
        SELECT (SELECT count(*) FROM host_events)::int AS "hostEvents", (SELECT count(*) FROM model_events)::int AS "modelEvents",
          (SELECT count(*) FROM perf)::int AS perf, (SELECT count(*) FROM rejected_rows)::int AS rejected`;
      return counts!;
    },
    closeBoots: async (hostId) => void (await sql`UPDATE boots SET closed = true WHERE host_id = ${hostId}`),
    close: async () => {},
  };
});

describe('store in PostgreSQL', () => {
  let store: Store;
  beforeEach(async () => {
    store = await freshStore();
  });

  test('keeps the text of what it rejects', async () => {
    const bad = row({ upstreamId: 3, status: 99_999_999_999, model: 'a\0b' });
    const { rejected } = await store.writeBatch(batch({ boots: [boot()], activity: [bad, row({ upstreamId: 4, metadata: deep(50_000) })] }));
    const kept = await sql<{ source: string; upstream_id: string; gap_id: string; raw: string; error: string }[]>`SELECT source, upstream_id, gap_id, raw, error FROM rejected_rows ORDER BY upstream_id`;
    expect(kept.map((one) => [one.source, Number(one.upstream_id), one.gap_id])).toEqual([['activity', 3, rejected[0]!.id], ['activity', 4, rejected[1]!.id]]);
    expect(JSON.parse(kept[0]!.raw)).toEqual(bad);
    expect(kept[0]!.error).toMatch(/out of range/);
  });

  test('a bad value in any list costs that value alone', async () => {
    const long = randomBytes(40_000).toString('base64');
    const result = await store.writeBatch(batch({
      boots: [boot(), boot({ bootEpoch: 3_000_000_000 })],
      activity: [row()],
      gaps: [gap(), gap({ id: 'bad', fromId: 0.5 })],
      marks: [{ hostId: 'gpu1', bootEpoch: 1, floor: 0, next: 1 }, { hostId: 'gpu1', bootEpoch: 3_000_000_000, floor: 0, next: 1 }],
      hostEvents: [{ hostId: 'gpu1', ts: '2026-01-01T00:00:00.000000Z', kind: 'liveness', from: null, to: 'live', reason: null }, { hostId: 'gpu1', ts: 'yesterday', kind: 'boot', from: null, to: '1', reason: null }],
      modelEvents: [{ hostId: 'gpu1', ts: '2026-01-01T00:00:00.000000Z', model: long, from: null, to: 'ready' }, { hostId: 'gpu1', ts: '2026-01-01T00:00:00.000000Z', model: 'qwen', from: null, to: 'ready' }],
      perf: [sample(), sample({ gpu: long })],
    }));
    expect(result).toMatchObject({ inserted: 1, rejected: [] });
    expect((await store.readMark('gpu1', [])).boots).toMatchObject([{ bootEpoch: 1, next: 1 }]);
    const sources = await sql<{ source: string }[]>`SELECT source FROM rejected_rows ORDER BY source`;
    expect(sources.map(({ source }) => source)).toEqual(['boots', 'gaps', 'host_events', 'model_events', 'perf']);
    expect((await sql`SELECT FROM perf`).count + (await sql`SELECT FROM model_events`).count + (await sql`SELECT FROM host_events`).count).toBe(3);
  });

  test('says which partition is missing, and takes the batch once it is made', async () => {
    const late = batch({ boots: [boot()], activity: [row(), row({ upstreamId: 1, ts: '2031-05-05T05:05:05.000001Z' })] });
    const error = await store.writeBatch(late).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'StoreError', code: 'partition', table: 'activity', ts: '2031-05-05T05:05:05.000001Z' });
    expect(await stored()).toEqual([]);
    expect(await store.makePartition('activity', '2031-05-05T05:05:05.000001Z')).toBe('made');
    expect(await store.writeBatch(late)).toMatchObject({ inserted: 2 });
  });

  test('rejects the rows of a clock gone mad when no more partitions are made for it', async () => {
    const refusing = createPostgresStore({ sql, clock, random: counterRandom(), makePartition: async () => 'refused' });
    const mad = batch({
      boots: [boot()], activity: [row(), row({ upstreamId: 1, ts: '2077-07-07T00:00:00.000000Z' })], perf: [sample(), sample({ ts: '2077-07-07T00:00:00.000000Z' })],
      marks: [{ hostId: 'gpu1', bootEpoch: 1, floor: 0, next: 2 }],
    });
    for (const table of ['activity', 'perf'] as const) {
      await expect(refusing.writeBatch(mad)).rejects.toMatchObject({ code: 'partition', table });
      expect(await refusing.makePartition(table, '2077-07-07T00:00:00.000000Z')).toBe('refused');
    }
    expect(await refusing.writeBatch(mad)).toMatchObject({ inserted: 1, rejected: [{ fromId: 1, toId: 1, cause: 'rejected' }] });
    const errors = await sql<{ error: string }[]>`SELECT error FROM rejected_rows`;
    expect(errors.map(({ error }) => error.slice(0, 6))).toEqual(['clock:', 'clock:']);
  });

  test('a killed connection is away, before the commit as in it, and the batch can be tried again', async () => {
    const all = batch({ boots: [boot()], activity: [row()] });
    await store.writeBatch(all);
    // The transaction waits for this lock; killed there, it has written nothing.
    await sql.begin(async (tx) => {
      await tx`LOCK TABLE boots IN ACCESS EXCLUSIVE MODE`;
      const write = store.writeBatch(batch({ boots: [boot()], activity: [row({ upstreamId: 1 })] })).catch((error: unknown) => error);
      let killed = 0;
      while (killed === 0) killed = (await partitionSql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`).count;
      expect(await write).toMatchObject({ name: 'StoreError', code: 'away' });
    });
    expect((await stored()).length).toBe(1);
  });

  test('a table that is not there rejects no row', async () => {
    await sql`ALTER TABLE gaps RENAME TO gone`;
    try {
      await expect(store.writeBatch(batch({ boots: [boot()], activity: [row()], gaps: [gap()] }))).rejects.toMatchObject({ code: 'away' });
    } finally {
      await sql`ALTER TABLE gone RENAME TO gaps`;
    }
    expect((await sql`SELECT FROM rejected_rows`).count).toBe(0);
  });
});

describe('store without a database', () => {
  const dead = connectTo('postgres://nobody@127.0.0.1:1/none', { max: 1, connect_timeout: 2 });
  afterEach(() => dead.end());

  test('is away', async () => {
    const store = createPostgresStore({ sql: dead, clock: virtualClock(), random: counterRandom(), makePartition: async () => 'made' });
    await expect(store.writeBatch(batch({ activity: [row()] }))).rejects.toMatchObject({ name: 'StoreError', code: 'away' });
    await expect(store.readMark('gpu1', [])).rejects.toMatchObject({ name: 'StoreError', code: 'away' });
  });
});



function deep(levels: number): Record<string, unknown> {
  let inner: Record<string, unknown> = {};
  for (let i = 0; i < levels; i += 1) inner = { inner };
  return inner;
}

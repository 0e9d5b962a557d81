import type { Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPartitionQueue } from '../src/actors/writers/partition-queue.ts';
import { startRetention } from '../src/actors/writers/retention.ts';
import { listPartitions } from '../src/io/postgres/partition-bounds.ts';
import { createPartitions, type Partitions } from '../src/io/postgres/partitions.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import type { Rollups } from '../src/io/postgres/rollups.ts';
import { LIMITS } from '../src/model/limits.ts';
import { PARTITIONED_TABLES } from '../src/model/seams.ts';
import { timeOfMs } from '../src/model/time.ts';
import { StoreError } from '../src/model/records/batch.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { virtualClock, type VirtualClock } from './support/virtual-clock.ts';

const DAY = 86_400_000;
let database: TestDatabase;
let sql: Sql;
let other: Sql;
let clock: VirtualClock;
let partitions: Partitions;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connectTo(database.url, { max: 1 });
  other = connectTo(database.url, { max: 2, connection: { DateStyle: 'German', TimeZone: 'Asia/Tokyo' } });
});
afterAll(async () => {
  await sql.end({ timeout: 0 });
  await other.end({ timeout: 0 });
  await database.drop();
});
beforeEach(async () => {
  for (const table of PARTITIONED_TABLES) for (const { name } of await listPartitions(sql, table)) await sql.unsafe(`DROP TABLE ${name}`);
  clock = virtualClock();
  partitions = createPartitions({ sql, clock });
});
const names = async (table: (typeof PARTITIONED_TABLES)[number]): Promise<string[]> => (await listPartitions(sql, table)).map(({ name }) => name);
const insert = (ts: string): Promise<unknown> => other`INSERT INTO activity (host_id, boot_epoch, upstream_id, ts, model) VALUES ('h', 1, 1, ${ts}::text::timestamptz, 'm')`.execute();

test('makes the periods that are due, once', async () => {
  await partitions.makeAhead();
  const made = await listPartitions(sql, 'activity');
  expect(made.map(({ from, to }) => (to - from) / DAY)).toEqual([7, 7, 7]);
  expect(made[0]!.from <= clock.now() && clock.now() < made[0]!.to).toBe(true);
  expect(await names('perf')).toEqual(['perf_p20260101', 'perf_p20260102', 'perf_p20260103']);
  await partitions.makeAhead();
  expect(await listPartitions(sql, 'activity')).toEqual(made);
  // The bounds are read alike whatever the session's way of writing times.
  expect(await listPartitions(other, 'activity')).toEqual(made);
});

test('makes the period of any time, once, up to the last year', async () => {
  await expect(insert('2031-05-05T05:05:05Z')).rejects.toMatchObject({ code: '23514' });
  expect(await partitions.make('activity', '2031-05-05T05:05:05.000000Z')).toBe('made');
  expect(await partitions.make('activity', '2031-05-05T05:05:05.000001Z')).toBe('exists');
  await insert('2031-05-05T05:05:05Z');
  expect(await partitions.make('activity', '9999-12-31T23:59:59.999999Z')).toBe('made');
  expect(await partitions.make('activity', '9999-12-31T23:59:59.999999Z')).toBe('exists');
  await insert('9999-12-31T23:59:59.999999Z');
});

test('two processes that want the same partition make one', async () => {
  const second = createPartitions({ sql: connectTo(database.url, { max: 1 }), clock });
  const answers = await Promise.all([partitions.make('perf', '2026-01-05T00:00:00.000000Z'), second.make('perf', '2026-01-05T00:00:00.000000Z')]);
  expect(answers.toSorted()).toEqual(['exists', 'made']);
});

test('a clock gone mad gets so many partitions and no more; the expected time is always served', async () => {
  for (let i = 0; i < LIMITS.clockPartitions; i += 1) expect(await partitions.make('perf', timeOfMs(clock.now() + (1_000 + i) * DAY))).toBe('made');
  expect(await partitions.make('perf', timeOfMs(clock.now() + 5_000 * DAY))).toBe('refused');
  expect(await partitions.make('perf', timeOfMs(clock.now() + 1_000 * DAY))).toBe('exists');
  expect(await partitions.make('perf', timeOfMs(clock.now() + DAY))).toBe('made');
  expect(await partitions.make('perf', timeOfMs(clock.now() - 14 * DAY))).toBe('made');
  expect(await partitions.make('activity', timeOfMs(clock.now() + 5_000 * DAY))).toBe('made');
});

test('fills the space between partitions of another length', async () => {
  await sql.unsafe(`CREATE TABLE activity_odd PARTITION OF activity FOR VALUES FROM ('2026-01-02T12:00:00Z') TO ('2026-01-05T00:00:00Z')`);
  expect(await partitions.make('activity', '2026-01-02T00:00:00.000000Z')).toBe('made');
  expect(await partitions.make('activity', '2026-01-06T00:00:00.000000Z')).toBe('made');
  const found = await listPartitions(sql, 'activity');
  expect(found.map(({ from }) => from).slice(1)).toEqual(found.map(({ to }) => to).slice(0, -1));
});

test('drops what is older than retention, whole partitions, and nothing else', async () => {
  await partitions.makeAhead();
  await partitions.make('activity', '2026-01-01T00:00:00.000000Z');
  await insert('2026-01-01T00:00:00Z');
  await clock.run(85 * DAY);
  expect((await partitions.dropOld()).filter((name) => name.startsWith('activity'))).toEqual([]);
  await clock.run(12 * DAY);
  expect((await partitions.dropOld()).filter((name) => name.startsWith('activity'))).toEqual(['activity_p20260101']);
  expect((await sql`SELECT FROM activity`).count).toBe(0);
  expect(await names('activity')).toHaveLength(2);
  expect(await partitions.dropOld()).toEqual([]);
});

test('retention is a setting of each table', async () => {
  await partitions.make('perf', '2026-01-01T00:00:00.000000Z');
  await clock.run(3 * DAY);
  expect(await partitions.dropOld()).toEqual([]);
  expect(await createPartitions({ sql, clock, retentionDays: { perf: 2 } }).dropOld()).toEqual(['perf_p20260101']);
});

test('an interrupted detach is finished later, and what was detached is dropped', async () => {
  await partitions.make('perf', '2026-01-01T00:00:00.000000Z');
  await partitions.make('perf', '2026-01-02T00:00:00.000000Z');
  await clock.run(100 * DAY);
  // A transaction that has read the partition: DETACH CONCURRENTLY waits for its end, and gives up.
  await other.begin(async (reader) => {
    await reader`SELECT count(*) FROM perf`;
    await expect(partitions.dropOld()).rejects.toMatchObject({ name: 'StoreError', code: 'away' });
    expect((await listPartitions(sql, 'perf')).map(({ detachPending }) => detachPending)).toEqual([true, false]);
  });
  expect(await partitions.dropOld()).toEqual(['perf_p20260101', 'perf_p20260102']);
});

test('a table that a person has detached to keep is kept, and its name is not taken', async () => {
  await partitions.make('perf', '2026-01-01T00:00:00.000000Z');
  await sql`ALTER TABLE perf DETACH PARTITION perf_p20260101`;
  expect(await partitions.dropOld()).toEqual([]);
  expect(await partitions.make('perf', '2026-01-01T00:00:00.000000Z')).toBe('made');
  expect(await names('perf')).toEqual(['perf_p20260101_2']);
  await sql`DROP TABLE perf_p20260101`;
});

test('making a partition does not wait for a batch or a long export', async () => {
  await partitions.makeAhead();
  await other.begin(async (busy) => {
    await busy`INSERT INTO activity (host_id, boot_epoch, upstream_id, ts, model) VALUES ('h', 1, 1, '2026-01-01T00:00:00Z', 'm')`;
    await busy`SELECT count(*) FROM activity`;
    expect(await partitions.make('activity', '2028-01-01T00:00:00.000000Z')).toBe('made');
  });
});

describe('the retention actor', () => {
  function start(database: { ready: boolean }, partitions: Partitions, queue = createPartitionQueue(), rollups: Rollups = { piece: async () => false }) {
    const listeners = new Set<(ready: boolean) => void>();
    const states: string[] = [];
    const errors: unknown[] = [];
    const stop = new AbortController();
    const started = startRetention(
      {
        path: 'drover/database/writers/retention', incarnation: 1, signal: stop.signal, clock,
        probe: { state: (to) => void states.push(to), handled: () => {}, queued: () => {} },
      },
      {
        partitions, rollups, queue, onError: (error) => void errors.push(error),
        database: { ready: () => database.ready, subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)) },
      },
    );
    if (started.kind !== 'ok') throw new Error('did not start');
    started.actor.start();
    const change = (ready: boolean): void => {
      database.ready = ready;
      for (const listener of listeners) listener(ready);
    };
    return { queue, states, errors, change, actor: started.actor };
  }

  /** Counts instead of making: what is asked of it, and when. */
  function counting(make: Partitions['make'] = async () => 'made') {
    const calls = { ahead: 0, drops: 0 };
    return { calls, make, makeAhead: async () => void (calls.ahead += 1), dropOld: async () => ((calls.drops += 1), []) };
  }

  test('makes ahead and drops at ready and every hour', async () => {
    const work = counting();
    const { change, actor, states } = start({ ready: false }, work);
    await clock.settle();
    expect([work.calls.ahead, states.at(-1)]).toEqual([0, 'waiting']);
    change(true);
    await clock.settle();
    expect([work.calls.ahead, work.calls.drops, states.at(-1)]).toEqual([1, 1, 'idle']);
    await clock.run(3_600_000 * 2);
    expect(work.calls).toEqual({ ahead: 3, drops: 3 });
    actor.stop();
    await clock.run(3_600_000 * 2);
    expect(work.calls.ahead).toBe(3);
  });

  test('answers requests, and says away while the database is', async () => {
    const { queue, change, actor } = start({ ready: true }, counting());
    expect(await queue.request('activity', '2031-01-01T00:00:00.000000Z')).toBe('made');
    change(false);
    await expect(queue.request('activity', '2031-01-01T00:00:00.000000Z')).rejects.toMatchObject({ code: 'away' });
    expect(queue.length).toBe(0);
    actor.stop();
  });

  test('a crash loses no request: the next incarnation answers it', async () => {
    const stuck = start({ ready: true }, counting(() => new Promise(() => {})));
    const waiting = stuck.queue.request('perf', '2031-01-01T00:00:00.000000Z');
    await clock.settle();
    stuck.actor.stop();
    expect(stuck.queue.length).toBe(1);
    const next = start({ ready: true }, counting(), stuck.queue);
    expect(await waiting).toBe('made');
    expect(next.queue.length).toBe(0);
    next.actor.stop();
  });

  test('tries again after a lock that did not come; any other error is a crash', async () => {
    let fails: unknown = new StoreError('away', 'lock timeout');
    const work = counting(async () => {
      if (fails !== null) throw fails;
      return 'made';
    });
    const { queue, actor, errors } = start({ ready: true }, work);
    await expect(queue.request('perf', '2031-01-01T00:00:00.000000Z')).rejects.toMatchObject({ code: 'away' });
    await clock.settle();
    expect(errors).toEqual([fails]);
    fails = null;
    expect(await queue.request('perf', '2031-01-01T00:00:00.000000Z')).toBe('made');
    fails = new TypeError('a bug');
    const crashed = new Promise((resolve) => void actor.subscribe({ error: resolve }));
    await expect(queue.request('perf', '2031-01-01T00:00:00.000000Z')).rejects.toMatchObject({ code: 'away' });
    expect(await crashed).toBe(fails);
  });

  test('does it with the real database', async () => {
    const { queue, actor } = start({ ready: true }, partitions);
    expect(await queue.request('activity', '2031-01-01T00:00:00.000000Z')).toBe('made');
    actor.stop();
    expect(await names('activity')).toContain('activity_p20301226');
  });
});

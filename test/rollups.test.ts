/** Performance summed up: the same answer from samples and from roll-ups, whatever comes late, twice, at once or in between. */
import type { Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPartitionQueue } from '../src/actors/writers/partition-queue.ts';
import { startRetention } from '../src/actors/writers/retention.ts';
import { createHistory } from '../src/io/postgres/history.ts';
import { insertPerf } from '../src/io/postgres/insert-streams.ts';
import { migrate } from '../src/io/postgres/migrate.ts';
import { readMigrations } from '../src/io/postgres/migration-files.ts';
import { listPartitions } from '../src/io/postgres/partition-bounds.ts';
import { createPartitions, type Partitions } from '../src/io/postgres/partitions.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { createRollups, type Rollups } from '../src/io/postgres/rollups.ts';
import { createPostgresStore } from '../src/io/postgres/store.ts';
import { transaction } from '../src/io/postgres/transaction.ts';
import { PERF_METRICS } from '../src/model/documents.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { PerfPoint, PerfSteps } from '../src/model/records/history.ts';
import { retentionDaysOf } from '../src/model/records/partition-period.ts';
import type { PerfSample } from '../src/model/records/perf.ts';
import { PARTITIONED_TABLES, type Store } from '../src/model/seams.ts';
import { msOfTime, timeOfMs } from '../src/model/time.ts';
import { counterRandom } from './support/counter-random.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { batch, sample } from './support/rows.ts';
import { eventually, startProgram } from './support/program.ts';
import { tcpProxy } from './support/tcp-proxy.ts';
import { virtualClock, type VirtualClock } from './support/virtual-clock.ts';
import { seeded, wallClock } from './support/wall.ts';

const DAY = 86_400_000;
/** The clock's beginning. */
const START = Date.UTC(2026, 0, 1);
const at = (s: number): string => timeOfMs(START + s * 1_000);
const ALL = { hosts: [], from: null, to: null, limit: 100_000 };

let database: TestDatabase;
let sql: Sql;
let admin: Sql;
let clock: VirtualClock;
let partitions: Partitions;
let rollups: Rollups;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connectTo(database.url, { max: 4 });
  admin = connectTo(database.url, { max: 1 });
});
afterAll(async () => {
  await sql.end({ timeout: 0 });
  await admin.end({ timeout: 0 });
  await database.drop();
});
beforeEach(async () => {
  for (const table of PARTITIONED_TABLES) for (const { name } of await listPartitions(sql, table)) await sql.unsafe(`DROP TABLE ${name}`);
  await sql`TRUNCATE perf_rollups_due, rejected_rows`;
  clock = virtualClock(START);
  partitions = createPartitions({ sql: admin, clock });
  rollups = createRollups({ sql: admin, clock, make: partitions.make });
  store = createPostgresStore({ sql, clock, random: counterRandom(), makePartition: partitions.make });
  await partitions.makeAhead();
});

const steps = (stepS: number, more: Partial<typeof ALL> | { from?: string; to?: string; hosts?: string[] } = {}): Promise<PerfSteps> => createHistory(sql).perfSteps({ ...ALL, ...more, stepS });
const write = (samples: PerfSample[]): Promise<unknown> => store.writeBatch(batch({ perf: samples }));
const marks = async (): Promise<number> => (await sql`SELECT FROM perf_rollups_due`).count;
const held = async (): Promise<unknown[]> => [...(await sql`SELECT * FROM perf_rollups ORDER BY host_id, ts, gpu NULLS FIRST`)];
async function rollUpAll(by: Rollups = rollups): Promise<number> {
  let pieces = 1;
  while (await by.piece()) pieces += 1;
  return pieces;
}
/** Hours on: whatever has come has ended and settled. */
const later = (): Promise<void> => clock.run(6 * 3_600_000);
async function dropSamples(): Promise<void> {
  await clock.run(15 * DAY);
  expect((await partitions.dropOld()).some((name) => name.startsWith('perf_p'))).toBe(true);
  expect((await sql`SELECT FROM perf`).count).toBe(0);
}

/** Two hosts, one with a GPU, every 7 s and some, for so long from `s` on; a figure in five is not told, two metrics never are. */
function traffic(s: number, seconds: number, seed = 1): PerfSample[] {
  const { next } = seeded(seed);
  const figure = (): number | null => (next() < 0.2 ? null : Math.round(next() * 1e6) / 128);
  return ['a', 'b'].flatMap((hostId) => (hostId === 'a' ? [null, 'GPU-1'] : [null]).flatMap((gpu) => {
    const made: PerfSample[] = [];
    for (let t = s + next(); t < s + seconds; t += 7.013) {
      made.push({ ...(Object.fromEntries(PERF_METRICS.map((metric) => [metric, metric === 'fanPct' || metric === 'vramTempC' ? null : figure()])) as unknown as PerfSample), hostId, gpu, ts: at(Math.round(t * 1e6) / 1e6) });
    }
    return made;
  }));
}

/** What the answer has to be, from the samples alone. */
function expected(samples: readonly PerfSample[], stepS: number, from = '', to = '~'): PerfPoint[] {
  const groups = new Map<string, PerfSample[]>();
  for (const one of samples) {
    if (one.ts < from || one.ts >= to) continue;
    const key = [timeOfMs(Math.floor(msOfTime(one.ts) / (stepS * 1_000)) * stepS * 1_000), one.hostId, one.gpu ?? ''].join('|');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.keys()].sort().map((key) => {
    const [ts, hostId, gpu] = key.split('|') as [string, string, string];
    const spreads = PERF_METRICS.map((metric) => {
      const known = groups.get(key)!.map((one) => one[metric]).filter((figure) => figure !== null);
      return [metric, known.length === 0 ? { min: null, avg: null, max: null } : { min: Math.min(...known), avg: known.reduce((sum, figure) => sum + figure, 0) / known.length, max: Math.max(...known) }];
    });
    return { hostId, ts, gpu: gpu === '' ? null : gpu, ...(Object.fromEntries(spreads) as Omit<PerfPoint, 'hostId' | 'ts' | 'gpu'>) };
  });
}

/** Averages but for the last digits: they were added in another order. */
function alike(answer: PerfSteps, wanted: readonly PerfPoint[]): void {
  const rounded = (points: readonly PerfPoint[]): unknown => JSON.parse(JSON.stringify(points, (key, value: unknown) => (key === 'avg' && typeof value === 'number' ? Number(value.toPrecision(12)) : value)));
  expect(answer.points.map(({ ts, hostId, gpu }) => `${ts} ${hostId} ${gpu}`)).toEqual(wanted.map(({ ts, hostId, gpu }) => `${ts} ${hostId} ${gpu}`));
  expect(rounded(answer.points)).toEqual(rounded(wanted));
}

describe('one answer', () => {
  const STEPS = [300, 600, 3_600, 86_400];

  test('of samples, of both, and of roll-ups alone', async () => {
    const samples = traffic(10_000, 4 * 3_600);
    await write(samples.slice(0, 3_000));
    await write(samples.slice(3_000));
    const check = async (): Promise<void> => {
      for (const stepS of STEPS) alike(await steps(stepS), expected(samples, stepS));
      alike(await steps(300, { hosts: ['b'] }), expected(samples.filter(({ hostId }) => hostId === 'b'), 300));
    };
    await check();
    expect(await held()).toEqual([]);
    await clock.run(17_000_000);
    await rollUpAll();
    expect(await marks()).toBeGreaterThan(0);
    expect((await held()).length).toBeGreaterThan(50);
    await check();
    await later();
    await rollUpAll();
    expect(await marks()).toBe(0);
    await check();
    await dropSamples();
    await check();
  });

  test('is made of roll-ups where they are, and of no sample twice', async () => {
    const samples = traffic(0, 1_200);
    await write(samples);
    await later();
    await rollUpAll();
    await sql`UPDATE perf_rollups SET cpu_pct_max = 1e9`;
    expect((await steps(300)).points.filter(({ cpuPct }) => cpuPct.max === 1e9)).toHaveLength(12);
    expect((await steps(60)).points.filter(({ cpuPct }) => cpuPct.max === 1e9)).toEqual([]);
  });

  test('of a range that cuts buckets', async () => {
    const samples = traffic(0, 2 * 3_600);
    const ranges: [number, number][] = [[0, 3_600], [1, 3_599], [299.5, 300.5], [310, 320], [450, 900], [300, 450], [600.000_001, 1_199.999_999], [900, 900], [6_000, 9_000]];
    await write(samples);
    for (const rolled of [false, true]) {
      if (rolled) await later().then(() => rollUpAll());
      for (const [from, to] of ranges) {
        alike(await steps(300, { from: at(from), to: at(to) }), expected(samples, 300, at(from), at(to)));
        alike(await steps(3_600, { from: at(from), to: at(to) }), expected(samples, 3_600, at(from), at(to)));
        alike(await steps(450, { from: at(from), to: at(to) }), expected(samples, 450, at(from), at(to)));
      }
    }
    await dropSamples();
    // A roll-up counts as of where it begins: two ranges that meet have each once.
    const whole = expected(samples, 300);
    for (const [from, to] of ranges) alike(await steps(300, { from: at(from), to: at(to) }), whole.filter(({ ts }) => ts >= at(from) && ts < at(to)));
  });

  test('where samples are no more the step is one that roll-ups have, and is said; elsewhere it is as asked', async () => {
    const old = traffic(0, 1_800);
    await write(old);
    await later();
    await rollUpAll();
    await dropSamples();
    const fresh = traffic(15 * 86_400 + 21_600, 1_800, 2);
    await partitions.makeAhead();
    await write(fresh);
    for (const [asked, given] of [[1, 300], [60, 300], [299, 300], [301, 600], [1_000, 1_200], [86_399, 86_400]] as const) {
      const answer = await steps(asked);
      expect(answer.stepS).toBe(given);
      alike(answer, expected([...old, ...fresh], given));
      const newest = await steps(asked, { from: at(15 * 86_400 + 21_600) });
      expect(newest.stepS).toBe(asked);
      alike(newest, expected(fresh, asked));
      expect((await steps(asked, { hosts: ['nobody'] })).stepS).toBe(asked);
    }
  });

  test('nothing where nothing was, and of more than the limit the newest', async () => {
    await write([...traffic(0, 300), ...traffic(7_200, 300, 2)]);
    await later();
    await rollUpAll();
    const { points } = await steps(300, { hosts: ['b'] });
    expect(points.map(({ ts }) => ts)).toEqual([at(0), at(7_200)]);
    expect(points[0]!.fanPct).toEqual({ min: null, avg: null, max: null });
    expect((await steps(300, { hosts: ['b'], limit: 1 })).points.map(({ ts }) => ts)).toEqual([at(7_200)]);
  });
});

describe('each sample once', () => {
  test('summed up twice is summed up once', async () => {
    const samples = traffic(0, 3_600);
    await write(samples);
    await later();
    await rollUpAll();
    const once = await held();
    await write(samples);
    expect(await marks()).toBe(0);
    await sql`INSERT INTO perf_rollups_due (host_id, ts) SELECT host_id, ts FROM perf_rollups`;
    await rollUpAll();
    expect(await held()).toEqual(once);
  });

  test('a bucket is summed up when it has ended and settled', async () => {
    await write([sample({ ts: at(5) })]);
    await clock.run(320_000);
    await rollUpAll();
    expect([await marks(), await held()]).toEqual([1, []]);
    await clock.run(20_000);
    await rollUpAll();
    expect([await marks(), (await held()).length]).toEqual([0, 1]);
  });

  test('a late one counts at once, and in the roll-up', async () => {
    await write([sample({ ts: at(5), cpuPct: 10 })]);
    await later();
    await rollUpAll();
    await write([sample({ ts: at(200), cpuPct: 40 })]);
    const wanted = { min: 10, avg: 25, max: 40 };
    expect((await steps(300)).points.map(({ cpuPct }) => cpuPct)).toEqual([wanted]);
    await rollUpAll();
    await dropSamples();
    expect((await steps(300)).points.map(({ cpuPct }) => cpuPct)).toEqual([wanted]);
  });

  test('a batch that commits while its bucket is summed up: neither waits, and it counts', async () => {
    await write([sample({ ts: at(5), cpuPct: 10 })]);
    await later();
    await transaction(sql, async (tx) => {
      await insertPerf(tx, [sample({ ts: at(200), cpuPct: 40 })]);
      await rollUpAll();
      expect((await held()).length).toBe(1);
    });
    expect(await marks()).toBe(1);
    expect((await steps(300)).points.map(({ cpuPct }) => cpuPct.avg)).toEqual([25]);
    await rollUpAll();
    await dropSamples();
    expect((await steps(300)).points.map(({ cpuPct }) => cpuPct.avg)).toEqual([25]);
  });

  test('a batch that commits between what the summing up saw and its end counts', async () => {
    await write([sample({ ts: at(5), cpuPct: 10 })]);
    await later();
    const summed: Promise<boolean>[] = [];
    const undone = new Error('rolled back');
    // Its roll-up in hands that are not done yet: the statement has seen what there is, and waits.
    await expect(transaction(sql, async (tx) => {
      await tx`INSERT INTO perf_rollups (host_id, ts, samples) VALUES ('gpu1', ${at(0)}::text::timestamptz, 1)`;
      summed.push(rollups.piece());
      await eventually(async () => (await sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).count, (waiting) => waiting === 1, 'it waits');
      await write([sample({ ts: at(200), cpuPct: 40 })]);
      throw undone;
    })).rejects.toBe(undone);
    await Promise.all(summed);
    expect(await marks()).toBe(1);
    expect((await steps(300)).points.map(({ cpuPct }) => cpuPct.avg)).toEqual([25]);
    await rollUpAll();
    await dropSamples();
    expect((await steps(300)).points.map(({ cpuPct }) => cpuPct.avg)).toEqual([25]);
  });

  test('two processes at once, in small pieces, while samples come', async () => {
    const other = connectTo(database.url, { max: 1 });
    try {
      const samples = traffic(0, 3 * 3_600);
      const late = traffic(0, 3 * 3_600, 9).map((one) => ({ ...one, ts: `${one.ts.slice(0, -4)}777Z` }));
      await write(samples);
      await later();
      const [ours, theirs] = [admin, other].map((own) => createRollups({ sql: own, clock, make: partitions.make, size: 5 }));
      await Promise.all([rollUpAll(ours), rollUpAll(theirs), (async () => {
        for (let i = 0; i < late.length; i += 100) await write(late.slice(i, i + 100));
      })()]);
      await rollUpAll();
      await dropSamples();
      alike(await steps(300), expected([...samples, ...late], 300));
    } finally {
      await other.end({ timeout: 0 });
    }
  });

  test.each(['INSERT INTO perf_rollups', 'COMMIT'])('the database lost at %s: nothing is half done, and the next try does it', async (cut) => {
    const address = new URL(database.url);
    const proxy = await tcpProxy({ host: address.hostname, port: Number(address.port) });
    address.host = `127.0.0.1:${proxy.port}`;
    const through = connectTo(address.href, { max: 1 });
    try {
      const samples = traffic(0, 3_600);
      await write(samples);
      await later();
      const cuttable = createRollups({ sql: through, clock, make: partitions.make, size: 10 });
      proxy.cutOn(cut);
      await expect(cuttable.piece()).rejects.toMatchObject({ name: 'StoreError', code: 'away' });
      expect(proxy.cuts()).toBe(1);
      alike(await steps(300), expected(samples, 300));
      await proxy.close();
      await expect(cuttable.piece()).rejects.toMatchObject({ code: 'away' });
      proxy.cutOn(null);
      await proxy.open();
      await rollUpAll(cuttable);
      await dropSamples();
      alike(await steps(300), expected(samples, 300));
    } finally {
      await through.end({ timeout: 0 });
      await proxy.close();
    }
  });

  test('a sample that comes when others of its bucket are gone does not replace them', async () => {
    const samples = traffic(0, 300);
    await write(samples);
    await later();
    await rollUpAll();
    const before = await held();
    await dropSamples();
    // Samples are to be kept for longer from now on.
    store = createPostgresStore({ sql, clock, random: counterRandom(), makePartition: partitions.make, retentionDays: { perf: 30 } });
    await partitions.make('perf', at(0));
    await write([sample({ hostId: 'a', ts: at(100) })]);
    await rollUpAll();
    expect([await held(), await marks()]).toEqual([before, 0]);
  });
});

describe('what hosts may send', () => {
  test('a clock ahead: summed up like the others, its marks do not pile up', async () => {
    const samples = traffic(400 * 86_400, 1_200);
    await partitions.make('perf', samples[0]!.ts);
    await write(samples);
    await rollUpAll();
    expect(await marks()).toBe(0);
    alike(await steps(300), expected(samples, 300));
    await sql`DELETE FROM perf`;
    alike(await steps(300), expected(samples, 300));
  });

  test('more mad clocks than there are partitions for: the rest goes on', async () => {
    for (let i = 0; i < LIMITS.clockPartitions; i += 1) await partitions.make('perf_rollups', timeOfMs(START + (1_000 + i * 28) * DAY));
    const mad = timeOfMs(START + 5_000 * DAY);
    await partitions.make('perf', mad);
    await write([sample({ ts: at(5) }), sample({ ts: mad })]);
    await later();
    await rollUpAll();
    expect([await marks(), (await held()).length]).toEqual([0, 1]);
  });

  test('figures whose sum overflows are unknown, and stop nothing', async () => {
    await write([sample({ ts: at(5), netRxBytes: 1.7e308, cpuPct: 1 }), sample({ ts: at(6), netRxBytes: 1.7e308, cpuPct: 3 }), sample({ ts: at(7), netRxBytes: 7e18 })]);
    const check = async (): Promise<void> => expect((await steps(300)).points.map(({ netRxBytes }) => netRxBytes)).toEqual([{ min: 7e18, avg: 7e18, max: 7e18 }]);
    await check();
    expect((await steps(60)).points[0]!.netRxBytes.max).toBe(7e18);
    await later();
    await rollUpAll();
    await check();
  });
});

describe('retention', () => {
  test('samples are not dropped before they are summed up', async () => {
    await write(traffic(0, 300));
    await clock.run(15 * DAY);
    expect((await partitions.dropOld()).filter((name) => name.startsWith('perf_p'))).toEqual([]);
    await rollUpAll();
    expect(await partitions.dropOld()).toEqual(['perf_p20260101']);
  });

  test('roll-ups go after 365 days, by whole partitions', async () => {
    const samples = traffic(0, 300);
    await write(samples);
    await later();
    await rollUpAll();
    await clock.run(364 * DAY);
    expect((await partitions.dropOld()).filter((name) => name.startsWith('perf_rollups'))).toEqual([]);
    alike(await steps(300), expected(samples, 300));
    await clock.run(29 * DAY);
    expect((await partitions.dropOld()).filter((name) => name.startsWith('perf_rollups'))).toHaveLength(1);
    expect((await steps(300)).points).toEqual([]);
  });

  test('has a setting of its own, and lives no shorter than the samples', async () => {
    const days = (perf: number, perfRollups: number): number => retentionDaysOf({ ...LIMITS.retentionDays, perf, perfRollups }).perf_rollups;
    expect([days(14, 365), days(14, 30), days(90, 30)]).toEqual([365, 30, 90]);
    await write(traffic(0, 300));
    await later();
    await rollUpAll();
    await clock.run(100 * DAY);
    await partitions.dropOld();
    expect((await steps(300)).points).toHaveLength(3);
    await createPartitions({ sql: admin, clock, retentionDays: { perf_rollups: 30 } }).dropOld();
    expect((await steps(300)).points).toEqual([]);
  });

  test('samples of before the migration are summed up', async () => {
    const { url, drop } = await createTestDatabase({ empty: true });
    const own = connectTo(url, { max: 2 });
    const ownAdmin = connectTo(url, { max: 1 });
    try {
      await migrate(url, readMigrations().slice(0, 1));
      await own.unsafe(`CREATE TABLE perf_p PARTITION OF perf FOR VALUES FROM ('2026-01-01T00:00:00Z') TO ('2026-01-02T00:00:00Z')`);
      const samples = traffic(0, 3_600);
      for (const one of samples) await own`INSERT INTO perf (host_id, ts, gpu, cpu_pct) VALUES (${one.hostId}, ${one.ts}::text::timestamptz, ${one.gpu}, ${one.cpuPct})`;
      await migrate(url);
      const found = async (): Promise<unknown> => (await createHistory(own).perfSteps({ ...ALL, stepS: 300 })).points.map(({ hostId, ts, gpu, cpuPct }) => [hostId, ts, gpu, cpuPct.min, cpuPct.max]);
      const wanted = expected(samples, 300).map(({ hostId, ts, gpu, cpuPct }) => [hostId, ts, gpu, cpuPct.min, cpuPct.max]);
      expect(await found()).toEqual(wanted);
      await later();
      await rollUpAll(createRollups({ sql: ownAdmin, clock, make: createPartitions({ sql: ownAdmin, clock }).make }));
      await own`DROP TABLE perf_p`;
      expect(await found()).toEqual(wanted);
    } finally {
      await own.end({ timeout: 0 });
      await ownAdmin.end({ timeout: 0 });
      await drop();
    }
  });
});

describe('the retention actor', () => {
  function start(isReady: boolean, by: Rollups = rollups) {
    const listeners = new Set<(ready: boolean) => void>();
    const queue = createPartitionQueue();
    const errors: unknown[] = [];
    const states: string[] = [];
    let ready = isReady;
    const waiting = new Set<() => void>();
    const started = startRetention(
      {
        path: 'drover/database/writers/retention', incarnation: 1, signal: new AbortController().signal, clock,
        probe: { state: (to) => (states.push(to), waiting.forEach((wake) => wake())), handled: () => {}, queued: () => {} },
      },
      { partitions, rollups: by, queue, onError: (error) => void errors.push(error), database: { ready: () => ready, subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)) } },
    );
    if (started.kind !== 'ok') throw new Error('did not start');
    started.actor.start();
    return {
      actor: started.actor, queue, errors, states,
      change(next: boolean): void {
        ready = next;
        for (const listener of listeners) listener(next);
      },
      /** Resolves when it has come to that state. */
      until: (state: string) => new Promise<void>((resolve) => {
        const look = (): void => {
          if (states.at(-1) === state) resolve();
        };
        waiting.add(look);
        look();
      }),
    };
  }

  test('catches up in pieces, and a request comes between two', async () => {
    await write(traffic(0, 3_600));
    await later();
    const order: string[] = [];
    const pieces = createRollups({ sql: admin, clock, make: partitions.make, size: 10 });
    const { actor, queue, states, until } = start(true, {
      async piece() {
        const more = await pieces.piece();
        order.push('piece');
        if (order.length === 1) void queue.request('activity', at(0)).then(() => order.push('request'));
        return more;
      },
    });
    await until('idle');
    // 12 buckets of two hosts.
    expect(order).toEqual(['piece', 'request', 'piece', 'piece']);
    expect(states).toEqual(['passing', 'rolling', 'making', 'rolling', 'rolling', 'idle']);
    expect(await marks()).toBe(0);
    actor.stop();
  });

  test('waits for the database, goes on when it is back, and then every five minutes', async () => {
    const samples = traffic(0, 3_600);
    await write(samples);
    await later();
    const { actor, until, change, states } = start(false);
    await until('waiting');
    expect(await marks()).toBeGreaterThan(0);
    change(true);
    await until('idle');
    expect(await marks()).toBe(0);
    const again = traffic(2 * 3_600, 600, 2);
    await write(again);
    states.length = 0;
    clock.advance(300_000);
    await until('idle');
    expect(states).toEqual(['rolling', 'idle']);
    expect(await marks()).toBe(0);
    change(false);
    const meanwhile = traffic(3 * 3_600, 600, 3);
    await write(meanwhile);
    change(true);
    await until('passing');
    await until('idle');
    expect(await marks()).toBe(0);
    actor.stop();
    alike(await steps(300), expected([...samples, ...again, ...meanwhile], 300));
  });

  test('what may pass is tried again', async () => {
    await write(traffic(0, 3_600));
    await later();
    const address = new URL(database.url);
    const proxy = await tcpProxy({ host: address.hostname, port: Number(address.port) });
    address.host = `127.0.0.1:${proxy.port}`;
    const through = connectTo(address.href, { max: 1 });
    try {
      proxy.cutOn('INSERT INTO perf_rollups');
      const { actor, until, errors } = start(true, createRollups({ sql: through, clock, make: partitions.make }));
      await until('idle');
      expect(errors).toMatchObject([{ name: 'StoreError', code: 'away' }]);
      proxy.cutOn(null);
      clock.advance(5_000);
      await until('idle');
      expect(await marks()).toBe(0);
      actor.stop();
    } finally {
      await through.end({ timeout: 0 });
      await proxy.close();
    }
  });
});

test('the real program, back after weeks: it sums up what was left, drops the samples, and answers as before', async () => {
  const begin = (Math.floor(Date.now() / DAY) - 20) * DAY;
  const real = createPartitions({ sql: admin, clock: wallClock });
  const samples = traffic(0, 3_600).map((one) => ({ ...one, ts: timeOfMs(Math.round(msOfTime(one.ts)) - START + begin) }));
  await real.make('perf', samples[0]!.ts);
  await createPostgresStore({ sql, clock: wallClock, random: counterRandom(), makePartition: real.make, retentionDays: { perf: 30 } }).writeBatch(batch({ perf: samples }));
  const life = async (passes: () => Promise<boolean>): Promise<PerfSteps> => {
    const program = await startProgram({ env: { DATABASE_URL: database.url, DROVER_LOG_LEVEL: 'warn' } });
    try {
      await eventually(passes, (passed) => passed, 'retention has done its work');
      const response = await program.request(`/api/perf?host=a&host=b&step=60&to=${timeOfMs(begin + DAY)}`);
      const { step, points } = (await response.json()) as { step: number; points: PerfPoint[] };
      return { stepS: step, points };
    } finally {
      program.kill('SIGTERM');
      await program.ended;
    }
  };
  const first = await life(async () => (await marks()) === 0);
  expect(first.stepS).toBe(60);
  alike(first, expected(samples, 60));
  // Its first look came before they were summed up.
  const second = await life(async () => (await sql`SELECT FROM perf`).count === 0);
  expect(second.stepS).toBe(300);
  alike(second, expected(samples, 300));
});

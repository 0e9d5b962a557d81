import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHistory, type History } from '../src/io/postgres/history.ts';
import { createPartitions } from '../src/io/postgres/partitions.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { readMark } from '../src/io/postgres/read-mark.ts';
import { createPostgresStore } from '../src/io/postgres/store.ts';
import type { StoredRow } from '../src/model/records/activity.ts';
import type { ActivityFilter, ActivityKey, HostEventKey } from '../src/model/records/history.ts';
import { timeOfMs } from '../src/model/time.ts';
import { counterRandom } from './support/counter-random.ts';
import { createTestDatabase } from './support/database.ts';
import { batch, boot, gap, row, sample } from './support/rows.ts';
import { virtualClock } from './support/virtual-clock.ts';

const ALL: ActivityFilter = { hosts: [], models: [], statuses: [], statusClasses: [], path: null, from: null, to: null };
const START = Date.UTC(2025, 11, 1);
/** Seconds after the start; times that share a millisecond and differ in microseconds. */
const at = (s: number): string => timeOfMs(START + s * 1000);
const micros = (s: number): string => at(0).replace('000000Z', `0001${String(s).padStart(2, '0')}Z`);

async function migrated() {
  const database = await createTestDatabase();
  const sql = connectTo(database.url, { max: 3 });
  const clock = virtualClock();
  const admin = connectTo(database.url, { max: 1 });
  const partitions = createPartitions({ sql: admin, clock });
  return { database, sql, clock, partitions, end: async () => (await sql.end({ timeout: 0 }), await admin.end({ timeout: 0 }), await database.drop()) };
}

describe('pages', () => {
  let it: Awaited<ReturnType<typeof migrated>>;
  let history: History;
  // Few times, hosts and boots, so that ties are many and every column of the key decides somewhere.
  const rows = Array.from({ length: 400 }, (_, i): StoredRow => row({
    upstreamId: i, hostId: ['a', 'a-1', 'b'][i % 3]!, bootEpoch: 1 + (i % 2), ts: i % 2 ? at((i * 7) % 40) : micros((i * 7) % 40), model: ['qwen', 'llama', 'x'.repeat(200) + (i % 2)][i % 5 % 3]!,
    status: [200, 200, 200, 404, 429, 500, null][i % 7]!, reqPath: i % 4 ? '/v1/chat/completions' : '/v1/embeddings',
  }));
  const text = (key: ActivityKey): string => [key.ts, key.hostId.padEnd(5, '\0'), String(key.bootEpoch).padStart(3, '0'), String(key.upstreamId).padStart(6, '0')].join('|');
  const newestFirst = rows.toSorted((a, b) => (text(a) < text(b) ? 1 : -1));

  beforeAll(async () => {
    it = await migrated();
    history = createHistory(it.sql);
    const store = createPostgresStore({ sql: it.sql, clock: it.clock, random: counterRandom(), makePartition: it.partitions.make, retentionDays: { perf: 90 } });
    await it.partitions.makeAhead();
    for (const table of ['activity', 'host_events', 'model_events', 'perf'] as const) await it.partitions.make(table, at(0));
    await store.writeBatch(batch({
      boots: [boot()], activity: rows,
      gaps: [
        gap({ id: 'g1', hostId: 'a', fromTs: at(10), toTs: at(20), detectedAt: at(21) }),
        gap({ id: 'g2', hostId: 'b', fromTs: null, toTs: at(5), detectedAt: at(22) }),
        gap({ id: 'g3', hostId: 'a', fromTs: at(30), toTs: null, toId: null, lostMax: null, detectedAt: at(35) }),
      ],
      hostEvents: [
        { hostId: 'a', ts: at(1), kind: 'liveness', from: 'connecting', to: 'live', reason: null },
        { hostId: 'a', ts: at(1), kind: 'boot', from: null, to: '1', reason: null },
        { hostId: 'a', ts: at(2), kind: 'liveness', from: 'live', to: 'down', reason: 'refused' },
        { hostId: 'b', ts: at(2), kind: 'build', from: null, to: 'v250', reason: null },
      ],
      modelEvents: [
        { hostId: 'a', ts: at(1), model: 'qwen', from: null, to: 'ready' },
        { hostId: 'a', ts: at(1), model: 'llama', from: null, to: 'ready' },
        { hostId: 'b', ts: at(3), model: 'qwen', from: 'ready', to: 'stopped' },
      ],
      perf: [
        sample({ hostId: 'a', ts: at(0), cpuPct: 10 }), sample({ hostId: 'a', ts: at(5), cpuPct: 30, load1: null }), sample({ hostId: 'a', ts: at(10), cpuPct: 50 }),
        sample({ hostId: 'a', ts: at(5), gpu: 'GPU-1', cpuPct: null, utilPct: 99.5 }), sample({ hostId: 'b', ts: at(5), cpuPct: 1 }),
      ],
    }));
  });
  afterAll(() => it.end());

  const cases: [string, Partial<ActivityFilter>, (row: StoredRow) => boolean][] = [
    ['everything', {}, () => true],
    ['one host', { hosts: ['a'] }, ({ hostId }) => hostId === 'a'],
    ['hosts, one of them twice and one unknown', { hosts: ['b', 'a', 'b', 'none'] }, ({ hostId }) => hostId !== 'a-1'],
    ['models', { models: ['qwen', 'llama'] }, ({ model }) => model.length < 10],
    ['a model that differs after the index ends', { models: [`${'x'.repeat(200)}1`] }, ({ model }) => model.endsWith('x1')],
    ['host and model', { hosts: ['a', 'b'], models: ['qwen'] }, ({ hostId, model }) => hostId !== 'a-1' && model === 'qwen'],
    ['status', { statuses: [404] }, ({ status }) => status === 404],
    ['status class', { statusClasses: [4] }, ({ status }) => status === 404 || status === 429],
    ['status or class', { statuses: [500], statusClasses: [4] }, ({ status }) => status !== null && status >= 400],
    ['status 200', { statuses: [200] }, ({ status }) => status === 200],
    ['class 2', { statusClasses: [2] }, ({ status }) => status === 200],
    ['path', { path: '/v1/embeddings' }, ({ reqPath }) => reqPath === '/v1/embeddings'],
    ['from inclusive, to exclusive', { from: at(7), to: at(21) }, ({ ts }) => ts >= at(7) && ts < at(21)],
    ['from and to within a millisecond', { from: micros(7), to: micros(21), hosts: ['a', 'b', 'a-1'] }, ({ ts }) => ts >= micros(7) && ts < micros(21)],
    ['from and to within a millisecond, all hosts', { from: micros(7), to: micros(21) }, ({ ts }) => ts >= micros(7) && ts < micros(21)],
    ['nothing', { hosts: ['none'] }, () => false],
  ];
  test.each(cases)('%s: every row once, in order, whatever the size of the page', async (_name, filter, passes) => {
    const expected = newestFirst.filter(passes);
    for (const limit of [7, 100]) {
      const found: StoredRow[] = [];
      let after: ActivityKey | null = null;
      for (;;) {
        const page: StoredRow[] = await history.activity({ ...ALL, ...filter, limit, after });
        found.push(...page);
        if (page.length < limit) break;
        after = page.at(-1)!;
      }
      expect(found).toEqual(expected);
    }
  });

  test('an export gives all of it by pages', async () => {
    const found: StoredRow[] = [];
    for await (const page of createHistory(it.sql).activityPages(ALL)) found.push(...page);
    expect(found).toEqual(newestFirst);
  });

  test('one row by its id', async () => {
    const wanted = rows[17]!;
    expect(await history.activityRow(wanted.hostId, wanted.bootEpoch, wanted.upstreamId)).toEqual(wanted);
    expect(await history.activityRow(wanted.hostId, 9, wanted.upstreamId)).toBeNull();
  });

  test('gaps that overlap a range, newest first', async () => {
    const ids = async (hosts: string[], from: string | null, to: string | null): Promise<string[]> => (await history.gaps({ hosts, from, to })).map(({ id }) => id);
    expect(await ids([], null, null)).toEqual(['g3', 'g2', 'g1']);
    expect(await ids(['a'], null, null)).toEqual(['g3', 'g1']);
    expect(await ids([], at(6), at(12))).toEqual(['g1']);
    expect(await ids([], at(21), at(30))).toEqual([]);
    expect(await ids([], null, at(3))).toEqual(['g2']);
    expect(await ids([], at(33), null)).toEqual(['g3']);
  });

  test('host and model events in one order', async () => {
    const found: { kind: string; hostId: string; ts: string }[] = [];
    let after: HostEventKey | null = null;
    for (;;) {
      const page = await history.hostEvents({ hosts: [], from: null, to: null, kinds: [], limit: 2, after });
      found.push(...page);
      if (page.length < 2) break;
      after = JSON.parse(JSON.stringify(page.at(-1)!.key)) as HostEventKey;
    }
    expect(found.map(({ key: _key, ...event }: { key?: unknown } & Record<string, unknown>) => event)).toEqual([
      { hostId: 'b', ts: at(3), kind: 'model', from: 'ready', to: 'stopped', reason: 'qwen' },
      { hostId: 'b', ts: at(2), kind: 'build', from: null, to: 'v250', reason: null },
      { hostId: 'a', ts: at(2), kind: 'liveness', from: 'live', to: 'down', reason: 'refused' },
      { hostId: 'a', ts: at(1), kind: 'model', from: null, to: 'ready', reason: 'qwen' },
      { hostId: 'a', ts: at(1), kind: 'model', from: null, to: 'ready', reason: 'llama' },
      { hostId: 'a', ts: at(1), kind: 'liveness', from: 'connecting', to: 'live', reason: null },
      { hostId: 'a', ts: at(1), kind: 'boot', from: null, to: '1', reason: null },
    ]);
    const some = await history.hostEvents({ hosts: ['a'], from: at(1), to: at(2), kinds: [], limit: 100, after: null });
    expect(some.map(({ kind }) => kind)).toEqual(['model', 'model', 'liveness', 'boot']);
    for (const [kinds, wanted] of [[['boot', 'build'], ['build', 'boot']], [['model'], ['model', 'model', 'model']], [['model', 'boot'], ['model', 'model', 'model', 'boot']]] as const) {
      const chosen = await history.hostEvents({ hosts: [], from: null, to: null, kinds, limit: 100, after: null });
      expect(chosen.map(({ kind }) => kind)).toEqual(wanted);
    }
  });

  test('samples, oldest first, of more than the limit the newest', async () => {
    const found = await history.perf({ hosts: ['a'], from: at(0), to: at(10), limit: 100 });
    expect(found).toEqual([sample({ hostId: 'a', ts: at(0), cpuPct: 10 }), sample({ hostId: 'a', ts: at(5), cpuPct: 30, load1: null }), sample({ hostId: 'a', ts: at(5), gpu: 'GPU-1', cpuPct: null, utilPct: 99.5 })]);
    expect((await history.perf({ hosts: ['a'], from: null, to: null, limit: 1 })).map(({ ts }) => ts)).toEqual([at(10)]);
  });

  test('steps of samples', async () => {
    const { stepS, points } = await history.perfSteps({ hosts: ['a'], from: null, to: null, stepS: 10, limit: 100 });
    expect(stepS).toBe(10);
    expect(points.map(({ ts, gpu, cpuPct, load1, utilPct }) => ({ ts, gpu, cpuPct, load1, utilPct }))).toEqual([
      { ts: at(0), gpu: null, cpuPct: { min: 10, avg: 20, max: 30 }, load1: { min: 0.5, avg: 0.5, max: 0.5 }, utilPct: { min: null, avg: null, max: null } },
      { ts: at(0), gpu: 'GPU-1', cpuPct: { min: null, avg: null, max: null }, load1: { min: 0.5, avg: 0.5, max: 0.5 }, utilPct: { min: 99.5, avg: 99.5, max: 99.5 } },
      { ts: at(10), gpu: null, cpuPct: { min: 50, avg: 50, max: 50 }, load1: { min: 0.5, avg: 0.5, max: 0.5 }, utilPct: { min: null, avg: null, max: null } },
    ]);
  });
});

describe('plans over 150,000 rows', () => {
  let it: Awaited<ReturnType<typeof migrated>>;
  beforeAll(async () => {
    it = await migrated();
    for (let day = 0; day < 90; day += 1) {
      for (const table of ['activity', 'host_events', 'model_events'] as const) await it.partitions.make(table, at(day * 86_400));
    }
    await it.sql`
      INSERT INTO activity (host_id, boot_epoch, upstream_id, ts, model, req_path, status)
      SELECT 'host' || i % 20, 1, i, ${at(0)}::text::timestamptz + i * interval '50 seconds', CASE WHEN i % 5000 = 0 THEN 'rare' ELSE 'model' || i % 6 END,
        '/v1/chat/completions', CASE WHEN i % 1000 = 0 THEN 404 ELSE 200 END
      FROM generate_series(0, 149999) i`;
    await it.sql`
      INSERT INTO host_events (host_id, ts, kind, to_state) SELECT 'host' || i % 20, ${at(0)}::text::timestamptz + i * interval '300 seconds', 'liveness', 'live' FROM generate_series(0, 20000) i`;
    await it.sql`
      INSERT INTO model_events (host_id, ts, model, to_state) SELECT 'host' || i % 20, ${at(0)}::text::timestamptz + i * interval '300 seconds', 'm', 'ready' FROM generate_series(0, 20000) i`;
    await it.sql`ANALYZE`;
  });
  afterAll(() => it.end());

  const middle: ActivityKey = { ts: at(75_000 * 50), hostId: 'host0', bootEpoch: 1, upstreamId: 75_000 };
  const cases: [string, Partial<ActivityFilter>, ActivityKey | null][] = [
    ['the newest', {}, null],
    ['from a cursor', {}, middle],
    ['one host', { hosts: ['host3'] }, null],
    ['one host from a cursor', { hosts: ['host3'] }, middle],
    ['three hosts', { hosts: ['host3', 'host4', 'host5'] }, middle],
    ['a model', { models: ['model3'] }, null],
    ['a rare model', { models: ['rare'] }, null],
    ['a model that is not there', { models: ['none'] }, null],
    ['errors', { statusClasses: [4] }, null],
    ['a status', { statuses: [404] }, middle],
    ['an hour', { from: at(75_000 * 50), to: at(75_000 * 50 + 3_600) }, null],
  ];
  test.each(cases)('%s reads little more than its page', async (_name, filter, after) => {
    const { sql, read } = explaining(it.sql);
    await createHistory(sql).activity({ ...ALL, ...filter, limit: 100, after });
    // Three hosts give a page each, and a first row of each of the 15 partitions.
    expect(read()).toBeLessThanOrEqual(3 * (101 + 15));
  });

  test.each([['all', []], ['one host', ['host3']]])('host events of %s read little more than their page of each kind', async (_name, hosts) => {
    const { sql, read } = explaining(it.sql);
    await createHistory(sql).hostEvents({ hosts, from: null, to: null, kinds: [], limit: 100, after: { ts: at(1_500_000), hostId: 'host0', kind: 'liveness', id: '' } });
    expect(read()).toBeLessThanOrEqual(2 * (101 + 15));
  });

  test('a ring of 1,000 is compared by 1,000 probes', async () => {
    const { sql, read } = explaining(it.sql);
    const ring = Array.from({ length: 1_000 }, (_, i) => ({ upstreamId: 149_000 + i, ts: at((149_000 + i) * 50) }));
    const mark = await readMark(sql, 'host3', ring);
    expect(mark.rows).toHaveLength(50);
    expect(read()).toBeLessThanOrEqual(1_100);
  });
});

interface Plan { 'Relation Name'?: string; 'Actual Rows'?: number; 'Actual Loops'?: number; 'Rows Removed by Filter'?: number; Plans?: Plan[] }

/** Runs every statement of `unsafe` under EXPLAIN ANALYZE first, and adds up the rows that its scans of the time series read. */
function explaining(sql: Sql): { sql: Sql; read: () => number } {
  const plans: Plan[] = [];
  const proxy = new Proxy(sql, {
    get(target, key) {
      if (key !== 'unsafe') return Reflect.get(target, key) as unknown;
      return async (query: string, values: string[]) => {
        const [explained] = await target.unsafe(`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`, values);
        plans.push((explained as unknown as { 'QUERY PLAN': { Plan: Plan }[] })['QUERY PLAN'][0]!.Plan);
        return await target.unsafe(query, values);
      };
    },
  });
  const read = (): number => {
    let rows = 0;
    const walk = (plan: Plan): void => {
      const relation = plan['Relation Name'] ?? '';
      if (/^(activity|host_events|model_events)_p/.test(relation)) {
        rows += ((plan['Actual Rows'] ?? 0) + (plan['Rows Removed by Filter'] ?? 0)) * (plan['Actual Loops'] ?? 0);
      }
      for (const inner of plan.Plans ?? []) walk(inner);
    };
    plans.forEach(walk);
    return rows;
  };
  return { sql: proxy, read };
}

/** Settings do what they say, in the real program: each is set to what its default is not, and seen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPartitions } from '../src/io/postgres/partitions.ts';
import { listPartitions } from '../src/io/postgres/partition-bounds.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { timeOfMs } from '../src/model/time.ts';
import { createTestDatabase } from './support/database.ts';
import { startFleet, type Fleet } from './support/fleet.ts';
import { eventually, startProgram } from './support/program.ts';
import { wallClock } from './support/wall.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({
    sims: {
      crowd: { release: 'v250', performanceEveryMs: 200, models: ['a', 'b', 'c', 'd'].map((id) => ({ id, loadMs: 5 })), gpus: ['GPU-1', 'GPU-2', 'GPU-3'].map((uuid) => ({ name: 'G', uuid, memTotalMb: 1_000 })) },
      mute: { release: 'v250' },
    },
    env: {
      DROVER_LIMITS_THROUGHPUT_WINDOW_S: '7', DROVER_LIMITS_HOST_MODELS: '3', DROVER_LIMITS_HOST_GPUS: '2', DROVER_LIMITS_HOST_REQUESTS: '2', DROVER_LIMITS_PROBE_TIMEOUT_MS: '300',
    },
  });
});
afterAll(() => fleet?.close());

describe('what one host may name', () => {
  it('is bounded, counted and said, and the throughput has its window', async () => {
    const { crowd } = fleet.sims;
    for (let i = 0; i < 4; i += 1) crowd!.request({ model: 'a', durationMs: 600_000 });
    const { state } = await fleet.host('crowd', (now) => Object.keys(now.gpus).length > 0 && Object.keys(now.inflight.requests).length > 0, 'crowded');
    expect(Object.keys(state.models)).toHaveLength(3);
    expect(Object.keys(state.gpus)).toHaveLength(2);
    expect(Object.keys(state.inflight.requests)).toHaveLength(2);
    expect(state.inflight.total).toBeNull();
    expect(state.throughput.windowS).toBe(7);
    const { body } = await fleet.ask('GET', '/metrics');
    for (const kind of ['models', 'requests', 'gpus']) expect(body).toMatch(new RegExp(`drover_ingest_refused_total\\{kind="${kind}"\\} [1-9]`));
    for (const name of ['models', 'requests', 'gpus']) expect(fleet.program.output()).toContain(`(limits.host.${name})`);
  });
});

describe('probe.timeoutMs', () => {
  it('bounds every question to a host, a capture too', async () => {
    const row = fleet.sims['mute']!.record({ hasCapture: true });
    await eventually(() => fleet.ask('GET', '/api/activity?host=mute'), ({ body }) => body.rows.length > 0, 'the row');
    fleet.sims['mute']!.fault({ kind: 'hang' });
    const answer = await fleet.ask('GET', `/api/hosts/mute/captures/${row!.id}?boot=1`);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(JSON.stringify(answer.body)).toContain('within 0.3 s');
  });
});

describe('retentionDays', () => {
  it('each table has its own', async () => {
    const database = await createTestDatabase();
    const sql = connectTo(database.url, { max: 1 });
    const ago = (days: number): string => timeOfMs(Date.now() - days * 86_400_000);
    const oldest = async (table: 'activity' | 'perf_rollups' | 'host_events' | 'model_events'): Promise<number> => Math.min(...(await listPartitions(sql, table)).map(({ from }) => from));
    try {
      const partitions = createPartitions({ sql, clock: wallClock });
      for (const table of ['activity', 'perf_rollups', 'host_events', 'model_events'] as const) await partitions.make(table, ago(80));
      for (const days of [10, 80]) await sql`INSERT INTO rejected_rows (rejected_at, source, host_id, raw, error) VALUES (${ago(days)}::text::timestamptz, 'perf', ${`of-${days}`}, '{}', 'test')`;
      const env = { DATABASE_URL: database.url, DROVER_LOG_LEVEL: 'warn', DROVER_LIMITS_RETENTION_DAYS_PERF_ROLLUPS: '20', DROVER_LIMITS_RETENTION_DAYS_HOST_EVENTS: '20', DROVER_LIMITS_RETENTION_DAYS_MODEL_EVENTS: '20', DROVER_LIMITS_RETENTION_DAYS_REJECTED_ROWS: '20' };
      const program = await startProgram({ env });
      try {
        const rejected = await eventually(async () => (await sql<{ host_id: string }[]>`SELECT host_id FROM rejected_rows ORDER BY 1`).map((row) => row.host_id), (left) => left.length < 2, 'old rejected rows are gone');
        expect(rejected).toEqual(['of-10']);
        const edge = Date.now() - 60 * 86_400_000;
        expect(await oldest('perf_rollups')).toBeGreaterThan(edge);
        expect(await oldest('host_events')).toBeGreaterThan(edge);
        expect(await oldest('model_events')).toBeGreaterThan(edge);
        expect(await oldest('activity')).toBeLessThan(edge);
      } finally {
        program.kill('SIGTERM');
        await program.ended;
      }
    } finally {
      await sql.end();
      await database.drop();
    }
  });
});

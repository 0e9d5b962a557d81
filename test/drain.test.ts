/** Laws 7 and 9 in the real program: what is queued is written at SIGTERM, in time even when the database does not take it; and nothing remembered claims to be live. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost } from '../src/demo/sim-types.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { lawTwo } from './support/law2.ts';
import { eventually, openDashboard, startProgram, type Dashboard, type Program } from './support/program.ts';
import { seeded, wallClock } from './support/wall.ts';

let database: TestDatabase;
let host: SimHost;
let url: string;
let tokens = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  host = createSimHost({ clock: wallClock, random: seeded(3), models: [{ id: 'm', loadMs: 5 }] });
  url = await host.listen();
});

afterAll(async () => {
  await host?.close();
  await database?.drop();
});

const fill = (count: number): number => {
  for (let left = count; left > 0; left -= 1) host.record({ inputTokens: ++tokens, outputTokens: 5 });
  return tokens;
};

async function start(): Promise<{ program: Program; dashboard: Dashboard }> {
  const program = await startProgram({ env: { DROVER_LOG_LEVEL: 'warn', DATABASE_URL: database.url, DROVER_HOSTS: `one=${url}`, DROVER_LIMITS_PROBE_PERF_EVERY_MS: '60000' } });
  return { program, dashboard: openDashboard(program.url) };
}

const live = (dashboard: Dashboard): Promise<unknown> => dashboard.until(({ fleet: { hosts } }) => hosts.get('one')?.state.liveness.state === 'live' && hosts.get('one')!.state.bootEpoch !== null, 'live');
const shown = (dashboard: Dashboard, inputTokens: number): Promise<unknown> =>
  dashboard.until((_client, frames) => frames.some((frame) => frame.type === 'activity' && frame.rows.some((row) => row.inputTokens === inputTokens)), `the row with ${inputTokens} input tokens`);

test('SIGTERM with rows queued: all that was shown is stored before it ends', async () => {
  const { program, dashboard } = await start();
  await live(dashboard);
  fill(900);
  await dashboard.until((_client, frames) => frames.reduce((sum, frame) => sum + (frame.type === 'activity' ? frame.rows.length : 0), 0) === 900, '900 rows');
  program.kill('SIGTERM');
  expect(await program.ended).toBe(0);
  dashboard.close();
  expect(await lawTwo([{ id: 'one', host }], database.url)).toEqual({ stored: 900, gaps: 0, wrong: [] });
});

test('SIGTERM while the database takes nothing: it ends all the same, and the next life reads the rows again', async () => {
  const { program, dashboard } = await start();
  await live(dashboard);
  const sql = connectTo(database.url, { max: 1 });
  await sql.begin(async (tx) => {
    await tx`LOCK TABLE activity IN SHARE MODE`;
    await shown(dashboard, fill(50));
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });
  await sql.end();
  dashboard.close();
  const next = await start();
  await live(next.dashboard);
  await eventually(() => lawTwo([{ id: 'one', host }], database.url), ({ wrong, stored }) => stored === 950 && wrong.length === 0, 'all rows, once');
  next.program.kill('SIGTERM');
  expect(await next.program.ended).toBe(0);
  next.dashboard.close();
});

test.each(['SIGTERM', 'SIGKILL'] as const)('after %s, with the host gone: remembered, as of when, and never said to be live', async (signal) => {
  host.start();
  const before = await start();
  await live(before.dashboard);
  await shown(before.dashboard, fill(1));
  await eventually(async () => (await lawTwo([{ id: 'one', host }], database.url)).wrong, (wrong) => wrong.length === 0, 'stored');
  before.program.kill(signal);
  await before.program.ended;
  before.dashboard.close();
  host.kill();
  const { program, dashboard } = await start();
  const states = new Set<string>();
  const held = await dashboard.until(({ fleet: { hosts } }) => {
    const one = hosts.get('one');
    if (one === undefined) return null;
    states.add(one.state.liveness.state);
    return one.state.liveness.state === 'down' && one;
  }, 'down');
  expect([...states].filter((state) => state !== 'connecting' && state !== 'down')).toEqual([]);
  expect(held.state).toMatchObject({ inflight: { total: null, requests: {} }, throughput: { outputTokensPerSecond: null } });
  // What was saved at the drain; after a SIGKILL what the first test's drain had saved.
  expect(held.state.asOf).not.toBeNull();
  expect(Object.keys(held.state.models)).toEqual(['m']);
  program.kill('SIGTERM');
  expect(await program.ended).toBe(0);
  dashboard.close();
});

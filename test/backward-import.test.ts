/** A host with a store of thousands of rows, in the real program: imported down to retention's edge, through a SIGKILL, without a frame. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost } from '../src/demo/sim-types.ts';
import { dataFolder, eventually, openDashboard, startProgram, type Dashboard, type Program } from './support/program.ts';
import { seeded, wallClock } from './support/wall.ts';

const ROWS = 5_000;
/** Half of them older than the 90 days of retention. */
const EDGE = 2_501;
const DAY_MS = 86_400_000;
let host: SimHost;
let hostUrl = '';
let program: Program;
let data: Awaited<ReturnType<typeof dataFolder>>;
const dashboards: Dashboard[] = [];
const start = async (): Promise<void> => {
  program = await startProgram({ dataDir: data.path, env: { DROVER_HOSTS: `gpu1=${hostUrl}` } });
};

beforeAll(async () => {
  host = createSimHost({ clock: wallClock, random: seeded(5), release: 'v250', store: true });
  hostUrl = await host.listen();
  const now = Date.now();
  for (let id = 1; id <= ROWS; id += 1) {
    // Those before the edge end 91 days ago, those from it on are spread over the last 80.
    const age = id < EDGE ? 91 + (EDGE - id) / 100 : ((ROWS - id) / (ROWS - EDGE)) * 80;
    host.record({ timestamp: `${new Date(now - age * DAY_MS).toISOString().slice(0, 19)}Z`, outputTokens: id });
  }
  data = await dataFolder();
});

afterAll(async () => {
  for (const one of dashboards) one.close();
  program?.kill('SIGTERM');
  await program?.ended;
  await host?.close();
  await data?.remove();
});

/** Ids in the database, ascending. */
async function stored(): Promise<number[]> {
  const response = await program.request('/api/activity?host=gpu1&format=ndjson');
  if (!response.ok) return [];
  return (await response.text()).split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { upstreamId: number }).upstreamId).sort((a, b) => a - b);
}

it('goes on where it was after a SIGKILL half way, and stores each row within retention once', async () => {
  await start();
  const first = openDashboard(program.url, ['fleet', 'activity']);
  dashboards.push(first);
  const half = await eventually(stored, (ids) => ids.length > 999, 'more than the newest page', 60_000);
  program.kill('SIGKILL');
  await program.ended;
  expect(half.length).toBeLessThan(ROWS - EDGE + 1);
  const shown = first.frames().flatMap((frame) => (frame.type === 'activity' ? frame.rows.map(({ upstreamId }) => upstreamId) : []));
  expect(Math.min(...shown, Infinity)).toBeGreaterThan(ROWS - 999);
  first.close();

  await start();
  const second = openDashboard(program.url, ['fleet', 'activity']);
  dashboards.push(second);
  await second.until(({ fleet: { hosts } }) => hosts.get('gpu1')?.state.liveness.state === 'live', 'gpu1 live again');
  const live = host.record({ outputTokens: 1 })!;
  const ids = await eventually(stored, (all) => all.includes(EDGE) && all.includes(live.id), 'all down to the edge', 60_000);
  expect(ids).toEqual(Array.from({ length: live.id - EDGE + 1 }, (_, i) => EDGE + i));
  const later = second.frames().flatMap((frame) => (frame.type === 'activity' ? frame.rows.map(({ upstreamId }) => upstreamId) : []));
  expect(later.every((id) => id > ROWS - 999)).toBe(true);
  expect(await program.get('/api/gaps?host=gpu1')).toEqual({ gaps: [] });
  expect((await program.get('/api/hosts')).hosts[0].state).toMatchObject({ bootEpoch: 1, gaps: { count: 0 } });
});

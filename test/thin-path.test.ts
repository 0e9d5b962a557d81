/**
 * The whole chain once, in the real program: a simulated host's bytes → SSE → supervised link → writer → embedded PostgreSQL, and
 * → store → broadcaster → /ws → a client that holds the same state. It fails when any link of that chain is cut.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost } from '../src/demo/sim-types.ts';
import { dataFolder, eventually, openDashboard, startProgram, type Dashboard, type Program } from './support/program.ts';
import { seeded, wallClock } from './support/wall.ts';

let host: SimHost;
let program: Program;
let dashboard: Dashboard;
let data: Awaited<ReturnType<typeof dataFolder>>;

beforeAll(async () => {
  host = createSimHost({ clock: wallClock, random: seeded(7), release: 'v250', gpus: [{ name: 'NVIDIA RTX 4090', uuid: 'GPU-1', memTotalMb: 24_564 }] });
  const hostUrl = await host.listen();
  data = await dataFolder();
  program = await startProgram({ dataDir: data.path, env: { DROVER_HOSTS: `gpu1=${hostUrl}` } });
  dashboard = openDashboard(program.url);
});

afterAll(async () => {
  dashboard?.close();
  program?.kill('SIGTERM');
  await program?.ended;
  await host?.close();
  await data?.remove();
});

describe('the thin path', () => {
  it('shows the host live, with what it says of itself', async () => {
    const held = await dashboard.until(({ fleet: { hosts } }) => {
      const gpu1 = hosts.get('gpu1');
      return gpu1?.state.liveness.state === 'live' && gpu1.state.generation === 3 && gpu1.state.build !== null && gpu1;
    }, 'gpu1 live');
    expect(held.state.asOf).toBeNull();
    expect(held.state.build!.version).toContain('250');
    expect(Object.keys(held.state.models).length).toBeGreaterThan(0);
  });

  it('brings a row to the socket and to PostgreSQL, once', async () => {
    const row = host.record({ inputTokens: 4_711, outputTokens: 42 })!;
    const frame = await dashboard.until((_client, frames) => frames.find((one) => one.type === 'activity' && one.rows.some(({ inputTokens }) => inputTokens === 4_711)), 'an activity frame');
    const shown = frame.type === 'activity' ? frame.rows.find(({ inputTokens }) => inputTokens === 4_711)! : null;
    expect(shown).toMatchObject({ hostId: 'gpu1', upstreamId: row.id, outputTokens: 42, status: 200 });
    // The hosts are live before the cluster is made.
    await eventually(() => program.request('/readyz'), ({ ok }) => ok, 'the database');
    const { rows } = await eventually(() => program.get('/api/activity?host=gpu1'), (answer: any) => answer.rows?.length > 0, 'the row in PostgreSQL');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ hostId: 'gpu1', bootEpoch: 1, upstreamId: row.id, inputTokens: 4_711, outputTokens: 42 });
  });

  it('holds in the client what the server holds, at every seq', async () => {
    host.record({ outputTokens: 7 });
    host.request({ durationMs: 50 });
    await dashboard.until(({ fleet: { hosts } }) => hosts.get('gpu1')?.state.throughput.rows === 3, 'three rows counted');
    const { hosts } = await program.get('/api/hosts');
    const held = await dashboard.until((client) => {
      const gpu1 = client.fleet.hosts.get('gpu1');
      return gpu1 && gpu1.epoch === hosts[0].epoch && gpu1.seq >= hosts[0].seq && gpu1;
    }, 'the client at the server\'s seq');
    if (held.seq === hosts[0].seq) expect(held.state).toEqual(hosts[0].state);
    expect(held.seq).toBeGreaterThan(1);
  });

  it('shows the live tree', async () => {
    const { actors } = await program.get('/debug/actors');
    const paths = actors.map(({ path }: { path: string }) => path);
    expect(paths).toContain('drover/fleet/hosts/host:gpu1/link');
    expect(paths).toContain('drover/database/writers/activity');
    const link = actors.find(({ path }: { path: string }) => path.endsWith('gpu1/link'));
    expect(link).toMatchObject({ kind: 'worker', incarnation: 1, state: 'open.live' });
    expect(await (await program.request('/debug/actors?format=text')).text()).toContain('host:gpu1');
    await dashboard.until(({ actors: held }) => held !== null && held.actors['drover/fleet/hosts/host:gpu1/link'], 'the tree over /ws');
  });

  it('is ready', async () => {
    expect(await program.get('/readyz')).toMatchObject({ ready: true, checks: { database: { state: 'ready' }, hosts: { live: 1, total: 1 } } });
  });

  it('notices that the host is gone, says why, and catches up when it is back', async () => {
    await eventually(() => program.get('/api/activity?host=gpu1'), (answer: any) => answer.rows.length === 3, 'all that was announced is stored');
    host.kill();
    const down = await dashboard.until(({ fleet: { hosts } }) => hosts.get('gpu1')?.state.liveness.state === 'down' && hosts.get('gpu1'), 'gpu1 down');
    expect(down.state.liveness.reason?.code).toBe('refused');
    expect(down.state.asOf).not.toBeNull();
    host.start();
    host.record({ outputTokens: 99 });
    await dashboard.until(({ fleet: { hosts } }) => hosts.get('gpu1')?.state.liveness.state === 'live' && hosts.get('gpu1')!.state.bootEpoch === 2, 'gpu1 live in boot 2');
    const { rows } = await eventually(() => program.get('/api/activity?host=gpu1'), (answer: any) => answer.rows.some((row: any) => row.bootEpoch === 2), 'the new boot\'s row');
    expect(rows[0]).toMatchObject({ bootEpoch: 2, upstreamId: 1, outputTokens: 99 });
    const { gaps } = await program.get('/api/gaps?host=gpu1');
    expect(gaps).toEqual([expect.objectContaining({ cause: 'restart', lostMin: 0 })]);
  });

  it('drains on SIGTERM within its budget and ends with status 0', async () => {
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });
});

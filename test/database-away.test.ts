/**
 * Law 3 in the real program: whatever becomes of the database, hosts and dashboards stay live, `/readyz` says so, what needs it
 * answers 503, nothing is lost and nothing is there twice when it returns. No actor crashes over it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPostmasterFile } from '../src/io/embedded/postmaster.ts';
import { findPlace } from '../src/io/embedded/place.ts';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost, SimHostOptions, SimRowInput } from '../src/demo/sim-types.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { ask, embeddedUrl } from './support/embedded.ts';
import { lawTwo, type HostOfLaw } from './support/law2.ts';
import { dataFolder, eventually, openDashboard, startProgram, type Dashboard, type Program } from './support/program.ts';
import { tcpProxy, type TcpProxy } from './support/tcp-proxy.ts';
import { seeded, wallClock } from './support/wall.ts';

/** Short waits; nothing else differs. */
const QUICK = {
  DROVER_LOG_LEVEL: 'warn', DROVER_LIMITS_BACKOFF_CAP_MS: '500',
  DROVER_LIMITS_DATABASE_HEALTH_MS: '100', DROVER_LIMITS_DATABASE_ANSWER_MS: '500', DROVER_LIMITS_DATABASE_CONNECT_MS: '2000', DROVER_LIMITS_DATABASE_CAP_MS: '200',
};
const QUEUE_BYTES = 300_000;

let tokens = 0;
const numbered = (more: SimRowInput = {}): SimRowInput => ({ inputTokens: ++tokens, outputTokens: 5, ...more });
const simHost = (id: string, more: Partial<SimHostOptions>): HostOfLaw => ({ id, host: createSimHost({ clock: wallClock, random: seeded(id.length + tokens), models: [{ id: 'm', loadMs: 5 }], ...more }) });
/** Returns the input tokens of the last. Generation 1 drops what is more than 25 frames at once. */
const fill = (host: SimHost, count: number): number => {
  for (let left = count; left > 0; left -= 1) host.record(numbered());
  return tokens;
};

const readiness = async (program: Program): Promise<any> => (await program.request('/readyz')).json();
const ready = (program: Program): Promise<unknown> => eventually(() => readiness(program), (answer) => answer.ready, 'ready');
const away = (program: Program, reason: RegExp): Promise<unknown> =>
  eventually(() => readiness(program), ({ ready: is, checks: { database } }) => !is && database.state === 'away' && reason.test(database.reason), `away with ${reason}`);
const shown = (dashboard: Dashboard, inputTokens: number): Promise<any> =>
  dashboard.until((_client, frames) => frames.flatMap((frame) => (frame.type === 'activity' ? frame.rows : [])).find((row) => row.inputTokens === inputTokens), `the row with ${inputTokens} input tokens on the socket`);
const live = (dashboard: Dashboard, ...ids: string[]): Promise<unknown> =>
  dashboard.until(({ fleet: { hosts } }) => ids.every((id) => hosts.get(id)?.state.liveness.state === 'live'), `${ids.join()} live`);
const sound = (hosts: readonly HostOfLaw[], url: string): ReturnType<typeof lawTwo> => eventually(() => lawTwo(hosts, url), ({ wrong }) => wrong.length === 0, 'PostgreSQL holds what the hosts served');
/** Paths of actors that were restarted since the start, with how often. */
const restarts = async (program: Program): Promise<string[]> =>
  (await program.get('/debug/actors')).actors.filter((actor: any) => actor.restarts.total > 0 && actor.kind === 'worker').map((actor: any) => `${actor.path} ${actor.restarts.total} ${actor.lastExit?.reason}`);

async function refusesWhatNeedsIt(program: Program): Promise<void> {
  const post = (path: string, body: unknown): Promise<Response> => program.request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answers = await Promise.all([
    program.request('/api/activity'), program.request('/api/activity?format=csv'), program.request('/api/gaps'), program.request('/api/host-events'), program.request('/api/perf'),
    post('/api/hosts', { id: 'late', baseUrl: 'http://127.0.0.1:9' }),
    program.request('/api/hosts/a', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"enabled":false}' }),
  ]);
  for (const answer of answers) {
    const { error } = await answer.json() as any;
    expect({ url: answer.url.replace(/^.*?\d\//, '/'), status: answer.status, code: error.code }).toMatchObject({ status: 503, code: 'database_away' });
  }
  for (const path of ['/healthz', '/api/hosts', '/debug/actors', '/metrics']) expect({ path, status: (await program.request(path)).status }).toEqual({ path, status: 200 });
}

describe('a server of somebody else', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let program: Program;
  let start: () => Promise<Program>;
  let dashboard: Dashboard;
  const a = simHost('a', { release: 'v250' });
  const b = simHost('b', { release: 'v208' });
  const c = simHost('c', { release: 'v235' });
  const hosts = [a, b, c];

  beforeAll(async () => {
    database = await createTestDatabase();
    const address = new URL(database.url);
    proxy = await tcpProxy({ host: address.hostname, port: Number(address.port) });
    address.host = `127.0.0.1:${proxy.port}`;
    await proxy.close();
    const urls = await Promise.all(hosts.map(({ host }) => host.listen()));
    for (const { host } of hosts) fill(host, 3);
    start = () => startProgram({ env: { ...QUICK, DATABASE_URL: address.href, DROVER_LIMITS_QUEUE_BYTES: String(QUEUE_BYTES), DROVER_HOSTS: hosts.map(({ id }, index) => `${id}=${urls[index]}`).join() } });
    program = await start();
    dashboard = openDashboard(program.url);
  });

  afterAll(async () => {
    dashboard?.close();
    proxy?.thaw();
    program?.kill('SIGTERM');
    await program?.ended;
    await proxy?.close();
    await Promise.all(hosts.map(({ host }) => host.close()));
    await database?.drop();
  });

  beforeEach(({ onTestFailed }) => onTestFailed(() => console.error(program.output().slice(-6_000))));

  it('not there at the start: hosts are live, rows are shown without a boot, and all of it is stored when it comes', async () => {
    await live(dashboard, 'a', 'b', 'c');
    await away(program, /not reachable \(ECONNREFUSED\)/);
    await refusesWhatNeedsIt(program);
    for (const last of hosts.map(({ host }) => fill(host, 2))) expect(await shown(dashboard, last)).toMatchObject({ bootEpoch: null });
    // Two boots that the database never heard of.
    for (const { host } of hosts) host.restart('kill', { downMs: 50 });
    await dashboard.until(({ fleet: { hosts: held } }) => hosts.every(({ id }) => held.get(id)?.state.liveness.state !== 'live'), 'the hosts gone');
    await live(dashboard, 'a', 'b', 'c');
    for (const last of hosts.map(({ host }) => fill(host, 4))) expect(await shown(dashboard, last)).toMatchObject({ bootEpoch: null });
    await proxy.open();
    await ready(program);
    const { stored } = await sound(hosts, database.url);
    expect(stored).toBe(27);
    await dashboard.until(({ fleet: { hosts: held } }) => hosts.every(({ id }) => held.get(id)?.state.bootEpoch === 2), 'the boots decided');
    expect(await restarts(program)).toEqual([]);
  });

  it('goes and comes back: a row of that time is stored once, across a host\'s restart and a wrap of its ring', async () => {
    await proxy.close();
    await away(program, /./);
    fill(a.host, 20);
    b.host.restart('term', { downMs: 50 });
    fill(c.host, 20);
    await eventually(() => Promise.resolve(b.host.streams), (streams) => streams > 0, 'b followed again');
    fill(b.host, 20);
    await shown(dashboard, tokens);
    await refusesWhatNeedsIt(program);
    await proxy.open();
    await ready(program);
    await sound(hosts, database.url);
    expect((await program.get('/api/gaps')).gaps.filter(({ lostMin }: any) => lostMin > 0)).toEqual([]);
    expect(await restarts(program)).toEqual([]);
  });

  it('stands still with its connections open: found by its silence, and the dashboards do not wait', async () => {
    proxy.freeze();
    fill(a.host, 3);
    await shown(dashboard, tokens);
    await away(program, /./);
    fill(b.host, 3);
    await shown(dashboard, tokens);
    await live(dashboard, 'a', 'b', 'c');
    await refusesWhatNeedsIt(program);
    proxy.thaw();
    await ready(program);
    await sound(hosts, database.url);
  });

  it('slow: rows wait in the queue, dashboards do not, and it stays ready', async () => {
    const sql = connectTo(database.url, { max: 1 });
    let release: () => void = () => undefined;
    const until = new Promise<void>((resolve) => { release = resolve; });
    const held = sql.begin(async (tx) => {
      await tx`LOCK TABLE activity IN SHARE MODE`;
      fill(c.host, 30);
      await shown(dashboard, tokens);
      await eventually(() => readiness(program), ({ checks: { writers } }) => writers.queued >= 30, 'the rows queued');
      expect((await readiness(program)).checks.database.state).toBe('ready');
      // Reads are another pool's.
      expect((await program.request('/api/activity?host=a')).status).toBe(200);
      release();
      await until;
    });
    await held;
    await sound(hosts, database.url);
    await sql.end();
  });

  it('a connection killed in the middle of a batch: the batch is written again, once', async () => {
    const sql = connectTo(database.url, { max: 2 });
    await sql.begin(async (tx) => {
      await tx`LOCK TABLE activity IN SHARE MODE`;
      fill(a.host, 30);
      fill(b.host, 20);
      const [writer] = await eventually(() => sql<{ pid: number }[]>`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE '%insert into activity%'`, (found) => found.length > 0, 'a batch in the middle of its transaction');
      await sql`SELECT pg_terminate_backend(${writer!.pid})`;
    });
    await sound(hosts, database.url);
    // All of them, again and again, with traffic running.
    for (let round = 0; round < 5; round += 1) {
      for (const { host } of hosts) fill(host, 20);
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'drover %'`;
      await shown(dashboard, tokens);
    }
    await ready(program);
    await sound(hosts, database.url);
    await sql.end();
    expect(await restarts(program)).toEqual([]);
  });

  it('writers\' connections killed while they are made: no error reaches the process, and no writer stands still', async () => {
    const before = proxy.cuts();
    proxy.cutOn('b.typarray');
    await ask(database.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'drover writers'`);
    for (const { host } of hosts) fill(host, 5);
    await eventually(() => Promise.resolve(proxy.cuts()), (cuts) => cuts >= before + 3, 'connections cut');
    await shown(dashboard, fill(a.host, 1));
    proxy.cutOn(null);
    await ready(program);
    await sound(hosts, database.url);
    expect(program.output()).not.toContain('reached the process');
  });

  it('no space left: away with that reason, and everything is stored when there is room', async () => {
    await ask(database.url, `
      CREATE FUNCTION planted_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER planted_full BEFORE INSERT ON activity FOR EACH STATEMENT EXECUTE FUNCTION planted_full()`);
    fill(a.host, 10);
    await away(program, /disk_full.*disk is full/);
    await refusesWhatNeedsIt(program).catch(() => undefined);
    fill(b.host, 10);
    await shown(dashboard, tokens);
    await live(dashboard, 'a', 'b', 'c');
    expect((await ask(database.url, 'SELECT 1 FROM rejected_rows'))).toEqual([]);
    await ask(database.url, 'DROP TRIGGER planted_full ON activity; DROP FUNCTION planted_full()');
    await ready(program);
    await sound(hosts, database.url);
    expect(await restarts(program)).toEqual([]);
  });

  it('away for long: the queue is bounded, and what it refused is read from the rings', async () => {
    await proxy.close();
    await away(program, /./);
    let most = 0;
    for (let round = 0; round < 30; round += 1) {
      for (const { host } of hosts) fill(host, 30);
      const { queuedBytes } = (await readiness(program)).checks.writers;
      most = Math.max(most, queuedBytes);
    }
    const { checks } = await eventually(() => readiness(program), ({ checks: { writers } }) => writers.refused > 0, 'rows refused');
    expect(Math.max(most, checks.writers.queuedBytes)).toBeLessThanOrEqual(QUEUE_BYTES);
    await live(dashboard, 'a', 'b', 'c');
    await proxy.open();
    await ready(program);
    await sound(hosts, database.url);
    // Every row that the rings still held: none was lost.
    expect((await program.get('/api/gaps')).gaps.filter(({ lostMin }: any) => lostMin > 0)).toEqual([]);
    expect(await restarts(program)).toEqual([]);
  });

  it('one bad row of a host among many good ones of another: it alone is rejected, inside a gap, and told', async () => {
    await ask(database.url, `ALTER TABLE activity ADD CONSTRAINT planted CHECK (model <> 'poison')`);
    await proxy.close();
    await away(program, /./);
    const poison = a.host.record(numbered({ model: 'poison' }))!;
    await shown(dashboard, fill(c.host, 400));
    await proxy.open();
    await ready(program);
    await sound(hosts, database.url);
    const { gaps } = await program.get('/api/gaps?host=a');
    expect(gaps.filter(({ cause }: any) => cause === 'rejected')).toEqual([expect.objectContaining({ fromId: poison.id, toId: poison.id, lostMin: 1, lostMax: 1 })]);
    expect(await ask(database.url, 'SELECT host_id, upstream_id::int AS id FROM rejected_rows')).toEqual([{ host_id: 'a', id: poison.id }]);
    await dashboard.until((_client, frames) => frames.find((frame) => frame.type === 'gap' && frame.gap.cause === 'rejected' && frame.host === 'a'), 'the gap on the socket');
    // It is settled: the next row is stored, and nobody asks for the bad one for ever.
    fill(a.host, 1);
    await sound(hosts, database.url);
    expect((await ask<{ next: number }>(database.url, `SELECT next::int AS next FROM boots WHERE host_id = 'a' ORDER BY boot_epoch DESC LIMIT 1`))[0]!.next).toBe(poison.id + 2);
    await ask(database.url, 'ALTER TABLE activity DROP CONSTRAINT planted');
  });

  it('away when Drover is told to stop: it ends in time, and the next one reads the rings', async () => {
    await proxy.close();
    await away(program, /./);
    for (const { host } of hosts) fill(host, 10);
    await shown(dashboard, tokens);
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    await proxy.open();
    program = await start();
    await ready(program);
    await sound(hosts, database.url);
    expect((await program.get('/api/gaps')).gaps.filter(({ lostMin }: any) => lostMin > 1)).toEqual([]);
  });

  it('standing still when Drover is told to stop: it ends, whatever connection is half made', async () => {
    proxy.freeze();
    await away(program, /./);
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    proxy.thaw();
  });
});

describe('the embedded server', () => {
  it('killed under a running Drover: started again, and nothing is lost', async () => {
    const data = await dataFolder();
    const one = simHost('one', { release: 'v250' });
    const program = await startProgram({ dataDir: data.path, env: { ...QUICK, DROVER_HOSTS: `one=${await one.host.listen()}` } });
    const dashboard = openDashboard(program.url);
    try {
      await ready(program);
      fill(one.host, 20);
      await sound([one], embeddedUrl(data.path));
      const { pid } = readPostmasterFile(findPlace(`${data.path}/pg`).cluster)!;
      fill(one.host, 20);
      process.kill(pid, 'SIGQUIT');
      await away(program, /./);
      fill(one.host, 20);
      await shown(dashboard, tokens);
      await live(dashboard, 'one');
      await ready(program);
      expect((await sound([one], embeddedUrl(data.path))).stored).toBe(60);
      expect(await restarts(program)).toEqual([]);
    } finally {
      dashboard.close();
      program.kill('SIGTERM');
      await program.ended;
      await one.host.close();
      await data.remove();
    }
  });
});

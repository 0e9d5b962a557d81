/** Hosts that misbehave, each in the real program at once: it stays live for all others, says why, and catches up when they are well. */
import { createServer as createTlsServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAD_FRAMES, hugeLine } from '../src/demo/bad-frames.ts';
import type { SimFault, SimHost, SimHostOptions, SimRowInput } from '../src/demo/sim-types.ts';
import type { Release } from '../src/demo/releases.ts';
import { createSimHost } from '../src/demo/sim-host.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { ask } from './support/embedded.ts';
import { lawTwo } from './support/law2.ts';
import { eventually, openDashboard, startProgram, type Dashboard, type Program } from './support/program.ts';
import { CERT, KEY } from './support/test-certificate.ts';
import { seeded, wallClock } from './support/wall.ts';

const QUICK = {
  DROVER_LOG_LEVEL: 'warn', DROVER_LIMITS_BACKOFF_BASE_MS: '100', DROVER_LIMITS_BACKOFF_CAP_MS: '500', DROVER_LIMITS_STREAM_HEADERS_TIMEOUT_MS: '2000',
  DROVER_LIMITS_PROBE_EVERY_MS: '500', DROVER_LIMITS_PROBE_PERF_EVERY_MS: '500', DROVER_LIMITS_PROBE_TIMEOUT_MS: '1000', DROVER_LIMITS_PROBE_FAILURES_MS: '4000',
};

let database: TestDatabase;
let program: Program;
let dashboard: Dashboard;
const hosts: SimHost[] = [];
const servers: Server[] = [];
let tokens = 0;
const numbered = (more: SimRowInput = {}): SimRowInput => ({ inputTokens: ++tokens, outputTokens: 5, ...more });

beforeAll(async () => {
  database = await createTestDatabase();
  program = await startProgram({ env: { ...QUICK, DATABASE_URL: database.url } });
  await eventually(() => program.request('/readyz'), ({ status }) => status === 200, 'ready');
  dashboard = openDashboard(program.url);
});

afterAll(async () => {
  // Whatever they did, no actor crashed over it, and nothing reached the process.
  const { actors } = await program.get('/debug/actors');
  dashboard?.close();
  program.kill('SIGTERM');
  const status = await program.ended;
  await Promise.all(hosts.map((host) => host.close()));
  for (const server of servers) server.close();
  await database?.drop();
  expect(actors.filter(({ restarts, lastExit }: any) => restarts.total > 0 || lastExit !== null).map(({ path, lastExit }: any) => `${path}: ${lastExit?.reason}`)).toEqual([]);
  expect(program.output()).not.toContain('reached the process');
  expect(status).toBe(0);
});

async function post(id: string, baseUrl: string, more: object = {}): Promise<void> {
  const added = await program.request('/api/hosts', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id, baseUrl, ...more }) });
  expect({ id, status: added.status }).toEqual({ id, status: 201 });
}

/** A simulated host; not yet added. */
function sim(options: Partial<SimHostOptions> = {}): SimHost {
  const host = createSimHost({ clock: wallClock, random: seeded(hosts.length + 1), models: [{ id: 'm', loadMs: 5 }], ...options });
  hosts.push(host);
  return host;
}

async function add(id: string, options: Partial<SimHostOptions> = {}, prepare?: (host: SimHost) => void): Promise<SimHost> {
  const host = sim(options);
  const url = await host.listen();
  prepare?.(host);
  await post(id, url);
  return host;
}

const live = (id: string): Promise<any> => dashboard.until(({ fleet: { hosts: held } }) => held.get(id)?.state.liveness.state === 'live' && held.get(id), `${id} live`);
const decided = (id: string): Promise<any> => dashboard.until(({ fleet: { hosts: held } }) => held.get(id)?.state.liveness.state === 'live' && held.get(id)!.state.bootEpoch !== null && held.get(id), `${id} live in a boot`);
const reasonOf = (id: string): Promise<{ code: string; text: string }> => dashboard.until(({ fleet: { hosts: held } }) => {
  const { state, reason, nextTryAt } = held.get(id)?.state.liveness ?? {};
  return state === 'down' && nextTryAt !== null && reason;
}, `${id} down, with a reason and the next try`);
const shown = (inputTokens: number): Promise<any> => dashboard.until((_client, frames) => frames.flatMap((frame) => (frame.type === 'activity' ? frame.rows : [])).find((row) => row.inputTokens === inputTokens), `the row with ${inputTokens} input tokens on the socket`);
const fill = (host: SimHost, count: number, more: SimRowInput = {}): number => {
  for (let left = count; left > 0; left -= 1) host.record(numbered(more));
  return tokens;
};
const sound = (id: string, host: SimHost): ReturnType<typeof lawTwo> => eventually(() => lawTwo([{ id, host }], database.url), ({ wrong }) => wrong.length === 0, `${id}: PostgreSQL holds what it served`);
const lost = async (id: string): Promise<any[]> => (await program.get(`/api/gaps?host=${id}`)).gaps.filter(({ lostMin }: any) => lostMin > 0);
const storedRows = async (id: string): Promise<any[]> => (await program.get(`/api/activity?host=${id}&limit=1000`)).rows;

describe.concurrent('what arrives', () => {
  it.each(['v208', 'v235', 'v250'] as const)('%s: every bad frame, and after each a good one is understood on the same connection', async (release) => {
    const id = `frames-${release}`;
    const host = await add(id, { release });
    const { state: { liveness } } = await decided(id);
    const logs = openDashboard(program.url, [`logs:${id}`]);
    await logs.until(({ connection }) => connection === 'open', 'the logs followed');
    const text = (): string => logs.frames().map((frame) => (frame.type === 'log' ? frame.text : '')).join('');
    for (const { name, bytes } of BAD_FRAMES) {
      host.inject(bytes);
      host.log('upstream', `after ${name}\n`);
      await logs.until(() => text().includes(`after ${name}\n`), `${release}: the log after ${name}`);
    }
    for (const good of ['cr\n', 'crlf\n', 'bom\n', 'two\n']) expect(text().split(`\n${good}`).length, good).toBe(2);
    const now = await live(id);
    expect(now.state.liveness.since).toBe(liveness.since);
    expect(host.streams).toBe(1);
    // Ids of bad frames may have pointed anywhere: what the host serves is stored.
    const last = fill(host, 5);
    await shown(last);
    await eventually(() => storedRows(id), (rows) => [last - 4, last - 3, last - 2, last - 1, last].every((wanted) => rows.filter(({ inputTokens }) => inputTokens === wanted).length === 1), `${id}: its rows stored, once`);
    logs.close();
  });

  it.each(['v208', 'v235', 'v250'] as const)('%s: split at every byte', async (release) => {
    const id = `bytes-${release}`;
    const host = await add(id, { release, models: [{ id: 'm', name: 'Größe 🦊', description: '日本語' }] }, (one) => one.splitStreams(1));
    fill(host, 5);
    const { state } = await decided(id);
    expect(state.models.m).toMatchObject({ name: 'Größe 🦊', description: '日本語' });
    // One by one: in so many pieces a few rows are more than the host keeps for a reader.
    for (let row = 0; row < 5; row += 1) await shown(fill(host, 1));
    expect((await sound(id, host)).stored).toBeGreaterThanOrEqual(10);
    expect(await lost(id)).toEqual([]);
  });

  it('a line of 20 MB', async () => {
    const host = await add('huge');
    const { state: { liveness } } = await decided('huge');
    host.inject(hugeLine(20 * 1024 * 1024));
    await shown(fill(host, 1));
    expect((await live('huge')).state.liveness.since).toBe(liveness.since);
  });

  it.each(['v235', 'v250'] as const)('%s: NUL and lone surrogates in every text', async (release) => {
    const id = `nul-${release}`;
    const host = await add(id, { release });
    await decided(id);
    const last = fill(host, 1, { model: 'a\u0000b\ud800c', reqPath: '/v1/\u0000', error: 'boom \udfff\u0000', status: 500, metadata: { 'k\u0000\ud800': '\u0000\udc00' } });
    await shown(last);
    const [row] = await eventually(() => storedRows(id), (rows) => rows.length > 0, `${id}: the row stored`);
    expect(row).toMatchObject({ model: 'a\ufffdb\ufffdc', inputTokens: last });
    expect(await lost(id)).toEqual([]);
  });

  it.each(['v208', 'v235', 'v250'] as const)('%s: timestamps in seconds, in nanoseconds and with offsets', async (release) => {
    const id = `times-${release}`;
    const host = await add(id, { release });
    await decided(id);
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const times = { '10:00:00Z': '10:00:00.000000Z', '10:00:01.123456789Z': '10:00:01.123456Z', '12:30:02.5+02:30': '10:00:02.500000Z', '05:00:03-05:00': '10:00:03.000000Z' };
    for (const time of Object.keys(times)) host.record(numbered({ timestamp: `${day}T${time}` }));
    const rows = await eventually(() => storedRows(id), ({ length }) => length === 4, `${id}: the rows stored`);
    expect(new Set(rows.map(({ ts }) => ts))).toEqual(new Set(Object.values(times).map((time) => `${day}T${time}`)));
  });

  it.each(['v208', 'v235', 'v250'] as const)('%s: out of order, doubled, dropped', async (release) => {
    const id = `order-${release}`;
    const host = await add(id, { release });
    await decided(id);
    host.reverseNext(6);
    fill(host, 6);
    host.doubleNext(5);
    fill(host, 5);
    host.dropNext(4, { kinds: ['metrics', 'activity'], aftermath: false });
    fill(host, 4);
    await shown(fill(host, 1));
    expect((await sound(id, host)).wrong).toEqual([]);
    const rows = await storedRows(id);
    expect(rows.map(({ upstreamId }) => upstreamId).toSorted((a, b) => a - b)).toEqual(host.ring());
    expect(await lost(id)).toEqual([]);
  });

  it('drops events and hangs, as v218 to v232 do: found by a probe, freed, caught up', async () => {
    const host = await add('wedged', { release: 'v220' });
    await decided('wedged');
    host.dropNext(3, { kinds: ['metrics'], aftermath: true });
    fill(host, 6);
    await dashboard.until(({ fleet: { hosts: held } }) => held.get('wedged')?.state.liveness.state !== 'live', 'it noticed');
    await live('wedged');
    await sound('wedged', host);
    expect(await lost('wedged')).toEqual([]);
  });

  it.each(['v208', 'v235', 'v250'] as const)('%s: a ring of 10,000 rows at once', async (release) => {
    const id = `ring-${release}`;
    const host = await add(id, { release, metricsMaxInMemory: 10_000 }, (one) => void fill(one, 10_000));
    // Counted first: to read 10,000 rows again and again would slow the simulated hosts, which live in this process.
    await eventually(() => ask<{ rows: number }>(database.url, `SELECT count(*)::int AS rows FROM activity WHERE host_id = '${id}'`), ([count]) => count!.rows >= 10_000, `${id}: 10,000 rows`);
    await sound(id, host);
    expect(await lost(id)).toEqual([]);
  });

  it('v250: 10,000 rows of a ring while it was not followed, at once', async () => {
    const host = await add('pages', { metricsMaxInMemory: 20_000 });
    await decided('pages');
    await shown(fill(host, 1));
    host.fault({ kind: 'refuse' });
    await reasonOf('pages');
    fill(host, 10_000);
    host.fault(null);
    await eventually(() => ask<{ rows: number }>(database.url, `SELECT count(*)::int AS rows FROM activity WHERE host_id = 'pages'`), ([count]) => count!.rows >= 10_001, 'pages: 10,001 rows');
    await sound('pages', host);
    expect(await lost('pages')).toEqual([]);
  });
});

describe.concurrent('what does not answer well', () => {
  it('each with its own readable reason', async () => {
    const listening = async (server: Server): Promise<number> => {
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    };
    const free = await listening(createServer());
    servers.at(-1)!.close();
    const tls = await listening(createTlsServer({ key: KEY, cert: CERT }));
    const faults: Record<string, [SimFault, string, RegExp]> = {
      'key': [{ kind: 'status', status: 401 }, 'unauthorized', /API key/],
      'lost-path': [{ kind: 'status', status: 404 }, 'not_found', /404/],
      'page': [{ kind: 'html' }, 'not_event_stream', /text\/html/],
      'moved': [{ kind: 'status', status: 302, location: 'http://elsewhere.test:1/' }, 'redirect', /http:\/\/elsewhere\.test:1/],
      'broken': [{ kind: 'status', status: 500 }, 'http_error', /500/],
      'accepts-closes': [{ kind: 'accept-close' }, 'cut', /closed the connection/],
      'silent': [{ kind: 'silent' }, 'timeout', /did not answer/],
      'trickle': [{ kind: 'trickle', bytesPerSecond: 1 }, 'timeout', /first frame/],
    };
    const seen = await Promise.all([
      ...Object.entries(faults).map(async ([id, [fault, code, text]]) => {
        const host = await add(id, {}, (one) => one.fault(fault));
        const reason = await reasonOf(id);
        expect({ id, ...reason }).toMatchObject({ id, code, text: expect.stringMatching(text) });
        // Well again: live, and everything caught up.
        host.fault(null);
        fill(host, 3);
        await decided(id);
        await sound(id, host);
        return reason.text;
      }),
      post('nobody', `http://127.0.0.1:${free}`).then(() => reasonOf('nobody')).then((reason) => {
        expect(reason.code).toBe('refused');
        return reason.text;
      }),
      post('tls', `https://127.0.0.1:${tls}`).then(() => reasonOf('tls')).then((reason) => {
        expect(reason).toMatchObject({ code: 'tls', text: expect.stringContaining('self-signed') });
        return reason.text;
      }),
      post('name', 'http://no-such-host.invalid:8080').then(() => reasonOf('name')).then((reason) => {
        expect(reason).toMatchObject({ code: 'dns', text: expect.stringContaining('no-such-host.invalid') });
        return reason.text;
      }),
    ]);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('hung with its stream open: a probe finds it and the stream is closed; well again, it is caught up', async () => {
    const host = await add('hung');
    await decided('hung');
    host.fault({ kind: 'hang' });
    fill(host, 4);
    await dashboard.until(({ fleet: { hosts: held } }) => held.get('hung')?.state.liveness.state === 'stale', 'stale');
    const { state } = await dashboard.until(({ fleet: { hosts: held } }) => held.get('hung')?.state.liveness.reason?.code === 'unresponsive' && held.get('hung'), 'found to answer nothing');
    expect(state.liveness.reason!.text).toMatch(/probes in a row/);
    host.fault(null);
    await live('hung');
    await shown(fill(host, 1));
    await sound('hung', host);
    expect(await lost('hung')).toEqual([]);
  });

  it('a quiet one stays live: nothing but answered probes for many periods', async () => {
    let log = '';
    const host = await add('quiet', { performance: 'off' });
    const { state: { liveness } } = await decided('quiet');
    const url = (await program.get('/api/hosts')).hosts.find(({ id }: any) => id === 'quiet').baseUrl;
    await eventually(async () => { log = await (await fetch(`${url}/logs`)).text(); return log.split('GET /health').length - 1; }, (probes) => probes >= 6, 'six probes');
    const now = await live('quiet');
    expect(now.state.liveness.since).toBe(liveness.since);
    expect(host.streams).toBe(1);
  });

  it('another host answers at its address, and later it again: rows of both, each once, in boots of their own', async () => {
    const other = sim();
    other.start();
    fill(other, 7);
    const host = await add('two', {}, (one) => void fill(one, 5));
    await decided('two');
    await sound('two', host);
    host.fault({ kind: 'other-host', host: other });
    host.endStreams('cut');
    await dashboard.until(({ fleet: { hosts: held } }) => held.get('two')?.state.liveness.state === 'live' && held.get('two')!.state.bootEpoch === 2, 'another boot');
    await shown(fill(other, 2));
    host.fault(null);
    other.endStreams('cut');
    await dashboard.until(({ fleet: { hosts: held } }) => held.get('two')?.state.liveness.state === 'live' && held.get('two')!.state.bootEpoch === 3, 'the first one again');
    await shown(fill(host, 2));
    const all = [...host.served(), ...other.served()].map(({ row }) => row.tokens.input_tokens).toSorted((a, b) => a - b);
    await eventually(() => storedRows('two'), (rows) => rows.length >= all.length, 'rows of both');
    expect((await storedRows('two')).map(({ inputTokens }) => inputTokens).toSorted((a, b) => a - b)).toEqual(all);
  });
});

describe.concurrent('what changes', () => {
  it('v208 → v235 → v250 → v208 at one port: followed without a restart', async () => {
    const host = await add('upgraded', { release: 'v208' });
    await decided('upgraded');
    await shown(fill(host, 5));
    let boot = 1;
    for (const [release, generation] of [['v235', 2], ['v250', 3], ['v208', 1]] as [Release, number][]) {
      host.upgrade(release, { downMs: 50 });
      boot += 1;
      await eventually(() => Promise.resolve(host.running), (running) => running, release);
      fill(host, 5);
      await dashboard.until(({ fleet: { hosts: held } }) => {
        const state = held.get('upgraded')?.state;
        return state?.liveness.state === 'live' && state.generation === generation && state.bootEpoch === boot;
      }, `followed to ${release}`);
      await shown(fill(host, 3));
    }
    await sound('upgraded', host);
    expect(await lost('upgraded')).toEqual([]);
  });

  it.each(['v208', 'v250'] as const)('%s: the logs\' history comes with every connect, and no line is shown twice', async (release) => {
    const id = `logs-${release}`;
    const host = await add(id, { release });
    await decided(id);
    const logs = openDashboard(program.url, [`logs:${id}`]);
    await logs.until(({ connection }) => connection === 'open', 'the logs followed');
    const text = (): string => logs.frames().map((frame) => (frame.type === 'log' ? frame.text : '')).join('');
    for (let round = 0; round < 5; round += 1) {
      for (let line = 0; line < 20; line += 1) host.log('upstream', `round ${round} line ${line} of a model\n`);
      await logs.until(() => text().includes(`round ${round} line 19 of`), `round ${round}`);
      host.endStreams('cut');
      // Some lines of which only the history tells.
      host.log('upstream', `between ${round} of a model\n`);
      await eventually(() => Promise.resolve(host.streams), (streams) => streams === 1, 'connected again');
    }
    host.log('upstream', 'the end\n');
    await logs.until(() => text().includes('the end\n'), 'the end');
    const lines = text().split('\n').filter((line) => line.endsWith('of a model'));
    expect(lines.length).toBe(new Set(lines).size);
    expect(lines.length).toBe(105);
    logs.close();
  });

  it.each(['v235', 'v250'] as const)('%s: a clock that jumps an hour, a day and years, forth and back: ids decide', async (release) => {
    const id = `clock-${release}`;
    const host = await add(id, { release });
    await decided(id);
    const HOUR = 3_600_000;
    let sum = 0;
    let kept = 0;
    for (const jump of [HOUR, -2 * HOUR, 25 * HOUR, 400 * 24 * HOUR, -800 * 24 * HOUR, 800 * 24 * HOUR]) {
      host.jumpClock(jump);
      sum += jump;
      const last = fill(host, 2);
      // Older than what is kept: settled, and neither shown nor stored.
      if (sum < -90 * 24 * HOUR) continue;
      await shown(last);
      kept += 2;
    }
    const rows = await eventually(() => storedRows(id), ({ length }) => length >= kept, `${id}: ${kept} rows`);
    expect(rows).toHaveLength(kept);
    expect(await lost(id)).toEqual([]);
    expect((await live(id)).state.bootEpoch).toBe(1);
  });
});

/** The simulated host's life and its bad days, over real sockets and over the in-memory port. */
import { connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BAD_FRAMES, hugeLine } from '../src/demo/bad-frames.ts';
import type { ServedRow, SimFault, SimHost, SimHostOptions } from '../src/demo/sim-types.ts';
import { startDemoFleet } from '../src/demo/fleet.ts';
import type { Release } from '../src/demo/releases.ts';
import { runSimHosts } from '../src/demo/run-sim-hosts.ts';
import { createSimHost } from '../src/demo/sim-host.ts';
import { HostError } from '../src/model/host/liveness.ts';
import type { StreamReader } from '../src/model/seams.ts';
import { virtualClock } from './support/virtual-clock.ts';
import { seeded, wallClock } from './support/wall.ts';
import { ask, openStream, parseFrames } from './support/wire-client.ts';

const hosts: SimHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

function create(release: Release, more: Partial<SimHostOptions> = {}): SimHost {
  const host = createSimHost({ clock: wallClock, random: seeded(5), release, ...more });
  hosts.push(host);
  return host;
}

const keys = (rows: readonly ServedRow[]): string[] => rows.map(({ boot, row }) => `${boot}/${row.id}`);
const fill = (host: SimHost, count: number): void => { for (let index = 0; index < count; index += 1) host.record(); };

describe('ids and boots', () => {
  test.each(['v208', 'v235'] as const)('%s: a kill, a SIGTERM and a reload each begin ids again, from 0', (release) => {
    const host = create(release);
    host.start();
    fill(host, 2);
    host.restart('kill');
    fill(host, 1);
    host.restart('term');
    fill(host, 1);
    host.restart('reload');
    fill(host, 2);
    expect(keys(host.served())).toEqual(['1/0', '1/1', '2/0', '3/0', '4/0', '4/1']);
    expect(host.ring()).toEqual([0, 1]);
  });

  test('v250: a reload keeps ring and ids, which begin at 1', () => {
    const host = create('v250');
    host.start();
    fill(host, 2);
    host.restart('reload');
    fill(host, 1);
    host.restart('kill');
    fill(host, 1);
    expect(keys(host.served())).toEqual(['1/1', '1/2', '1/3', '2/1']);
  });

  test('a store outlives kills, and a downgrade that is undone', () => {
    const host = create('v250', { store: true, metricsMaxInMemory: 2 });
    host.start();
    fill(host, 4);
    host.restart('kill');
    fill(host, 1);
    expect(host.ring()).toEqual([1, 2, 3, 4, 5]);
    host.upgrade('v208');
    fill(host, 1);
    host.upgrade('v250');
    fill(host, 1);
    expect(keys(host.served())).toEqual(['1/1', '1/2', '1/3', '1/4', '1/5', '2/0', '1/6']);
  });

  test('a fast restart can repeat a row to the byte', async () => {
    const host = create('v250');
    const url = await host.listen();
    const row = host.record();
    const before = (await ask(url, '/api/metrics/activity')).body;
    host.restart('kill');
    if (row !== undefined) host.recordTwin(row);
    expect((await ask(url, '/api/metrics/activity')).body).toBe(before);
    expect(keys(host.served())).toEqual(['1/1', '2/1']);
  });

  test.each([[10_000, 10_050], [20, 55], [0, 5]])('a ring of %i after %i rows', (max, rows) => {
    const host = create('v250', { metricsMaxInMemory: max });
    host.start();
    fill(host, rows);
    expect(host.ring()).toEqual(Array.from({ length: Math.min(max, rows) }, (_, index) => rows - Math.min(max, rows) + 1 + index));
    expect(host.served().length).toBe(rows);
  });

  test('a request in flight at SIGTERM leaves its row to nobody, or to the store', () => {
    for (const store of [false, true]) {
      const host = create('v250', { store });
      host.start();
      host.record();
      host.request({ durationMs: 60_000 });
      host.restart('term');
      expect({ store, ring: host.ring(), swallowed: host.swallowed() }).toEqual({ store, ring: store ? [1, 2] : [], swallowed: store ? 0 : 1 });
    }
  });
});

describe('what release says what', () => {
  const inflight = async (release: Release): Promise<unknown[]> => {
    const host = create(release, { models: [{ id: 'm', loadMs: 1 }] });
    const url = await host.listen();
    const stream = await openStream(url);
    await new Promise((done) => host.request({ durationMs: 1, done }));
    let left = 2;
    const both = new Promise<void>((resolve) => {
      const done = (): void => { if ((left -= 1) === 0) resolve(); };
      host.request({ durationMs: 20, done });
      host.request({ durationMs: 40, done });
    });
    await both;
    host.log('proxy', 'the end\n');
    await stream.until((frames) => JSON.stringify(frames.at(-1)).includes('the end'));
    stream.close();
    return stream.frames().filter(({ kind }) => kind === 'inflight').map(({ inner }) => inner);
  };

  test('in-flight totals are wrong until v217, right from v218, lists from v235, operations from v240', async () => {
    expect(await inflight('v208')).toEqual([0, 1, 0, 1, 1, 0, 0].map((total) => ({ total })));
    expect(await inflight('v220')).toEqual([0, 1, 0, 1, 2, 1, 0].map((total) => ({ total })));
    expect((await inflight('v235')).map((inner) => (inner as { requests: { id: string }[] }).requests.map(({ id }) => id).join())).toEqual(['', '1', '', '2', '2,3', '3', '']);
    const operations = (await inflight('v250')).map((inner) => (inner as { operation: string }).operation);
    expect(operations[0]).toBe('snapshot');
    expect(operations.filter((operation) => operation === 'upsert').length).toBe(6);
    expect(operations.filter((operation) => operation === 'remove').length).toBe(3);
  });

  test('a host that is closed stays stopped, whatever restart was under way', async () => {
    const clock = virtualClock();
    const host = create('v250', { clock });
    host.start();
    host.restart('kill', { downMs: 100 });
    await host.close();
    await clock.run(1_000);
    expect(host.running).toBe(false);
  });

  test('generation 1 keeps status 200 alone', () => {
    const host = create('v208');
    host.start();
    expect(host.record({ status: 500 })).toBeUndefined();
    expect(host.record()?.id).toBe(0);
  });

  test('keys: Bearer, Basic, x-api-key, and Authorization decides', async () => {
    const url = await create('v250', { apiKeys: ['right'] }).listen();
    const status = async (headers: Record<string, string>): Promise<number> => (await ask(url, '/running', { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer right' })).toBe(200);
    expect(await status({ authorization: 'bearer right' })).toBe(401);
    expect(await status({ authorization: `Basic ${Buffer.from('any:right').toString('base64')}` })).toBe(200);
    expect(await status({ 'x-api-key': 'right' })).toBe(200);
    expect(await status({ 'authorization': 'Bearer wrong', 'x-api-key': 'right' })).toBe(401);
    expect((await ask(url, '/health')).status).toBe(200);
    expect((await ask(url, '/nope')).status).toBe(404);
    expect((await openStream(url)).status).toBe(401);
  });

  test('samples: null at first, `after` excludes itself to the nanosecond, a bare plus is refused', async () => {
    const clock = virtualClock();
    const host = create('v250', { clock, offsetMinutes: 60, gpus: [{ name: 'GPU', uuid: 'GPU-1', memTotalMb: 24_000 }] });
    host.start();
    const read = async (query = ''): Promise<{ status: number; sys: { timestamp: string }[] | null; gpu: unknown[] | null }> => {
      const answer = host.port().get(`/api/performance${query}`, { signal: new AbortController().signal });
      await clock.run(10);
      const { status, body } = await answer;
      const { sys_stats, gpu_stats } = JSON.parse(Buffer.from(body).toString()) as { sys_stats: { timestamp: string }[] | null; gpu_stats: unknown[] | null };
      return { status, sys: sys_stats, gpu: gpu_stats };
    };
    expect(await read()).toEqual({ status: 200, sys: null, gpu: null });
    await clock.run(22_000);
    const { sys } = await read();
    expect(sys?.length).toBe(4);
    const after = sys?.[1]?.timestamp ?? '';
    expect((await read(`?after=${encodeURIComponent(after)}`)).sys?.map(({ timestamp }) => timestamp)).toEqual(sys?.slice(2).map(({ timestamp }) => timestamp));
    expect((await read('?after=2099-01-01T00:00:00Z')).sys).toEqual([]);
    expect((await read(`?after=${after}`)).status).toBe(400);
  });
});

describe('bad days on a real socket', () => {
  test('ends: a kill cuts, SIGTERM and reload end cleanly, and a stopped port refuses', async () => {
    const host = create('v250');
    const url = await host.listen();
    for (const [how, ended] of [['kill', 'cut'], ['term', 'complete'], ['reload', 'complete']] as const) {
      const stream = await openStream(url);
      host.restart(how);
      expect({ how, ended: await stream.ended }).toEqual({ how, ended });
    }
    host.kill();
    await vi.waitFor(() => expect(ask(url, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' }));
    host.start();
    await vi.waitFor(async () => expect((await ask(url, '/health')).status).toBe(200));
  });

  test.each<[string, SimFault, (url: string) => Promise<unknown>]>([
    ['html', { kind: 'html' }, async (url) => expect((await openStream(url)).headers).toContain('text/html; charset=utf-8')],
    ['status', { kind: 'status', status: 404 }, async (url) => expect((await openStream(url)).status).toBe(404)],
    ['redirect', { kind: 'status', status: 302, location: 'http://127.0.0.1:1/' }, async (url) => expect((await ask(url, '/running')).headers).toContain('http://127.0.0.1:1/')],
    ['accept-close', { kind: 'accept-close' }, async (url) => expect(openStream(url)).rejects.toMatchObject({ code: 'ECONNRESET' })],
    ['refuse', { kind: 'refuse' }, async (url) => vi.waitFor(() => expect(openStream(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' }))],
    ['silent', { kind: 'silent' }, async (url) => expect(ask(url, '/health', { timeoutMs: 200 })).rejects.toThrow('no answer')],
  ])('%s', async (_name, fault, check) => {
    const host = create('v250');
    const url = await host.listen();
    host.fault(fault);
    await check(url);
    host.fault(null);
    await vi.waitFor(async () => expect((await ask(url, '/health')).body).toBe('OK'));
  });

  test('hang: the stream goes on, nothing else answers', async () => {
    const host = create('v250');
    const url = await host.listen();
    host.fault({ kind: 'hang' });
    const stream = await openStream(url);
    const row = host.record();
    await stream.until((frames) => frames.some(({ kind, inner }) => kind === 'activity' && (inner as { id: number }).id === row?.id));
    await expect(ask(url, '/health', { timeoutMs: 200 })).rejects.toThrow('no answer');
  });

  test('another host answers at this address', async () => {
    const host = create('v250');
    const other = create('v208');
    other.start();
    const url = await host.listen();
    other.record();
    host.fault({ kind: 'other-host', host: other });
    expect((await ask(url, '/api/version')).body).toContain('"208"');
    expect((await openStream(url)).status).toBe(200);
    expect(other.streams).toBe(1);
  });

  test('trickle: a byte at a time, whole in the end', async () => {
    const host = create('v250');
    const url = await host.listen();
    host.fault({ kind: 'trickle', bytesPerSecond: 2_000 });
    const stream = await openStream(url);
    await stream.until((frames) => frames.length >= 1);
    expect(stream.frames()[0]?.kind).toBe('logData');
  });

  test('drops: silent until v217, the host hangs on v220 until the stream is closed, a warning from v233', async () => {
    for (const release of ['v208', 'v220', 'v235', 'v250'] as const) {
      const host = create(release);
      const url = await host.listen();
      const stream = await openStream(url);
      await stream.until((frames) => frames.length >= 5);
      host.dropNext(1);
      host.record();
      if (release === 'v220') {
        await expect(ask(url, '/health', { timeoutMs: 200 })).rejects.toThrow('no answer');
        const waiting = ask(url, '/running');
        stream.close();
        expect((await waiting).status).toBe(200);
        continue;
      }
      const second = host.record();
      const warned = stream.until((frames) => frames.some(({ inner }) => JSON.stringify(inner).includes('sendBuffer full, dropped message')));
      const seen = await stream.until((frames) => frames.some(({ kind, inner }) => kind === (release === 'v250' ? 'activity' : 'metrics') && JSON.stringify(inner).includes(`"id":${second?.id}`)));
      expect(JSON.stringify(seen.filter(({ kind }) => kind === 'activity' || kind === 'metrics')).includes(`"id":${(second?.id ?? 0) - 1},`)).toBe(false);
      if (release !== 'v208') await warned;
      else warned.catch(() => {});
      stream.close();
    }
  });

  test('doubled, reversed, split at every byte: the same frames, otherwise', async () => {
    const host = create('v250');
    const url = await host.listen();
    const stream = await openStream(url);
    host.splitStreams(1);
    host.doubleNext(1);
    host.record();
    host.reverseNext(3);
    fill(host, 3);
    const ids = (frames: { kind: string; inner: unknown }[]): number[] => frames.filter(({ kind }) => kind === 'activity').map(({ inner }) => (inner as { id: number }).id);
    await stream.until((frames) => ids(frames).length >= 5);
    expect(ids(stream.frames())).toEqual([1, 1, 4, 3, 2]);
  });

  test('a reader that stalls loses frames, and the host says so', async () => {
    const host = create('v250');
    const url = await host.listen();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.pause();
    const good = await openStream(url);
    await vi.waitFor(() => expect(host.streams).toBe(2));
    const line = `${'x'.repeat(10_000)}\n`;
    let warned = false;
    // Each burst waits until the good reader has it, so that the other one alone falls behind.
    for (let burst = 0; burst < 200 && !warned; burst += 1) {
      for (let index = 0; index < 100; index += 1) host.log('upstream', line);
      host.log('proxy', `burst ${burst}\n`);
      await vi.waitUntil(() => good.text().includes(`burst ${burst}\\`), { interval: 1, timeout: 20_000 });
      warned = good.text().includes('sendBuffer full, dropped message');
    }
    expect(warned).toBe(true);
    socket.destroy();
    good.close();
  });

  test('bad frames go out as they are, and good ones follow', async () => {
    const host = create('v250');
    const url = await host.listen();
    const stream = await openStream(url);
    await stream.until((frames) => frames.length >= 6);
    expect(BAD_FRAMES.length).toBeGreaterThan(30);
    const huge = hugeLine(20 * 1024 * 1024);
    host.inject(huge);
    host.record();
    await vi.waitFor(() => expect(stream.text().endsWith('{"type":"activity","data":"{\\"id\\":1}"}\n\n')).toBe(true), { timeout: 20_000 });
    expect(stream.text().length).toBeGreaterThan(20 * 1024 * 1024);
  });
});

describe('the in-memory port', () => {
  test('gives the bytes that the socket gives, on a virtual clock', async () => {
    const clock = virtualClock();
    const run = async (withSocket: boolean): Promise<string> => {
      const host = create('v235', { clock: withSocket ? wallClock : clock, clockSkewMs: withSocket ? -Date.now() : -clock.now(), requestLog: false });
      host.start();
      let text = '';
      if (withSocket) {
        const stream = await openStream(await host.listen());
        host.record({ timestamp: '2026-01-01T00:00:00Z' });
        await stream.until((frames) => frames.length >= 6);
        text = stream.text();
      } else {
        const opening = host.port().open(new AbortController().signal);
        await clock.run(5);
        (await opening).start({ chunk(bytes) { text += Buffer.from(bytes).toString(); }, end() {} });
        host.record({ timestamp: '2026-01-01T00:00:00Z' });
        await clock.run(5);
      }
      return text;
    };
    const [socket, memory] = [await run(true), await run(false)];
    expect(parseFrames(memory).length).toBe(6);
    expect(memory).toBe(socket);
  });

  test('ends with the fault that befell it, once', async () => {
    const clock = virtualClock();
    const ends = async (act: (host: SimHost) => void): Promise<unknown[]> => {
      const host = create('v250', { clock });
      host.start();
      const opening = host.port().open(new AbortController().signal);
      await clock.run(5);
      const got: unknown[] = [];
      const reader: StreamReader = { chunk() {}, end: (fault) => void got.push(fault?.code ?? null) };
      (await opening).start(reader);
      act(host);
      await clock.run(50);
      return got;
    };
    expect(await ends((host) => host.kill())).toEqual(['cut']);
    expect(await ends((host) => host.term())).toEqual([null]);
    expect(await ends((host) => host.fault({ kind: 'silent' }))).toEqual([]);
    const refused = create('v250', { clock });
    const failing = refused.port().get('/health', { signal: new AbortController().signal }).catch((error: unknown) => error);
    await clock.run(5);
    const error = await failing;
    expect(error).toBeInstanceOf(HostError);
    expect((error as HostError).fault.code).toBe('refused');
  });

  test('the same seed lives the same life', async () => {
    const life = async (): Promise<string> => {
      const clock = virtualClock();
      const fleet = await startDemoFleet({ clock, random: seeded(11), listen: false });
      await clock.run(10 * 60_000);
      const told = JSON.stringify(fleet.hosts.map(({ host }) => [host.servedCount, host.ring(), host.served().at(-1)]));
      await fleet.stop();
      return told;
    };
    const first = await life();
    expect(first.length).toBeGreaterThan(1_000);
    expect(await life()).toBe(first);
  });
});

test('a crowd listens, serves at the rate and stops', async () => {
  const lines: string[] = [];
  const crowd = await runSimHosts({ clock: wallClock, random: seeded(2), count: 12, rate: 20, print: (line) => lines.push(line) });
  expect((JSON.parse(lines[0] ?? '') as { hosts: unknown[] }).hosts.length).toBe(12);
  await vi.waitUntil(() => crowd.served() > 40, { timeout: 20_000 });
  for (const { url } of crowd.hosts) expect((await ask(url, '/health')).body).toBe('OK');
  await crowd.stop();
  await expect(ask(crowd.hosts[0]?.url ?? '', '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

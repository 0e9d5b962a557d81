/** The contract's chapter on hosts and their state, against the real program. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simHost, startFleet, TIME, type Fleet } from './support/fleet.ts';
import { eventually } from './support/program.ts';

const time = expect.stringMatching(TIME);
const keys = (value: object): string[] => Object.keys(value).sort();
const QUICK = { performanceEveryMs: 200 };
const GPU = [{ name: 'NVIDIA RTX 4090', uuid: 'GPU-1', memTotalMb: 24_564 }];
const STATE = ['name', 'tags', 'enabled', 'source', 'asOf', 'liveness', 'generation', 'build', 'bootEpoch', 'profile', 'utcOffsetMin', 'models', 'inflight', 'gpus', 'perf', 'throughput', 'gaps'];
const MODEL = ['name', 'description', 'state', 'peerId', 'aliases', 'unlisted', 'contextLength', 'ttlS', 'readySince', 'unloadAt', 'inflight'];

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet({
    env: { DROVER_LIMITS_PROBE_PERF_EVERY_MS: '500' },
    sims: {
      one: { release: 'v170', models: [{ id: 'm', loadMs: 5 }] },
      two: { ...QUICK, release: 'v235', gpus: GPU, models: [{ id: 'm', loadMs: 5 }, { id: 'far', peer: 'friend' }] },
      three: {
        ...QUICK, release: 'v250', gpus: GPU, profiles: ['work'],
        models: [{ id: '__proto__', loadMs: 5, ttlS: 300, contextLength: 4_096, aliases: ['al'], description: 'd' }, { id: 'a/b~c', loadMs: 5, ttlS: 0 }, { id: 'far', peer: 'friend' }],
      },
    },
  });
  for (const id of ['one', 'two', 'three']) await fleet.host(id, ({ liveness, generation, bootEpoch, models }) => liveness.state === 'live' && generation !== null && bootEpoch !== null && keys(models).length > 0, 'live');
});
afterAll(() => fleet?.close());

describe('GET /api/hosts', () => {
  it('gives every field of a host, and no secret', async () => {
    const { status, body } = await fleet.ask('GET', '/api/hosts');
    expect(status).toBe(200);
    expect(keys(body)).toEqual(['hosts']);
    expect(body.hosts.map(({ id }: any) => id)).toEqual(['one', 'three', 'two']);
    for (const host of body.hosts) {
      expect(keys(host)).toEqual(keys(Object.fromEntries(['id', 'name', 'baseUrl', 'tags', 'enabled', 'source', 'hasApiKey', 'epoch', 'seq', 'state'].map((key) => [key, 0]))));
      expect(host).toMatchObject({ name: host.id, baseUrl: fleet.urls[host.id], tags: [], enabled: true, source: 'config', hasApiKey: false, epoch: expect.any(String), seq: expect.any(Number) });
      expect(keys(host.state)).toEqual([...STATE].sort());
      expect(host.state).toMatchObject({ name: host.id, tags: [], enabled: true, source: 'config', asOf: null, bootEpoch: 1, gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null } });
      expect(host.state.liveness).toEqual({ state: 'live', reason: null, since: time, nextTryAt: null, lastContactAt: time });
      expect(host.state.throughput).toEqual({ windowS: 60, rows: 0, outputTokensPerSecond: expect.toSatisfy((value) => value === null || value === 0) });
    }
  });

  it('tells the generations apart, and leaves null what a release does not say', async () => {
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map(async (id) => (await fleet.ask('GET', `/api/hosts/${id}`)).body.state));
    expect([one.generation, two.generation, three.generation]).toEqual([1, 2, 3]);
    expect(one.build).toBeNull();
    expect(two.build).toEqual({ version: expect.stringContaining('235'), commit: expect.any(String) });
    expect(one.inflight).toEqual({ total: null, requests: {} });
    expect(three.inflight).toEqual({ total: 0, requests: {} });
    expect(one.gpus).toEqual({});
    expect(one.perf).toBeNull();
    expect(one.models['m']).toMatchObject({ inflight: null, contextLength: null, peerId: null });
  });

  it('keys peers by peer and id in every generation, and takes hostile keys as they are', async () => {
    const { body: two } = await fleet.ask('GET', '/api/hosts/two');
    expect(keys(two.state.models)).toEqual(['friend/far', 'm']);
    expect(two.state.models['friend/far']).toMatchObject({ peerId: 'friend', state: '' });
    const raw = await (await fleet.program.request('/api/hosts/three')).text();
    const three = JSON.parse(raw);
    expect(Object.keys(three.state.models).sort()).toEqual(['__proto__', 'a/b~c', 'friend/far']);
    for (const key of Object.keys(three.state.models)) expect(keys(Object.getOwnPropertyDescriptor(three.state.models, key)!.value)).toEqual([...MODEL].sort());
    expect(Object.getOwnPropertyDescriptor(three.state.models, '__proto__')!.value).toMatchObject({
      name: expect.any(String), description: 'd', state: 'stopped', aliases: ['al'], unlisted: false, contextLength: 4_096, readySince: null, unloadAt: null, inflight: 0, peerId: null,
    });
  });

  it('shows GPUs by uuid, and the latest perf', async () => {
    const { state } = await fleet.host('three', ({ perf, gpus }) => perf !== null && keys(gpus).length > 0, 'perf');
    expect(keys(state.gpus)).toEqual(['GPU-1']);
    expect(keys(state.gpus['GPU-1'])).toEqual(['memTotalMb', 'memUsedMb', 'name', 'powerW', 'tempC', 'utilPct']);
    expect(keys(state.perf)).toEqual(['cpuPct', 'load1', 'memTotalMb', 'memUsedMb', 'ts']);
    expect(state.perf.ts).toMatch(TIME);
  });

  it('follows a request: in flight with its start and no age, then throughput and an unload deadline', async () => {
    fleet.sims['three']!.request({ model: '__proto__', durationMs: 700, outputTokens: 120 });
    const busy = await fleet.host('three', ({ inflight }) => inflight.total === 1, 'in flight');
    const [id, request] = Object.entries<any>(busy.state.inflight.requests)[0]!;
    expect(id).toMatch(/^\d+$/);
    expect(keys(request)).toEqual(['method', 'model', 'path', 'remoteIp', 'respBytes', 'startedAt']);
    expect(request).toMatchObject({ model: '__proto__', method: 'POST', startedAt: time });
    expect(Object.getOwnPropertyDescriptor(busy.state.models, '__proto__')!.value).toMatchObject({ inflight: 1, unloadAt: null });
    const done = await fleet.host('three', ({ inflight, throughput, models }) =>
      inflight.total === 0 && throughput.rows === 1 && Object.getOwnPropertyDescriptor(models, '__proto__')!.value.unloadAt !== null, 'done');
    expect(done.state.throughput).toEqual({ windowS: 60, rows: 1, outputTokensPerSecond: 2 });
    const model = Object.getOwnPropertyDescriptor(done.state.models, '__proto__')!.value;
    expect(model).toMatchObject({ state: 'ready', ttlS: 300, readySince: time });
    const { body } = await eventually(() => fleet.ask('GET', '/api/activity?host=three'), (answer) => answer.body.rows.length === 1, 'its row');
    expect(Math.abs(Date.parse(model.unloadAt) - Date.parse(body.rows[0].ts) - 300_000)).toBeLessThan(1_000);
    fleet.sims['three']!.request({ model: 'a/b~c', durationMs: 5 });
    const swapped = await fleet.host('three', ({ models }) => models['a/b~c'].state === 'ready' && models['a/b~c'].ttlS === 0, 'the other model');
    expect(swapped.state.models['a/b~c'].unloadAt).toBeNull();
  });

  it('unknown: 404', async () => {
    expect((await fleet.ask('GET', '/api/hosts/nobody')).body.error.code).toBe('no_such_host');
  });
});

describe('hosts over the API', () => {
  it('are added, changed, disabled and removed, at once; nothing shows the key', async () => {
    const { host, url } = await simHost({ release: 'v250', apiKeys: ['s3cret-key'] }, 9);
    try {
      const added = await fleet.ask('POST', '/api/hosts', { id: 'new-1', baseUrl: url, name: 'New', apiKey: 's3cret-key', tags: ['t'] });
      expect(added.status).toBe(201);
      expect(added.body).toMatchObject({ id: 'new-1', name: 'New', baseUrl: url, tags: ['t'], enabled: true, source: 'api', hasApiKey: true, state: { name: 'New', tags: ['t'], source: 'api', asOf: null } });
      expect(JSON.stringify(added.body)).not.toContain('s3cret-key');
      await fleet.host('new-1', ({ liveness, bootEpoch }) => liveness.state === 'live' && bootEpoch === 1, 'live');
      expect((await fleet.ask('POST', '/api/hosts', { id: 'new-1', baseUrl: url })).body.error.code).toBe('host_exists');
      expect((await fleet.ask('POST', '/api/hosts', { id: 'three', baseUrl: url })).status).toBe(409);

      const renamed = await fleet.ask('PATCH', '/api/hosts/new-1', { name: 'Newer', tags: [] });
      expect([renamed.status, renamed.body.name, renamed.body.tags]).toEqual([200, 'Newer', []]);
      await fleet.host('new-1', ({ name, tags }) => name === 'Newer' && tags.length === 0, 'its new name in its state');

      const keyless = await fleet.ask('PATCH', '/api/hosts/new-1', { apiKey: null });
      expect(keyless.body.hasApiKey).toBe(false);
      const refused = await fleet.host('new-1', ({ liveness }) => liveness.state === 'down', 'down without its key');
      expect(refused.state.liveness).toMatchObject({ reason: { code: 'unauthorized', text: expect.any(String) } });
      expect(refused.state.asOf).toMatch(TIME);

      const disabled = await fleet.ask('PATCH', '/api/hosts/new-1', { enabled: false });
      expect(disabled.body).toMatchObject({ enabled: false, state: { enabled: false, liveness: { state: 'disabled', nextTryAt: null, lastContactAt: time }, asOf: time, inflight: { total: null, requests: {} }, perf: null, generation: 3 } });
      expect(disabled.body.state.throughput).toEqual({ windowS: 60, rows: 0, outputTokensPerSecond: null });
      expect(keys(disabled.body.state.models).length).toBeGreaterThan(0);
      expect((await fleet.ask('PATCH', '/api/hosts/new-1', { id: 'other' })).status).toBe(400);
      expect((await fleet.ask('PATCH', '/api/hosts/nobody', { enabled: false })).body.error.code).toBe('no_such_host');

      host.record({});
      const gone = await fleet.ask('DELETE', '/api/hosts/new-1');
      expect([gone.status, gone.body]).toEqual([204, '']);
      expect((await fleet.ask('GET', '/api/hosts/new-1')).status).toBe(404);
      expect((await fleet.ask('DELETE', '/api/hosts/new-1')).status).toBe(404);
    } finally {
      await host.close();
    }
  });

  it('removed with history: it stays, and the id taken again goes on with the next boot epoch', async () => {
    const { host, url } = await simHost({ release: 'v250' }, 10);
    try {
      await fleet.ask('POST', '/api/hosts', { id: 'again', baseUrl: url });
      await fleet.host('again', ({ liveness, bootEpoch }) => liveness.state === 'live' && bootEpoch === 1, 'live');
      host.record({ inputTokens: 1 });
      await eventually(() => fleet.ask('GET', '/api/activity?host=again'), ({ body }) => body.rows.length === 1, 'a row');
      await fleet.ask('DELETE', '/api/hosts/again');
      expect((await fleet.ask('GET', '/api/activity?host=again')).body.rows).toHaveLength(1);
      host.restart('kill');
      const again = await fleet.ask('POST', '/api/hosts', { id: 'again', baseUrl: url, enabled: false });
      expect([again.status, again.body.state.liveness.state]).toEqual([201, 'disabled']);
      expect(again.body.state).toMatchObject({ asOf: null, models: {}, generation: null, build: null });
      await fleet.ask('PATCH', '/api/hosts/again', { enabled: true });
      await fleet.host('again', ({ liveness, bootEpoch }) => liveness.state === 'live' && bootEpoch === 2, 'live under boot 2');
      await fleet.ask('DELETE', '/api/hosts/again');
    } finally {
      await host.close();
    }
  });

  it('refuses what is no host', async () => {
    const add = async (body: unknown): Promise<[number, string]> => {
      const answer = await fleet.ask('POST', '/api/hosts', body);
      return [answer.status, answer.body.error?.code];
    };
    for (const id of ['', 'Upper', '-a', 'a'.repeat(64), 'a_b', 7]) expect(await add({ id, baseUrl: 'http://127.0.0.1:1' }), `${id}`).toEqual([400, 'bad_request']);
    for (const baseUrl of ['ftp://127.0.0.1', 'http://user:pass@127.0.0.1', 'http://user@127.0.0.1', 'nonsense', 'file:///etc/passwd']) expect((await add({ id: 'x', baseUrl }))[0], baseUrl).toBe(400);
    const refused = ['http://169.254.169.254', 'http://169.254.0.1:8080', 'http://[fe80::1]', 'http://[fd00:ec2::254]', 'http://100.100.100.200', 'http://[::ffff:169.254.169.254]', 'http://2852039166', 'http://0xa9fea9fe', 'http://[64:ff9b::a9fe:a9fe]', 'http://[febf::1]'];
    for (const baseUrl of refused) expect(await add({ id: 'x', baseUrl }), baseUrl).toEqual([400, 'address_refused']);
    for (const baseUrl of refused) {
      const { status, body } = await fleet.ask('POST', '/api/hosts/test', { baseUrl });
      expect([status, body.ok, body.reason?.code], baseUrl).toEqual([200, false, 'address_refused']);
    }
    expect(await add({ id: 'x', baseUrl: 'http://127.0.0.1:1', colour: 'red' })).toEqual([400, 'bad_request']);
    expect((await fleet.ask('GET', '/api/hosts/x')).status).toBe(404);
    expect((await fleet.ask('PATCH', '/api/hosts/one', { baseUrl: 'http://169.254.169.254' })).body.error.code).toMatch(/host_declared|address_refused/);
  });

  it('POST /api/hosts/test', async () => {
    const good = await fleet.ask('POST', '/api/hosts/test', { baseUrl: fleet.urls['two'] });
    expect(good).toMatchObject({ status: 200, body: { ok: true, generation: 2, build: { version: expect.stringContaining('235'), commit: expect.any(String) }, models: expect.arrayContaining(['m', 'friend/far']) } });
    const bad = await fleet.ask('POST', '/api/hosts/test', { baseUrl: 'http://127.0.0.1:1' });
    expect(bad).toMatchObject({ status: 200, body: { ok: false, reason: { code: 'refused', text: expect.any(String) }, generation: null, build: null, models: null } });
  });
});

describe('declared hosts, and a restart', () => {
  it('are read-only but for enabled, which is kept and wins; what is remembered says so', async () => {
    for (const [method, body] of [['PATCH', { name: 'x' }], ['PATCH', { name: 'x', enabled: false }], ['PATCH', { apiKey: null }], ['DELETE', undefined]] as const) {
      const answer = await fleet.ask(method, '/api/hosts/one', body);
      expect([answer.status, answer.body.error.code]).toEqual([409, 'host_declared']);
    }
    expect((await fleet.ask('GET', '/api/hosts/one')).body.enabled).toBe(true);
    expect((await fleet.ask('PATCH', '/api/hosts/one', { enabled: false })).body).toMatchObject({ enabled: false, source: 'config', state: { liveness: { state: 'disabled' } } });

    const { host, url } = await simHost({ release: 'v250' }, 11);
    await fleet.ask('POST', '/api/hosts', { id: 'kept', baseUrl: url, apiKey: 'k', tags: ['x'] });
    await fleet.host('kept', ({ liveness, bootEpoch }) => liveness.state === 'live' && bootEpoch === 1, 'live');
    fleet.sims['three']!.fault({ kind: 'refuse' });
    await host.close();
    await fleet.host('kept', ({ liveness }) => liveness.state === 'down', 'down');
    const before = (await fleet.ask('GET', '/api/hosts/three')).body.state;
    await fleet.restart();
    const three = await fleet.host('three', ({ asOf }) => asOf !== null, 'remembered');
    expect(three.state.liveness.state).toMatch(/^(connecting|down)$/);
    expect(three.state).toMatchObject({ generation: 3, build: before.build, inflight: { total: null, requests: {} }, perf: null, throughput: { windowS: 60, rows: 0, outputTokensPerSecond: null }, gaps: before.gaps });
    expect(Object.keys(three.state.models).sort()).toEqual(Object.keys(before.models).sort());
    expect(keys(three.state.gpus)).toEqual(['GPU-1']);
    expect((await fleet.ask('GET', '/api/hosts/one')).body).toMatchObject({ enabled: false, state: { liveness: { state: 'disabled' }, asOf: time, generation: 1 } });
    const kept = await fleet.host('kept', ({ liveness }) => liveness.state === 'down', 'down again');
    expect(kept).toMatchObject({ source: 'api', hasApiKey: true, tags: ['x'], state: { asOf: time, liveness: { nextTryAt: expect.toSatisfy((value) => value === null || TIME.test(value)), reason: { code: 'refused' } } } });
    fleet.sims['three']!.fault(null);
    expect((await fleet.host('three', ({ liveness }) => liveness.state === 'live', 'live again')).state.asOf).toBeNull();
    await fleet.ask('PATCH', '/api/hosts/one', { enabled: true });
    await fleet.host('one', ({ liveness, asOf }) => liveness.state === 'live' && asOf === null, 'enabled');
  });
});

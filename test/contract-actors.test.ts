/** The contract's chapter on actors, against the real program. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drover, rawSocket, startFleet, TIME, type Fleet } from './support/fleet.ts';
import { eventually } from './support/program.ts';

const time = expect.stringMatching(TIME);
const keys = (value: object): string[] => Object.keys(value).sort();
const STATUS = ['handled', 'incarnation', 'kind', 'lastExit', 'name', 'path', 'queued', 'restarts', 'since', 'state'];
const LINK = 'drover/fleet/hosts/host:a/link';

let fleet: Fleet;
const actors = async (query = ''): Promise<any[]> => (await fleet.ask('GET', `/debug/actors${query}`)).body.actors;
const one = (path: string): Promise<{ status: number; body: any }> => fleet.ask('GET', `/debug/actors/${path}`);
const restart = (path: string): Promise<{ status: number; body: any }> => fleet.ask('POST', `/debug/actors/${path}?do=restart`);

beforeAll(async () => {
  fleet = await startFleet({ sims: { a: { release: 'v250' }, b: { release: 'v235' } } });
  for (const id of ['a', 'b']) await fleet.host(id, ({ liveness }) => liveness.state === 'live', 'live');
});
afterAll(() => fleet?.close());

describe('GET /debug/actors', () => {
  it('the design\'s tree, flat and in tree order, each with a whole status', async () => {
    const { status, body } = await fleet.ask('GET', '/debug/actors');
    expect([status, keys(body)]).toEqual([200, ['actors', 'total']]);
    expect(body.total).toBe(body.actors.length);
    const paths = body.actors.map(({ path }: any) => path);
    expect(paths.filter((path: string) => !path.startsWith('drover/database/writers/'))).toEqual([
      'drover', 'drover/database', 'drover/database/postgres', 'drover/database/writers', 'drover/view', 'drover/view/fleet-store', 'drover/view/broadcaster',
      'drover/fleet', 'drover/fleet/hosts', 'drover/fleet/hosts/host:a', LINK, 'drover/fleet/hosts/host:b', 'drover/fleet/hosts/host:b/link',
      'drover/fleet/keeper', 'drover/http',
    ]);
    for (const actor of body.actors) {
      expect(keys(actor), actor.path).toEqual(STATUS);
      expect(actor).toMatchObject({ name: actor.path.split('/').at(-1), incarnation: 1, since: time, lastExit: null, handled: expect.any(Number), restarts: { count: 0, total: 0 } });
      if (actor.kind === 'supervisor') expect(actor.restarts).toEqual({ count: 0, intensity: expect.any(Number), periodS: expect.any(Number), total: 0 });
      else expect(actor.restarts).toEqual({ count: 0, intensity: null, periodS: null, total: 0 });
    }
    const of = (path: string): any => body.actors.find((actor: any) => actor.path === path);
    const limits = (path: string): number[] => [of(path).restarts.intensity, of(path).restarts.periodS];
    expect(limits('drover')).toEqual([5, 60]);
    expect(limits('drover/database/writers')).toEqual([10, 60]);
    expect(limits('drover/fleet')).toEqual([3, 60]);
    expect(limits('drover/fleet/hosts/host:a')).toEqual([5, 60]);
    expect(of(LINK).state).toMatch(/live/);
    expect(of('drover/database/postgres').state).toBe('ready');
  });

  it('search, filters, order and limit, on the server', async () => {
    const paths = async (query: string): Promise<string[]> => (await actors(query)).map(({ path }) => path);
    expect(await paths('?q=host:a')).toEqual(['drover/fleet/hosts/host:a', LINK]);
    expect(await paths('?q=host:a&kind=worker')).toEqual([LINK]);
    expect(await paths('?state=ready')).toEqual(['drover/database/postgres']);
    expect(await paths('?kind=supervisor&limit=2')).toEqual(['drover', 'drover/database']);
    const total = (await fleet.ask('GET', '/debug/actors?kind=supervisor&limit=2')).body.total;
    expect(total).toBe((await actors('?kind=supervisor')).length);
    const byPath = await paths('?sort=path&order=desc');
    expect(byPath).toEqual([...byPath].sort().reverse());
    const handled = (await actors('?sort=handled&order=desc')).map((actor) => actor.handled);
    expect(handled).toEqual([...handled].sort((x, y) => y - x));
    for (const bad of ['sort=colour', 'kind=robot', 'limit=0', 'order=up']) expect((await fleet.ask('GET', `/debug/actors?${bad}`)).status, bad).toBe(400);
  });

  it('a link\'s `handled` rises with what its host says', async () => {
    const handled = async (): Promise<number> => (await fleet.ask('GET', `/debug/actors/${LINK}`)).body.handled;
    const before = await handled();
    for (let i = 0; i < 10; i += 1) fleet.sims['a']!.log('proxy', `line ${i}\n`);
    await eventually(handled, (now) => now >= before + 10, 'ten more handled');
  });

  it('as text: a tree', async () => {
    const { body, headers } = await fleet.ask('GET', '/debug/actors?format=text');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toMatch(/├─ database[\s\S]*│  └─ writers[\s\S]*└─ http/);
    const alone = await fleet.ask('GET', `/debug/actors/${LINK}?format=text`);
    expect(alone.body).toContain('link');
  });

  it('one with its recent transitions and children; unknown 404', async () => {
    const { status, body } = await one(LINK);
    expect([status, keys(body)]).toEqual([200, [...STATUS, 'children', 'recent'].sort()]);
    expect(body.children).toEqual([]);
    expect(body.recent.length).toBeGreaterThan(1);
    expect(body.recent.length).toBeLessThanOrEqual(50);
    for (const [i, step] of body.recent.entries()) {
      expect(keys(step)).toEqual(['at', 'event', 'from', 'to']);
      expect(step.at).toMatch(TIME);
      if (i > 0) expect(step.from).toBe(body.recent[i - 1].to);
    }
    expect(body.recent.at(-1).to).toBe(body.state);
    expect((await one('drover/fleet/hosts/host%3Aa')).body.children.map(({ name }: any) => name)).toEqual(['link']);
    const missing = await one('drover/nobody');
    expect([missing.status, missing.body.error.code]).toEqual([404, 'no_such_actor']);
  });
});

describe('POST …?do=restart', () => {
  it('a static child: not counted, and the link is live again under a new state epoch', async () => {
    const before = (await fleet.ask('GET', '/api/hosts/a')).body;
    const answer = await restart(LINK);
    expect([answer.status, answer.body]).toEqual([202, { path: LINK, incarnation: 2 }]);
    const after = await fleet.host('a', ({ liveness }) => liveness.state === 'live', 'live again');
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.state.bootEpoch).toBe(1);
    const link = (await one(LINK)).body;
    expect(link).toMatchObject({ incarnation: 2, restarts: { count: 0, total: 1 }, lastExit: { reason: expect.any(String), at: time, stack: null } });
    expect((await one('drover/fleet/hosts/host:a')).body.restarts.count).toBe(0);
  });

  it('those that the strategy ties to it go with it, in order; a dashboard comes back by itself', async () => {
    const socket = await rawSocket(fleet.program.url);
    const hello = await socket.next(({ type }) => type === 'hello', 'hello');
    const answer = await restart('drover/view/fleet-store');
    expect([answer.status, answer.body.incarnation]).toEqual([202, 2]);
    expect(await socket.closed).toBe(1012);
    expect((await one('drover/view/broadcaster')).body.incarnation).toBe(2);
    expect((await one('drover/fleet/keeper')).body.incarnation).toBe(1);
    const again = await rawSocket(fleet.program.url);
    expect((await again.next(({ type }) => type === 'hello', 'hello')).serverEpoch).not.toBe(hello.serverEpoch);
    again.send({ type: 'subscribe', topics: ['fleet'] });
    const snapshot = await again.next(({ type }) => type === 'fleet.snapshot', 'snapshot');
    expect(snapshot.hosts.map(({ host }: any) => host).sort()).toEqual(['a', 'b']);
    again.close();
  });

  it('a host as a whole, by the keeper', async () => {
    const path = 'drover/fleet/hosts/host:b';
    expect(await restart(path)).toMatchObject({ status: 202, body: { path, incarnation: 2 } });
    await fleet.host('b', ({ liveness }) => liveness.state === 'live', 'live again');
    expect((await one(`${path}/link`)).body.state).toMatch(/live/);
  });

  it('writers, postgres and keeper: what was queued is stored all the same', async () => {
    fleet.sims['a']!.record({ inputTokens: 4_242 });
    for (const path of ['drover/database/postgres', 'drover/fleet/keeper']) expect((await restart(path)).status, path).toBe(202);
    await eventually(() => fleet.program.request('/readyz'), ({ status }) => status === 200, 'ready again');
    await eventually(() => fleet.ask('GET', '/api/activity?host=a'), ({ body }) => body.rows?.some(({ inputTokens }: any) => inputTokens === 4_242), 'the row');
    await fleet.host('a', ({ liveness }) => liveness.state === 'live', 'live');
  });

  it('what is not restarted by hand: 409; what is not there: 404; nothing else than restart: 400', async () => {
    for (const path of ['drover', 'drover/http']) expect((await restart(path)).body.error.code, path).toBe('not_restartable');
    for (const path of ['drover/nobody', 'drover/fleet/hosts/host:nobody', 'nobody']) {
      const answer = await restart(path);
      expect([answer.status, answer.body.error.code], path).toEqual([404, 'no_such_actor']);
    }
    expect((await fleet.ask('POST', `/debug/actors/${LINK}?do=stop`)).status).toBe(400);
    expect((await fleet.ask('POST', `/debug/actors/${LINK}`)).status).toBe(400);
    await fleet.ask('PATCH', '/api/hosts/b', { enabled: false });
    const gone = await one('drover/fleet/hosts/host:b/link');
    expect([gone.status, gone.body.error.code]).toEqual([404, 'no_such_actor']);
    expect(gone.body.error.details.lastExit).toMatchObject({ reason: expect.any(String), at: time });
    const disabled = await restart('drover/fleet/hosts/host:b');
    expect(disabled.status).toBe(404);
    expect((await fleet.ask('GET', '/api/hosts/b')).body.state.liveness.state).toBe('disabled');
    await fleet.ask('PATCH', '/api/hosts/b', { enabled: true });
    await fleet.host('b', ({ liveness }) => liveness.state === 'live', 'live');
  });
});

describe('the commands', () => {
  it('drover actors, drover hosts', async () => {
    const url = ['--url', fleet.program.url];
    const tree = await drover(['actors', ...url]);
    expect([tree.code, tree.err]).toEqual([0, '']);
    expect(tree.out).toContain('└─ http');
    expect((await drover(['actors', LINK, ...url])).out).toContain('Recent transitions:');
    expect(JSON.parse((await drover(['actors', '--json', ...url])).out).total).toBeGreaterThan(10);
    const hosts = await drover(['hosts', ...url]);
    expect([hosts.code, hosts.err]).toEqual([0, '']);
    expect(hosts.out).toMatch(/^HOST +LIVENESS.*\na +live/);
    const unknown = await drover(['actors', 'drover/nobody', ...url]);
    expect([unknown.code, unknown.out]).toEqual([1, '']);
    expect(unknown.err.trim().split('\n')).toHaveLength(1);
  });
});

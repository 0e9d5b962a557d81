import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccess } from '../src/http/access.ts';
import { createSessions, readCookie } from '../src/http/sessions.ts';
import { createWorld, realClock, startHttp, status, type Running, type World } from './support/http-deps.ts';
import { get, rawHttp } from './support/raw-http.ts';

const TOKEN = 'a-long-secret';

describe('without a token, on loopback', () => {
  let http: Running;
  beforeAll(async () => {
    http = await startHttp(createWorld({ allowedHosts: ['drover.example', 'box.example:8443'], publicUrl: 'https://fleet.example' }));
  });
  afterAll(() => http.kill());

  test.each([
    ['localhost', 200], ['localhost:1', 200], ['LOCALHOST', 200], ['localhost.', 200], ['127.0.0.1', 200], ['192.168.7.7:80', 200], ['[::1]', 200], ['[fe80::1]:4747', 200],
    ['drover.example', 200], ['Drover.Example:99', 200], ['box.example', 200], ['fleet.example', 200],
    ['evil.example', 421], ['drover.example.evil', 421], ['127.0.0.1.evil.example', 421], ['localhost@evil', 421], ['', 421], ['a b', 421], ['127.0.0.1:x', 421], ['[::1', 421], ['0x7f.1', 421],
  ])('Host: %s → %i', async (host, expected) => {
    for (const path of ['/healthz', '/api/hosts', '/']) {
      const answer = await get(http.port, path, { host });
      if (expected === 421) expect([path, answer.status, JSON.parse(answer.body).error.code]).toEqual([path, 421, 'wrong_host']);
      else expect(answer.status).not.toBe(421);
    }
  });

  const own = (port: number): [string, string][] => [
    [`127.0.0.1:${port}`, `http://127.0.0.1:${port}`], [`localhost:${port}`, `http://localhost:${port}`], [`[::1]:${port}`, `http://[::1]:${port}`],
    ['drover.example', 'https://drover.example'], ['127.0.0.1', 'https://drover.example'], ['127.0.0.1', `http://drover.example:${port}`], ['127.0.0.1', 'https://box.example:8443'], ['127.0.0.1', 'https://fleet.example'],
  ];
  const foreign = (port: number): [string, string][] => [
    [`127.0.0.1:${port}`, 'null'], [`127.0.0.1:${port}`, `http://localhost:${port}`], [`127.0.0.1:${port}`, 'http://127.0.0.1:3000'], [`localhost:${port}`, 'http://localhost'], [`127.0.0.1:${port}`, 'https://evil.example'],
    ['127.0.0.1', 'https://box.example'], ['127.0.0.1', 'https://drover.example:666'], ['127.0.0.1', 'http://fleet.example:81'], [`127.0.0.1:${port}`, ''], [`127.0.0.1:${port}`, 'nonsense'], [`127.0.0.1:${port}`, 'file://'],
    [`127.0.0.1:${port}`, `http://127.0.0.1:${port}@evil.example`], [`127.0.0.1:${port}`, 'http://['], [`127.0.0.1:${port}`, 'moz-extension://abc'],
  ];

  test('an Origin of our own may change things, a foreign one may not, none at all may', async () => {
    const remove = async (host: string, origin: string | null) => (await get(http.port, '/api/hosts/nobody', { host, ...(origin === null ? {} : { origin }) }, 'DELETE')).status;
    for (const [host, origin] of own(http.port)) expect([host, origin, await remove(host, origin)]).toEqual([host, origin, 404]);
    for (const [host, origin] of foreign(http.port)) expect([host, origin, await remove(host, origin)]).toEqual([host, origin, 403]);
    expect(await remove(`127.0.0.1:${http.port}`, null)).toBe(404);
  });

  test('reading is not changing: a foreign Origin gets an answer that its page cannot read', async () => {
    const answer = await get(http.port, '/api/hosts', { origin: 'https://evil.example' });
    expect(answer.status).toBe(200);
    expect(answer.head.toLowerCase()).not.toContain('access-control');
  });

  test('no session is needed, and signing in is harmless', async () => {
    const session = await fetch(`${http.url}/api/session`);
    expect(await session.json()).toEqual({ required: false, authenticated: true });
    const signIn = await fetch(`${http.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"token":"x"}' });
    expect([signIn.status, signIn.headers.get('set-cookie')]).toEqual([200, null]);
  });
});

describe('with a token', () => {
  let world: World;
  let http: Running;
  beforeAll(async () => {
    world = createWorld({ token: TOKEN });
    world.database = { state: 'away', reason: 'connection to db.internal refused', since: world.database.since };
    world.actors.push(status('drover'));
    http = await startHttp(world);
  });
  afterAll(() => http.kill());

  const signIn = async (token: string, headers: Record<string, string> = {}) => fetch(`${http.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ token }) });
  const cookieOf = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0]!;

  test('everything wants it but health, the session and the page', async () => {
    for (const path of ['/api/hosts', '/api/hosts/x', '/api/activity', '/api/gaps', '/api/host-events', '/api/perf', '/api/hosts/x/captures/1?boot=1', '/debug/actors', '/debug/actors/drover', '/metrics', '/openapi.json', '/docs/', '/docs/json', '/nothing']) {
      const answer = await fetch(http.url + path);
      expect([path, answer.status, ((await answer.json()) as any).error.code]).toEqual([path, 401, 'unauthorized']);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
    for (const [method, path] of [['POST', '/api/hosts'], ['PATCH', '/api/hosts/x'], ['DELETE', '/api/hosts/x'], ['POST', '/api/hosts/test'], ['POST', '/debug/actors/drover?do=restart'], ['DELETE', '/api/session']]) {
      expect([path, (await fetch(http.url + path, { method: method! })).status]).toEqual([path, 401]);
    }
    for (const path of ['/healthz', '/api/session', '/']) expect([path, (await fetch(http.url + path)).status]).not.toEqual([path, 401]);
  });

  test('Bearer, as it should be and not', async () => {
    const read = async (authorization: string) => (await fetch(`${http.url}/api/hosts`, { headers: { authorization } })).status;
    expect(await read(`Bearer ${TOKEN}`)).toBe(200);
    expect(await read(`bearer ${TOKEN}`)).toBe(200);
    for (const wrong of ['Bearer', 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, TOKEN, `Basic ${btoa(`:${TOKEN}`)}`]) expect([wrong, await read(wrong)]).toEqual([wrong, 401]);
  });

  test('readyz is open, and hides its reasons from strangers', async () => {
    const reason = async (headers: Record<string, string>) => ((await (await fetch(`${http.url}/readyz`, { headers })).json()) as any).checks.database.reason;
    expect(await reason({})).toBeNull();
    expect(await reason({ authorization: `Bearer ${TOKEN}` })).toBe('connection to db.internal refused');
  });

  test('a session: sign in, use, sign out', async () => {
    const wrong = await signIn('wrong');
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
    expect(((await wrong.json()) as any).error.code).toBe('unauthorized');
    const right = await signIn(TOKEN);
    expect(await right.json()).toEqual({ required: true, authenticated: true });
    expect(right.headers.get('set-cookie')).toMatch(/^drover_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    const cookie = cookieOf(right);
    expect(cookie).not.toContain(TOKEN);
    const ask = async (path: string, headers: Record<string, string>, method = 'GET') => (await fetch(http.url + path, { method, headers: { cookie, ...headers } })).status;
    expect(await ask('/api/hosts', {})).toBe(200);
    expect(await ask('/api/hosts', { origin: http.url })).toBe(200);
    expect(await ask('/api/hosts', { origin: 'https://evil.example' })).toBe(401);
    expect(await ask('/api/hosts/nobody', { origin: http.url }, 'DELETE')).toBe(503);
    expect(await ask('/api/hosts/nobody', {}, 'DELETE')).toBe(401);
    expect(await (await fetch(`${http.url}/api/session`, { headers: { cookie } })).json()).toEqual({ required: true, authenticated: true });
    expect(await (await fetch(`${http.url}/api/session`)).json()).toEqual({ required: true, authenticated: false });
    const out = await fetch(`${http.url}/api/session`, { method: 'DELETE', headers: { cookie, origin: http.url } });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringMatching(/^drover_session=; .*Max-Age=0$/)]);
  });

  test('behind https the cookie is Secure', async () => {
    for (const proto of ['https', 'https, http', 'HTTPS']) expect((await signIn(TOKEN, { 'x-forwarded-proto': proto })).headers.get('set-cookie'), proto).toMatch(/; Secure$/);
    for (const proto of ['http', 'http, https', 'httpsx']) expect((await signIn(TOKEN, { 'x-forwarded-proto': proto })).headers.get('set-cookie'), proto).not.toMatch(/Secure/);
  });

  test('tries are limited', async () => {
    const here = await startHttp(createWorld({ token: TOKEN }));
    const answers: number[] = [];
    for (let i = 0; i < 15; i++) answers.push((await fetch(`${here.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"token":"guess"}' })).status);
    expect(answers).toEqual([...Array(10).fill(401), ...Array(5).fill(429)]);
    const last = await fetch(`${here.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"token":"${TOKEN}"}` });
    expect([last.status, ((await last.json()) as any).error.code]).toEqual([429, 'too_many_requests']);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    here.kill();
  });

  test('only failed tries count, and after a minute they are forgotten', async () => {
    const quick = createWorld({ token: TOKEN });
    let passed = 0;
    quick.deps.clock = { ...realClock, monotonic: () => realClock.monotonic() + passed };
    const here = await startHttp(quick);
    const tryWith = async (token: string): Promise<number> => (await fetch(`${here.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) })).status;
    for (let i = 0; i < 15; i++) expect(await tryWith(TOKEN)).toBe(200);
    for (let i = 0; i < 10; i++) expect(await tryWith('guess')).toBe(401);
    expect(await tryWith(TOKEN)).toBe(429);
    passed = 60_000;
    expect(await tryWith(TOKEN)).toBe(200);
    here.kill();
  });

  test('the token never reaches the log', () => {
    expect(world.logged.join('')).not.toContain(TOKEN);
  });
});

describe('sessions', () => {
  const key = new Uint8Array(32).fill(1);
  let now = Date.UTC(2026, 0, 1);
  const clock = { ...realClock, now: () => now };

  test('outlive a restart, not another token, another key, or thirty days', () => {
    const value = createSessions(TOKEN, key, clock).issue();
    expect(createSessions(TOKEN, key, clock).valid(value)).toBe(true);
    expect(createSessions('other', key, clock).valid(value)).toBe(false);
    expect(createSessions(TOKEN, new Uint8Array(32), clock).valid(value)).toBe(false);
    now += 29 * 86_400_000;
    expect(createSessions(TOKEN, key, clock).valid(value)).toBe(true);
    now += 2 * 86_400_000;
    expect(createSessions(TOKEN, key, clock).valid(value)).toBe(false);
  });

  test('nobody makes one up', () => {
    const sessions = createSessions(TOKEN, key, clock);
    const value = sessions.issue();
    for (let at = 0; at < value.length; at++) {
      const other = value[at] === 'A' ? 'B' : 'A';
      const forged = value.slice(0, at) + other + value.slice(at + 1);
      // The last character of 43 holds four bits alone: it may decode to the same bytes, but the text is compared.
      expect([at, sessions.valid(forged)]).toEqual([at, false]);
    }
    for (const nonsense of [null, '', '1', '1.x.y', `${value}.`, value.toUpperCase()]) expect(sessions.valid(nonsense)).toBe(false);
  });

  test('the cookie is found among others', () => {
    expect(readCookie('a=1; drover_session=x.y; b=2')).toBe('x.y');
    expect(readCookie('xdrover_session=1')).toBeNull();
    expect(readCookie(undefined)).toBeNull();
  });
});

describe('the handshake of /ws', () => {
  const sessions = createSessions(TOKEN, new Uint8Array(32), realClock);
  const judge = (token: string | null, headers: Record<string, string>) => {
    const access = createAccess({ listen: { host: '127.0.0.1', port: 4747 }, token, publicUrl: null, allowedHosts: [] }, sessions, () => 4747);
    const judged = access.upgrade({ headers } as never);
    return judged.ok ? 'ok' : judged.code;
  };
  const host = '127.0.0.1:4747';
  const cookie = `drover_session=${sessions.issue()}`;

  test.each([
    [null, { host }, 'ok'],
    [null, { host, origin: 'http://127.0.0.1:4747' }, 'ok'],
    [null, { host, origin: 'null' }, 'foreign_origin'],
    [null, { host, origin: 'http://127.0.0.1:3000' }, 'foreign_origin'],
    [null, { host: 'evil.example', origin: 'http://evil.example' }, 'wrong_host'],
    [TOKEN, { host }, 'unauthorized'],
    [TOKEN, { host, origin: 'http://127.0.0.1:4747' }, 'unauthorized'],
    [TOKEN, { host, authorization: `Bearer ${TOKEN}` }, 'ok'],
    [TOKEN, { host, authorization: `Bearer ${TOKEN}`, origin: 'null' }, 'foreign_origin'],
    [TOKEN, { host, cookie }, 'unauthorized'],
    [TOKEN, { host, cookie, origin: 'http://127.0.0.1:4747' }, 'ok'],
    [TOKEN, { host, cookie, origin: 'http://localhost:4747' }, 'foreign_origin'],
  ] as [string | null, Record<string, string>, string][])('token %s, %o → %s', (token, headers, expected) => {
    expect(judge(token, headers)).toBe(expected);
  });
});

test('a request line of another host in absolute form cannot go around the Host check', async () => {
  const here = await startHttp(createWorld());
  const answer = await rawHttp(here.port, 'GET http://127.0.0.1/api/hosts HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n');
  expect(answer.status).toBe(421);
  here.kill();
});

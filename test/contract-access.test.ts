/** The contract's chapter on health and access, against the real program with and without a token. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { rawSocket, startFleet, TIME, type Fleet } from './support/fleet.ts';
import { eventually, startProgram } from './support/program.ts';
import { get, rawHttp } from './support/raw-http.ts';

const TOKEN = 'a-very-long-secret-token';
const keys = (value: object): string[] => Object.keys(value).sort();
let open: Fleet;
let closed: Fleet;

beforeAll(async () => {
  [open, closed] = await Promise.all([
    startFleet({ env: { DROVER_ALLOWED_HOSTS: 'drover.lan', DROVER_PUBLIC_URL: 'https://fleet.example/drover' } }),
    startFleet({ token: TOKEN, sims: { a: { release: 'v250' } } }),
  ]);
});
afterAll(() => Promise.all([open?.close(), closed?.close()]));

const portOf = (fleet: Fleet): number => Number(new URL(fleet.program.url).port);
/** Answer of a handshake: its status, 101 when it was taken. */
async function handshake(fleet: Fleet, headers: Record<string, string>): Promise<number> {
  const ws = new WebSocket(`${fleet.program.url.replace('http', 'ws')}/ws`, { headers });
  return new Promise((resolve) => {
    ws.on('unexpected-response', (_request, answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    ws.on('open', () => {
      ws.close();
      resolve(101);
    });
    ws.on('error', () => undefined);
  });
}

describe('health', () => {
  it('/healthz and /readyz', async () => {
    expect(await open.ask('GET', '/healthz')).toMatchObject({ status: 200, body: { ok: true } });
    const { status, body } = await closed.ask('GET', '/readyz', undefined, { authorization: '' });
    expect(status).toBe(200);
    expect(keys(body)).toEqual(['checks', 'ready', 'since']);
    expect(body).toMatchObject({ ready: true, since: expect.stringMatching(TIME) });
    expect(keys(body.checks)).toEqual(['database', 'hosts', 'writers']);
    expect(body.checks.database).toEqual({ state: 'ready', reason: null, since: expect.stringMatching(TIME) });
    expect(body.checks.writers).toEqual({ queued: expect.any(Number), queuedBytes: expect.any(Number), refused: 0 });
    expect(body.checks.hosts).toEqual({ live: expect.any(Number), total: 1 });
  });
});

describe('without a token', () => {
  it('takes Host names that are known, and no other', async () => {
    const status = async (host: string): Promise<number> => (await get(portOf(open), '/api/hosts', { host })).status;
    for (const host of ['localhost', `localhost:${portOf(open)}`, '127.0.0.1', '10.1.2.3:80', '[::1]:99', 'drover.lan', 'drover.lan:8443', 'fleet.example', 'LOCALHOST']) expect(await status(host), host).toBe(200);
    for (const host of ['evil.example', 'localhost.evil.example', 'fleet.example.evil', '127.0.0.1.nip.io', '']) expect(await status(host), host).toBe(421);
    const refused = await get(portOf(open), '/healthz', { host: 'evil.example' });
    expect(refused.status === 200 || JSON.parse(refused.body).error.code === 'wrong_host').toBe(true);
    expect((await rawHttp(portOf(open), 'GET /api/hosts HTTP/1.1\r\nconnection: close\r\n\r\n')).status).toBe(400);
  });

  it('judges the Origin of unsafe methods and of /ws', async () => {
    const own = open.program.url;
    const change = async (origin: string | null): Promise<number> => (await open.ask('POST', '/api/hosts/test', { baseUrl: 'http://127.0.0.1:1' }, origin === null ? {} : { origin })).status;
    for (const origin of [null, own, 'https://fleet.example', `http://drover.lan:${portOf(open)}`]) {
      expect(await change(origin), `${origin}`).toBe(200);
      expect(await handshake(open, origin === null ? {} : { origin }), `${origin}`).toBe(101);
    }
    for (const origin of ['null', 'http://evil.example', 'http://localhost:1', 'http://127.0.0.1:1', 'https://fleet.example.evil', 'nonsense', 'file://']) {
      expect(await change(origin), origin).toBe(403);
      expect(await handshake(open, { origin }), origin).toBe(403);
    }
    expect((await open.ask('GET', '/api/hosts', undefined, { origin: 'http://evil.example' })).headers.get('access-control-allow-origin')).toBeNull();
    expect(await handshake(open, { host: 'evil.example' })).toBe(421);
  });

  it('wants JSON of unsafe methods, and answers every mistake from one catalogue', async () => {
    const error = ({ status, body }: { status: number; body: any }): [number, string] => {
      expect(body.error).toEqual({ code: expect.any(String), message: expect.any(String), ...(body.error.hint === undefined ? {} : { hint: expect.any(String) }), ...(body.error.details === undefined ? {} : { details: body.error.details }) });
      return [status, body.error.code];
    };
    expect(error(await open.ask('POST', '/api/hosts', 'id=x', { 'content-type': 'application/x-www-form-urlencoded' }))).toEqual([415, 'not_json']);
    expect(error(await open.ask('POST', '/api/hosts', '{}', { 'content-type': 'text/plain' }))).toEqual([415, 'not_json']);
    expect(error(await open.ask('POST', '/api/hosts', '{"id":', {}))).toEqual([400, 'bad_json']);
    expect(error(await open.ask('POST', '/api/hosts', {}))).toEqual([400, 'bad_request']);
    expect(error(await open.ask('GET', '/api/nothing'))).toEqual([404, 'not_found']);
    expect(error(await open.ask('PUT', '/api/hosts', {}))).toEqual([405, 'method_not_allowed']);
    expect(error(await open.ask('GET', '/%zz'))).toEqual([400, 'bad_url']);
    const broken = await rawHttp(portOf(open), 'NONSENSE\r\n\r\n');
    expect([broken.status, JSON.parse(broken.body).error.code]).toEqual([400, 'bad_http']);
    expect(error(await open.ask('POST', '/api/hosts', JSON.stringify({ id: 'x'.repeat(100_000) })))).toEqual([413, 'body_too_large']);
  });

  it('sessions are not needed', async () => {
    expect((await open.ask('GET', '/api/session')).body).toEqual({ required: false, authenticated: true });
  });
});

describe('with a token', () => {
  const none = { authorization: '' };
  it('wants it of everything but health, the session and the page', async () => {
    for (const path of ['/api/hosts', '/api/activity', '/api/gaps', '/api/host-events', '/api/perf', '/debug/actors', '/debug/actors/drover', '/metrics', '/openapi.json', '/docs', '/api/nothing']) {
      const { status, body } = await closed.ask('GET', path, undefined, none);
      expect([status, body.error?.code], path).toEqual([401, 'unauthorized']);
      expect((await closed.ask('GET', path, undefined, { authorization: 'Bearer wrong' })).status, path).toBe(401);
    }
    for (const path of ['/healthz', '/readyz', '/', '/api/session']) expect((await closed.ask('GET', path, undefined, none)).status, path).toBe(200);
    for (const path of ['/api/hosts', '/api/activity', '/metrics', '/openapi.json']) expect((await closed.ask('GET', path)).status, path).toBe(200);
    // A browser gets the page, which asks for the token, also where there is none; the API's addresses stay closed.
    const reader = { accept: 'text/html' };
    expect((await fetch(`${closed.program.url}/nosuch`, { headers: reader })).status).toBe(404);
    for (const path of ['/api/nosuch', '/metrics', '/debug/nosuch']) expect((await fetch(`${closed.program.url}${path}`, { headers: reader })).status, path).toBe(401);
    expect((await closed.ask('POST', '/api/hosts', { id: 'x', baseUrl: 'http://127.0.0.1:1' }, none)).status).toBe(401);
    expect((await closed.ask('POST', '/debug/actors/drover/fleet/keeper?do=restart', undefined, none)).status).toBe(401);
  });

  it('a session: the cookie counts with a matching Origin, over a restart, until it is signed out', async () => {
    const origin = closed.program.url;
    expect((await closed.ask('GET', '/api/session', undefined, none)).body).toEqual({ required: true, authenticated: false });
    expect((await closed.ask('POST', '/api/session', { token: 'wrong' }, { ...none, origin })).body.error.code).toBe('unauthorized');
    expect((await closed.ask('POST', '/api/session', { token: TOKEN }, { ...none, origin: 'http://evil.example' })).status).toBe(403);
    const signed = await closed.ask('POST', '/api/session', { token: TOKEN }, { ...none, origin });
    expect(signed.status).toBe(200);
    const header = signed.headers.get('set-cookie')!;
    expect(header).toMatch(/^drover_session=[^;]+;.*HttpOnly/);
    expect(header).toContain('SameSite=Strict');
    expect(header).not.toContain('Secure');
    expect(header).not.toContain(TOKEN);
    const cookie = header.split(';')[0]!;
    const withCookie = { ...none, cookie };
    expect((await closed.ask('GET', '/api/session', undefined, { ...withCookie, origin })).body).toEqual({ required: true, authenticated: true });
    expect((await closed.ask('POST', '/api/hosts/test', { baseUrl: 'http://127.0.0.1:1' }, { ...withCookie, origin })).status).toBe(200);
    expect((await closed.ask('POST', '/api/hosts/test', { baseUrl: 'http://127.0.0.1:1' }, withCookie)).status).toBe(401);
    expect((await closed.ask('GET', '/api/hosts', undefined, { ...withCookie, origin: 'http://evil.example' })).status).toBe(401);
    expect((await closed.ask('GET', '/api/hosts', undefined, { ...none, cookie: `${cookie}x`, origin })).status).toBe(401);
    expect(await handshake(closed, { cookie, origin })).toBe(101);
    expect(await handshake(closed, { cookie })).toBe(401);
    expect(await handshake(closed, { cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await handshake(closed, {})).toBe(401);
    expect(await handshake(closed, { origin })).toBe(401);
    expect(await handshake(closed, { authorization: `Bearer ${TOKEN}` })).toBe(101);
    expect(await handshake(closed, { authorization: `Bearer ${TOKEN}`, origin: 'null' })).toBe(403);
    await closed.restart();
    expect((await closed.ask('GET', '/api/hosts', undefined, { ...withCookie, origin: closed.program.url })).status).toBe(200);
    const out = await closed.ask('DELETE', '/api/session', undefined, { ...withCookie, origin: closed.program.url });
    expect(out.status).toBeLessThan(300);
    expect(out.headers.get('set-cookie')).toMatch(/^drover_session=;.*Max-Age=0/);
  });

  it('no answer and no log shows the token or a host\'s key', async () => {
    await closed.ask('POST', '/api/hosts', { id: 'keyed', baseUrl: 'http://127.0.0.1:1', apiKey: 'host-key-s3cret' });
    const socket = await rawSocket(closed.program.url, { headers: { authorization: `Bearer ${TOKEN}` } });
    socket.send({ type: 'subscribe', topics: ['fleet', 'actors'] });
    await socket.next(({ type }) => type === 'actors.snapshot', 'actors');
    const shown = [JSON.stringify(socket.frames), closed.program.output()];
    for (const path of ['/api/hosts', '/debug/actors', '/debug/actors?format=text', '/metrics', '/readyz', '/openapi.json']) shown.push(JSON.stringify((await closed.ask('GET', path)).body));
    for (const text of shown) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain('host-key-s3cret');
    }
    socket.close();
    await closed.ask('DELETE', '/api/hosts/keyed');
  });

  it('tries are limited', async () => {
    const codes: number[] = [];
    for (let i = 0; i < 30; i += 1) codes.push((await closed.ask('POST', '/api/session', { token: `wrong-${i}` }, none)).status);
    expect(codes[0]).toBe(401);
    expect(codes.at(-1)).toBe(429);
  });
});

describe('without a database', () => {
  it('is not ready and says why to those who may know; what needs it answers database_away; the rest is live', async () => {
    const away = { DATABASE_URL: 'postgres://nobody:hush@127.0.0.1:1/none', DROVER_LOG_LEVEL: 'silent' };
    const program = await startProgram({ env: { ...away, DROVER_TOKEN: TOKEN, DROVER_HOSTS: `a=${closed.urls['a']}` } });
    try {
      const ask = async (path: string, init: Omit<RequestInit, 'headers'> & { token?: boolean; headers?: Record<string, string> } = {}): Promise<{ status: number; body: any }> => {
        const answer = await program.request(path, { ...init, headers: { ...(init.token === false ? {} : { authorization: `Bearer ${TOKEN}` }), ...init.headers } });
        return { status: answer.status, body: await answer.json() };
      };
      const known = await ask('/readyz');
      expect(known.status).toBe(503);
      expect(known.body).toMatchObject({ ready: false, checks: { database: { state: expect.stringMatching(/^(starting|away)$/) } } });
      const told = await eventually(() => ask('/readyz'), ({ body }) => body.checks.database.state === 'away', 'away');
      expect(told.body.checks.database.reason).toMatch(/./);
      expect(JSON.stringify(told.body)).not.toContain('hush');
      expect((await ask('/readyz', { token: false })).body.checks.database).toMatchObject({ state: 'away', reason: null });
      for (const path of ['/api/activity', '/api/activity?format=csv', '/api/gaps', '/api/host-events', '/api/perf', '/api/perf?step=60']) {
        const { status, body } = await ask(path);
        expect([status, body.error?.code], path).toEqual([503, 'database_away']);
      }
      const json = { 'content-type': 'application/json' };
      expect((await ask('/api/hosts', { method: 'POST', headers: json, body: JSON.stringify({ id: 'n', baseUrl: 'http://127.0.0.1:1' }) })).body.error.code).toBe('database_away');
      expect((await ask('/api/hosts/a', { method: 'PATCH', headers: json, body: JSON.stringify({ enabled: false }) })).body.error.code).toBe('database_away');
      const { body } = await eventually(() => ask('/api/hosts/a'), (answer) => answer.body.state?.liveness.state === 'live', 'live without a database');
      expect(body.enabled).toBe(true);
      expect((await ask('/debug/actors/drover/database/postgres')).body).toMatchObject({ state: 'away' });
    } finally {
      program.kill('SIGTERM');
      await program.ended;
    }
  });
});

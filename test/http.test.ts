import { z } from 'zod';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stateDocument } from '../src/model/documents.ts';
import { hostDocument } from '../src/http/routes/hosts.ts';
import { createWorld, row, startHttp, status, T0, type Running, type World } from './support/http-deps.ts';
import { get, rawHttp } from './support/raw-http.ts';

let world: World;
let http: Running;
beforeAll(async () => {
  world = createWorld();
  http = await startHttp(world);
});
afterAll(() => http.kill());
beforeEach(() => {
  world.hosts.clear();
  world.rows.length = 0;
  world.actors.length = 0;
  world.database = { state: 'ready', reason: null, since: T0 };
  world.tree = { state: 'running', since: T0 };
});

interface Answer { status: number; headers: Headers; body: any; text: string }
async function call(path: string, init: { method?: string; json?: unknown; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  const { json, ...rest } = init;
  const answer = await fetch(http.url + path, json === undefined ? rest : { ...rest, body: JSON.stringify(json), headers: { 'content-type': 'application/json', ...rest.headers } });
  const text = await answer.text();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {}
  return { status: answer.status, headers: answer.headers, body, text };
}
const code = (answer: Answer): [number, string] => [answer.status, answer.body?.error?.code];

describe('hosts', () => {
  test('add, read, list, change, disable, remove', async () => {
    const added = await call('/api/hosts', { method: 'POST', json: { id: 'gpu1', baseUrl: 'http://127.0.0.1:9/', apiKey: 'hush', tags: ['a'] } });
    expect(added.status).toBe(201);
    expect(added.headers.get('location')).toBe('/api/hosts/gpu1');
    expect(hostDocument.strict().parse(added.body)).toMatchObject({ id: 'gpu1', name: 'gpu1', baseUrl: 'http://127.0.0.1:9', tags: ['a'], enabled: true, source: 'api', hasApiKey: true, epoch: 'epoch-of-gpu1', seq: 1 });
    expect(added.text).not.toContain('hush');
    expect((await call('/api/hosts')).body).toEqual({ hosts: [added.body] });
    const changed = await call('/api/hosts/gpu1', { method: 'PATCH', json: { name: 'One', apiKey: null, enabled: false } });
    expect(changed).toMatchObject({ status: 200, body: { name: 'One', hasApiKey: false, enabled: false, seq: 2, state: { name: 'One', enabled: false } } });
    expect((await call('/api/hosts/gpu1')).body).toEqual(changed.body);
    const removed = await call('/api/hosts/gpu1', { method: 'DELETE' });
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect(code(await call('/api/hosts/gpu1'))).toEqual([404, 'no_such_host']);
  });

  test('a state goes out as it is, hostile keys and all', async () => {
    world.declare({ id: 'gpu1' });
    const models = JSON.parse('{"__proto__":{"name":"x"},"a/b~c":{"name":"y"}}');
    world.hosts.get('gpu1')!.state = { ...world.hosts.get('gpu1')!.state, models };
    expect((await call('/api/hosts/gpu1')).text).toContain('"models":{"__proto__":{"name":"x"},"a/b~c":{"name":"y"}}');
  });

  test('mistakes', async () => {
    world.declare({ id: 'fixed' });
    const post = (json: unknown) => call('/api/hosts', { method: 'POST', json }).then(code);
    const good = { id: 'gpu1', baseUrl: 'http://127.0.0.1:9' };
    expect(await post({ ...good, id: 'fixed' })).toEqual([409, 'host_exists']);
    for (const id of ['', 'GPU', '-a', 'a_b', 'a/b', 'a'.repeat(64), 7, null]) expect(await post({ ...good, id })).toEqual([400, 'bad_request']);
    for (const baseUrl of ['gpu1', 'ftp://gpu1', 'http://u:p@gpu1', 'http://gpu1?x=1', 'http://gpu1#x']) expect(await post({ ...good, baseUrl })).toEqual([400, 'bad_base_url']);
    for (const baseUrl of ['http://169.254.169.254', 'http://2852039166', 'http://[fe80::1]', 'http://[::ffff:169.254.1.1]', 'http://[64:ff9b::a9fe:a9fe]', 'http://100.100.100.200', 'http://[fd00:ec2::254]']) {
      expect(await post({ ...good, baseUrl })).toEqual([400, 'address_refused']);
    }
    for (const name of ['a\0b', 'a\ud800b', '']) expect(await post({ ...good, name })).toEqual([400, 'bad_request']);
    expect(await post({ ...good, tags: ['\udc00'] })).toEqual([400, 'bad_request']);
    expect(await post({ ...good, apikey: 'x' })).toEqual([400, 'bad_request']);
    expect(await post([])).toEqual([400, 'bad_request']);
    const patch = (id: string, json: unknown) => call(`/api/hosts/${id}`, { method: 'PATCH', json }).then(code);
    expect(await patch('fixed', { name: 'x' })).toEqual([409, 'host_declared']);
    expect(await patch('fixed', { enabled: false })).toEqual([200, undefined]);
    expect(await patch('fixed', { id: 'other' })).toEqual([400, 'bad_request']);
    expect(await patch('nobody', {})).toEqual([404, 'no_such_host']);
    expect(await patch('fixed', { baseUrl: 'http://169.254.169.254' })).toEqual([400, 'address_refused']);
    expect(code(await call('/api/hosts/fixed', { method: 'DELETE' }))).toEqual([409, 'host_declared']);
    expect(code(await call('/api/hosts/nobody', { method: 'DELETE' }))).toEqual([404, 'no_such_host']);
    const first = await call('/api/hosts', { method: 'POST', json: { ...good, id: 'GPU' } });
    expect(first.body.error).toMatchObject({ message: expect.stringContaining('body.id: expected lower-case'), hint: expect.any(String), details: { in: 'body', issues: [{ path: 'id' }] } });
  });

  test('what Drover says of itself passes its own schema', () => {
    world.declare({ id: 'gpu1' });
    expect(z.strictObject(stateDocument.shape).parse(world.hosts.get('gpu1')!.state)).toEqual(world.hosts.get('gpu1')!.state);
  });
});

describe('without the database', () => {
  test.each([
    ['GET', '/api/activity'], ['GET', '/api/activity?format=csv'], ['GET', '/api/activity?format=ndjson'], ['GET', '/api/gaps'], ['GET', '/api/host-events'], ['GET', '/api/perf'], ['GET', '/api/perf?step=60'], ['DELETE', '/api/hosts/gpu1'],
  ])('%s %s is 503 database_away, and tells nothing of the inside', async (method, path) => {
    world.declare({ id: 'gpu1', source: 'api' });
    world.database = { state: 'away', reason: 'connection refused', since: T0 };
    const answer = await call(path, { method });
    expect(code(answer)).toEqual([503, 'database_away']);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.text).not.toContain('hush');
    expect(answer.text).not.toContain('ECONNREFUSED');
  });

  test('live state and the actor tree are there all the same', async () => {
    world.declare({ id: 'gpu1' });
    world.database = { state: 'away', reason: null, since: T0 };
    for (const path of ['/api/hosts', '/api/hosts/gpu1', '/debug/actors', '/healthz', '/metrics']) expect((await call(path)).status).toBe(200);
  });
});

describe('activity', () => {
  test('pages by keyset, newest first, to a null cursor', async () => {
    for (let id = 0; id < 25; id++) world.rows.push(row({ upstreamId: id, ts: `2026-08-22T10:00:0${id % 10}.000000Z`, hostId: id % 2 === 0 ? 'a' : 'b' }));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: Answer = await call(`/api/activity?limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...body.rows.map((of: { ts: string; hostId: string; upstreamId: number }) => `${of.ts} ${of.hostId} ${String(of.upstreamId).padStart(3, '0')}`));
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(25);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
  });

  test('a page that is exactly full and the last has no next', async () => {
    for (let id = 0; id < 10; id++) world.rows.push(row({ upstreamId: id }));
    expect((await call('/api/activity?limit=10')).body.nextCursor).toBeNull();
    expect((await call('/api/activity?limit=9')).body.nextCursor).toEqual(expect.any(String));
  });

  test('filters: repeated, classes, times with offsets', async () => {
    world.rows.push(row({ upstreamId: 1, hostId: 'a', model: 'x', status: 200 }), row({ upstreamId: 2, hostId: 'b', model: 'y', status: 404 }), row({ upstreamId: 3, hostId: 'c', model: 'x', status: 500, ts: '2026-08-22T11:00:00.000000Z' }));
    const found = async (query: string) => (await call(`/api/activity?${query}`)).body.rows.map((of: { upstreamId: number }) => of.upstreamId).sort();
    expect(await found('host=a&host=b')).toEqual([1, 2]);
    expect(await found('model=x')).toEqual([1, 3]);
    expect(await found('status=4xx&status=500')).toEqual([2, 3]);
    expect(await found('to=2026-08-22T12:30:00%2B02:00')).toEqual([1, 2]);
    expect(await found('from=2026-08-22T11:00:00Z')).toEqual([3]);
    expect(await found('to=2026-08-22T11:00:00Z')).toEqual([1, 2]);
  });

  test.each(['limit=0', 'limit=1001', 'limit=ten', 'limit=1.5', 'status=abc', 'status=4x', 'from=yesterday', 'from=2026-08-22T12:30:00+02:00', 'format=xml', 'to=1&to=2', 'host=%00', 'model=a%00', 'path=%00'])('%s is 400', async (query) => {
    expect(code(await call(`/api/activity?${query}`))).toEqual([400, 'bad_request']);
  });

  test.each(['x', '', '[]', 'W10', Buffer.from('{"ts":1}').toString('base64url'), Buffer.from('["2026","a",1,1]').toString('base64url'), `${Buffer.from('["2026-08-22T10:00:00.000000Z","a",1,1]').toString('base64url')}.`, Buffer.from('["2026-08-22T10:00:00.000000Z","a",9999999999,1]').toString('base64url'), '%00', 'a'.repeat(900)])('cursor %s is bad_cursor', async (cursor) => {
    expect(code(await call(`/api/activity?cursor=${cursor}`))).toEqual([400, 'bad_cursor']);
    expect(code(await call(`/api/host-events?cursor=${cursor}`))).toEqual([400, 'bad_cursor']);
  });

  test('NDJSON and CSV stream everything; cells that a spreadsheet would run are quoted', async () => {
    const hostile = ['=HYPERLINK("http://evil")', '+1', '-1+1', '@SUM(A1)', '\tx', '=a"b', 'fine, or not', 'two\nlines'];
    hostile.forEach((model, id) => world.rows.push(row({ upstreamId: id, model, metadata: { k: 1 } })));
    const ndjson = await call('/api/activity?format=ndjson&limit=1');
    expect(ndjson.headers.get('content-type')).toBe('application/x-ndjson');
    expect(ndjson.text.trimEnd().split('\n').map((line) => JSON.parse(line))).toEqual([...world.rows].reverse());
    const csv = await call('/api/activity?format=csv');
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="activity-fleet-\d{4}-\d\d-\d\dT\d{6}Z\.csv"$/);
    // Whatever is asked for, the header holds nothing but a name.
    const named = async (query: string): Promise<string | null> => (await call(`/api/activity?format=csv&${query}`)).headers.get('content-disposition');
    expect(await named('host=gpu1')).toMatch(/"activity-gpu1-[^"]+\.csv"$/);
    expect(await named('host=gpu1&host=gpu2')).toMatch(/"activity-2-hosts-[^"]+\.csv"$/);
    expect(await named(`host=${encodeURIComponent('../"x\r\ny')}`)).toMatch(/^attachment; filename="activity-1-host-[\dTZ-]+\.csv"$/);
    const lines = csv.text.split('\r\n');
    expect(lines[0]).toBe('hostId,bootEpoch,upstreamId,ts,model,reqPath,status,inputTokens,cachedTokens,outputTokens,draftTokens,draftAcceptedTokens,promptPerSecond,tokensPerSecond,durationMs,hasCapture,error,metadata');
    const models = lines.slice(1, -1).map((line) => /^gpu1,1,\d,[^,]+,("(?:[^"]|"")*"|[^,]*),/.exec(line)?.[1]);
    expect(models).toEqual(['"two\nlines"', '"fine, or not"', '"\'=a""b"', '"\'\tx"', '"\'@SUM(A1)"', '"\'-1+1"', '"\'+1"', '"\'=HYPERLINK(""http://evil"")"']);
    expect(lines[1]).toMatch(/,200,3,,5,,,10.5,20,12,false,,"\{""k"":1\}"$/);
  });
});

describe('actors', () => {
  const tree = ['drover', 'drover/fleet', 'drover/fleet/hosts', 'drover/fleet/hosts/host:gpu1', 'drover/fleet/hosts/host:gpu1/link', 'drover/http'];
  beforeEach(() => {
    for (const path of tree) world.actors.push(status(path, path.endsWith('link') ? { state: 'live', handled: 7, queued: 2, lastExit: { reason: 'boom\u001b[31m', at: T0, stack: 'Error: boom' } } : { kind: 'supervisor', restarts: { count: 1, intensity: 5, periodS: 60, total: 0 } }));
  });

  test('flat in tree order, filtered, sorted, cut', async () => {
    expect((await call('/debug/actors')).body).toEqual({ actors: world.actors, total: 6 });
    const paths = async (query: string) => {
      const { body } = await call(`/debug/actors?${query}`);
      return [body.actors.map((actor: { path: string }) => actor.path), body.total];
    };
    expect(await paths('q=GPU1&kind=worker')).toEqual([['drover/fleet/hosts/host:gpu1/link'], 1]);
    expect(await paths('state=live&state=nope')).toEqual([['drover/fleet/hosts/host:gpu1/link'], 1]);
    expect(await paths('sort=handled&order=desc&limit=1')).toEqual([['drover/fleet/hosts/host:gpu1/link'], 6]);
    expect(code(await call('/debug/actors?sort=secret'))).toEqual([400, 'bad_request']);
    expect(code(await call('/debug/actors?limit=0'))).toEqual([400, 'bad_request']);
  });

  test('as text: a tree, without control characters', async () => {
    const { text, headers } = await call('/debug/actors?format=text');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text.split('\n').map((line) => line.slice(0, 24).trimEnd())).toEqual(['ACTOR              STATE', 'drover             activ', '├─ fleet           activ', '│  └─ hosts        activ', '│     └─ host:gpu1 activ', '│        └─ link   live', '└─ http            activ', ''].map((line) => expect.stringContaining(line.split('  ')[0]!)));
    expect(text).toContain('1/5 in 60 s');
    expect(text).not.toContain('\u001b');
  });

  test('one, with recent transitions and children; also by an encoded path', async () => {
    const path = 'drover/fleet/hosts/host:gpu1';
    const one = await call(`/debug/actors/${path}`);
    expect(one.body).toMatchObject({ path, recent: [{ at: T0, from: 'down', event: 'connected', to: 'live' }], children: [{ path: `${path}/link` }] });
    expect((await call('/debug/actors/drover/fleet/hosts/host%3Agpu1')).body).toEqual(one.body);
    expect((await call(`/debug/actors/${path}/link?format=text`)).text).toContain('down → live  (connected)');
  });

  test('unknown: 404, with the last exit if there was one', async () => {
    expect(code(await call('/debug/actors/drover/nobody'))).toEqual([404, 'no_such_actor']);
    world.lastExits.set('drover/gone', { reason: 'boom', at: T0, stack: null });
    expect((await call('/debug/actors/drover/gone')).body.error).toMatchObject({ code: 'no_such_actor', details: { lastExit: { reason: 'boom' } } });
  });

  test('restart', async () => {
    const link = 'drover/fleet/hosts/host:gpu1/link';
    const answer = await call(`/debug/actors/${link}?do=restart`, { method: 'POST' });
    expect([answer.status, answer.body]).toEqual([202, { path: link, incarnation: 2 }]);
    expect(world.restarted).toEqual([link]);
    expect(code(await call('/debug/actors/drover?do=restart', { method: 'POST' }))).toEqual([409, 'not_restartable']);
    const asked = world.restarted.length;
    expect((await call(`/debug/actors/${link}?do=restart`)).body).toEqual({ path: link, restarts: [link] });
    expect(code(await call('/debug/actors/drover?do=restart'))).toEqual([409, 'not_restartable']);
    expect(code(await call('/debug/actors/drover/nobody?do=restart'))).toEqual([404, 'no_such_actor']);
    expect(world.restarted.length).toBe(asked);
    expect(code(await call('/debug/actors/drover/nobody?do=restart', { method: 'POST' }))).toEqual([404, 'no_such_actor']);
    expect(code(await call(`/debug/actors/${link}?do=kill`, { method: 'POST' }))).toEqual([400, 'bad_request']);
    expect(code(await call(`/debug/actors/${link}`, { method: 'POST' }))).toEqual([400, 'bad_request']);
  });
});

describe('health', () => {
  test('healthz', async () => {
    expect((await call('/healthz')).body).toEqual({ ok: true });
  });

  test('readyz: hosts that are down do not count, the database and the tree do', async () => {
    world.declare({ id: 'gpu1' });
    world.declare({ id: 'gpu2' });
    world.hosts.get('gpu2')!.state.liveness.state = 'down';
    expect(await call('/readyz')).toMatchObject({ status: 200, body: { ready: true, since: T0, checks: { database: { state: 'ready', reason: null, since: T0 }, writers: { queued: 1, queuedBytes: 2, refused: 3 }, hosts: { live: 1, total: 2 } } } });
    world.database = { state: 'away', reason: 'connection refused', since: '2026-08-22T11:00:00.000000Z' };
    expect(await call('/readyz')).toMatchObject({ status: 503, body: { ready: false, since: world.database.since, checks: { database: { state: 'away', reason: 'connection refused' } } } });
    world.database = { state: 'ready', reason: null, since: T0 };
    world.tree = { state: 'draining', since: T0 };
    expect((await call('/readyz')).status).toBe(503);
  });

  test('the list of metrics', async () => {
    world.declare({ id: 'gpu1' });
    await call('/healthz');
    const { text, headers } = await call('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    const names = [...text.matchAll(/^# TYPE (\S+) \S+$/gm)].map(([, name]) => name!);
    expect(names.every((name) => name.startsWith('drover_'))).toBe(true);
    expect(names.filter((name) => !/^drover_(process|nodejs)_/.test(name))).toEqual([
      'drover_build_info', 'drover_database_ready', 'drover_hosts', 'drover_host_up', 'drover_host_inflight', 'drover_host_output_tokens_per_second', 'drover_host_gaps', 'drover_host_lost_rows_min',
      'drover_actors', 'drover_actor_restarts', 'drover_writers_queued_rows', 'drover_writers_queued_bytes', 'drover_writers_refused_rows_total', 'drover_writers_batches_total', 'drover_writers_failures_total',
      'drover_writers_inserted_rows_total', 'drover_writers_conflicts_total', 'drover_writers_rejected_rows_total', 'drover_sockets_clients', 'drover_sockets_stalled', 'drover_sockets_frames_total', 'drover_sockets_bytes_total',
      'drover_sockets_lagged_total', 'drover_ingest_events_total', 'drover_ingest_bytes_total', 'drover_ingest_malformed_total', 'drover_ingest_unknown_total', 'drover_ingest_connects_total', 'drover_ingest_refused_total', 'drover_http_request_seconds',
    ]);
    expect(text).toContain('drover_host_up{host="gpu1"} 1');
    expect(text).toContain('drover_writers_inserted_rows_total 6\n');
    expect(text).toMatch(/drover_http_request_seconds_count\{route="\/healthz",method="GET",status="200"\} \d/);
  });
});

describe('hostile requests', () => {
  test.each([
    ['/%zz', 400, 'bad_url'], ['/api/hosts/%ff', 400, 'bad_url'], ['/nothing', 404, 'not_found'], ['//evil', 404, 'not_found'], ['/api/hosts/../../etc/passwd', 404, 'not_found'],
    [`/api/hosts/${'a'.repeat(3_000)}`, 414, 'url_too_long'], ['/assets/../../package.json', 404, 'not_found'], ['/assets/..%2f..%2fpackage.json', 404, 'not_found'], ['/assets/%2e%2e%2findex.html', 404, 'not_found'], ['/api/hosts/__proto__', 404, 'no_such_host'],
  ])('GET %s', async (path, statusCode, errorCode) => {
    const answer = await get(http.port, path);
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([statusCode, errorCode]);
  });

  test('a browser gets the page for an address that is none; an address of the API stays the API\'s', async () => {
    const asked = async (path: string, accept: string): Promise<[number, string | null]> => {
      const answer = await fetch(`http://127.0.0.1:${http.port}${path}`, { headers: { accept } });
      return [answer.status, answer.headers.get('content-type')];
    };
    expect(await asked('/nosuch/place', 'text/html,*/*;q=0.8')).toEqual([404, expect.stringContaining('text/html')]);
    expect(await asked('/nosuch/place', '*/*')).toEqual([404, expect.stringContaining('application/json')]);
    expect(await asked('/api/nosuch', 'text/html')).toEqual([404, expect.stringContaining('application/json')]);
    expect(await asked('/debug/nosuch', 'text/html')).toEqual([404, expect.stringContaining('application/json')]);
  });

  test.each([
    ['not HTTP', 'hello\r\n\r\n', 400, 'bad_http'],
    ['a bad header', 'GET / HTTP/1.1\r\nhost: localhost\r\nbad header\r\n\r\n', 400, 'bad_http'],
    ['huge headers', `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['two lengths', 'POST /api/hosts HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400, 'bad_http'],
    ['no Host in HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n', 421, 'wrong_host'],
  ])('%s', async (_, text, statusCode, errorCode) => {
    const answer = await rawHttp(http.port, text);
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([statusCode, errorCode]);
    expect(answer.head.toLowerCase()).toContain('content-type: application/json');
  });

  test('bodies: broken, too large, poisoned, of another type, absent', async () => {
    const post = (body: string | undefined, type?: string) => call('/api/hosts', { method: 'POST', ...(body === undefined ? {} : { body }), headers: type === undefined ? {} : { 'content-type': type } }).then(code);
    expect(await post('{"id":', 'application/json')).toEqual([400, 'bad_json']);
    expect(await post('{"id":"a","__proto__":{}}', 'application/json')).toEqual([400, 'bad_json']);
    expect(await post(`"${'a'.repeat(70_000)}"`, 'application/json')).toEqual([413, 'body_too_large']);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', 'nonsense']) expect(await post('{}', type)).toEqual([415, 'not_json']);
    expect(await post(undefined)).toEqual([400, 'bad_request']);
    expect(await post('', 'application/json')).toEqual([400, 'bad_request']);
    expect(await post('{}', 'application/json; charset=utf-8')).toEqual([400, 'bad_request']);
  });

  test('a wrong method names the right ones', async () => {
    const answer = await call('/api/activity', { method: 'POST', json: {} });
    expect(code(answer)).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')).toBe('GET');
  });

  test('what breaks inside is a 500 that shows nothing, and a line in the log that shows all', async () => {
    world.actors.push(status('drover'));
    const list = world.deps.actors.list;
    world.deps.actors.list = () => { throw new Error('secret inside'); };
    const answer = await call('/debug/actors').finally(() => { world.deps.actors.list = list; });
    expect(code(answer)).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('secret inside');
    expect(world.logged.some((line) => line.includes('secret inside'))).toBe(true);
  });

  test('every answer forbids framing, sniffing and foreign scripts', async () => {
    for (const path of ['/healthz', '/nothing', '/docs/', '/']) {
      const { headers } = await call(path);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none';script-src 'self';style-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe-(inline|eval)/);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

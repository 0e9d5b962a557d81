/** The contract's chapter on history, against the real program: rows, gaps, host events, perf, captures. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFleet, TIME, type Fleet } from './support/fleet.ts';
import { eventually } from './support/program.ts';

const time = expect.stringMatching(TIME);
const keys = (value: object): string[] => Object.keys(value).sort();
const ROW = ['hostId', 'bootEpoch', 'upstreamId', 'ts', 'model', 'reqPath', 'status', 'inputTokens', 'cachedTokens', 'outputTokens', 'draftTokens', 'draftAcceptedTokens', 'promptPerSecond', 'tokensPerSecond', 'durationMs', 'hasCapture', 'error', 'metadata'];
const SECOND = (n: number): string => `2026-11-20T10:00:${String(n).padStart(2, '0')}`;

let fleet: Fleet;
const rowsOf = async (query: string): Promise<any[]> => (await fleet.ask('GET', `/api/activity?${query}`)).body.rows;

beforeAll(async () => {
  fleet = await startFleet({
    env: { DROVER_LIMITS_PROBE_PERF_EVERY_MS: '300' },
    sims: {
      a: { release: 'v250', performanceEveryMs: 200, gpus: [{ name: 'G', uuid: 'GPU-1', memTotalMb: 1_000 }], metricsMaxInMemory: 20 },
      b: { release: 'v208' },
    },
  });
  for (const id of ['a', 'b']) await fleet.host(id, ({ liveness, bootEpoch }) => liveness.state === 'live' && bootEpoch === 1, 'live');
  const { a, b } = fleet.sims as { a: any; b: any };
  a.record({ timestamp: `${SECOND(1)}Z`, model: '=cmd()', status: 200, reqPath: '/v1/chat/completions', inputTokens: 10, outputTokens: 5, cacheTokens: 3, durationMs: 40, metadata: { k: 'v"' } });
  a.record({ timestamp: `${SECOND(2)}Z`, model: 'm', status: 404, reqPath: '/v1/completions', inputTokens: 0, outputTokens: 0, cacheTokens: 0, promptPerSecond: 0, tokensPerSecond: 0, draftTokens: 0, draftAccTokens: 0, error: 'no, "such"\nmodel' });
  a.record({ timestamp: `${SECOND(3)}Z`, model: 'm', status: 500 });
  a.record({ timestamp: `${SECOND(3)}Z`, model: 'm', status: 503, inputTokens: 7, cacheTokens: -1, draftTokens: -1, draftAccTokens: -1, promptPerSecond: -1, tokensPerSecond: -1 });
  a.record({ timestamp: '2026-11-20T12:00:04+02:00', model: 'n', status: 200 });
  b.record({ timestamp: `${SECOND(3)}.123456789Z`, model: 'm', inputTokens: 1 });
  await eventually(() => rowsOf(''), (rows) => rows.length === 6, 'six rows');
});
afterAll(() => fleet?.close());

describe('GET /api/activity', () => {
  it('newest first by (ts, hostId, bootEpoch, upstreamId), with every field and null for what is not known', async () => {
    const { status, body } = await fleet.ask('GET', '/api/activity');
    expect([status, keys(body)]).toEqual([200, ['nextCursor', 'rows']]);
    expect(body.nextCursor).toBeNull();
    expect(body.rows.map(({ hostId, upstreamId }: any) => `${hostId}${upstreamId}`)).toEqual(['a5', 'b0', 'a4', 'a3', 'a2', 'a1']);
    for (const row of body.rows) {
      expect(keys(row)).toEqual([...ROW].sort());
      expect(row).toMatchObject({ ts: time, bootEpoch: 1 });
    }
    const [a5, b0, a4, , a2, a1] = body.rows;
    expect(a5.ts).toBe(`${SECOND(4)}.000000Z`);
    expect(b0).toMatchObject({ ts: `${SECOND(3)}.123456Z`, reqPath: null, status: null, draftTokens: null, draftAcceptedTokens: null, error: null, metadata: null });
    expect(a4).toMatchObject({ status: 503, inputTokens: 7, cachedTokens: null, draftTokens: null, draftAcceptedTokens: null, promptPerSecond: null, tokensPerSecond: null });
    expect(a2).toMatchObject({ status: 404, inputTokens: null, cachedTokens: null, outputTokens: null, draftTokens: null, promptPerSecond: null, tokensPerSecond: null, error: 'no, "such"\nmodel' });
    expect(a1).toMatchObject({ model: '=cmd()', inputTokens: 10, cachedTokens: 3, outputTokens: 5, durationMs: 40, metadata: { k: 'v"' }, reqPath: '/v1/chat/completions', hasCapture: expect.any(Boolean) });
  });

  it('pages by cursor: all of them once, also those of the same time; limits and broken cursors', async () => {
    const found: string[] = [];
    let cursor: string | null = '';
    let pages = 0;
    while (cursor !== null) {
      const { body }: { body: any } = await fleet.ask('GET', `/api/activity?limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      expect(body.rows.length).toBeLessThanOrEqual(2);
      found.push(...body.rows.map(({ hostId, upstreamId }: any) => `${hostId}${upstreamId}`));
      cursor = body.nextCursor;
      pages += 1;
    }
    expect(found).toEqual(['a5', 'b0', 'a4', 'a3', 'a2', 'a1']);
    expect(pages).toBe(3);
    for (const limit of ['0', '1001', '-1', '1.5', 'x']) expect((await fleet.ask('GET', `/api/activity?limit=${limit}`)).status, limit).toBe(400);
    expect((await fleet.ask('GET', '/api/activity?limit=1000')).status).toBe(200);
    for (const broken of ['x', '%00', 'e30', Buffer.from('["x","a",1,1]').toString('base64url'), Buffer.from('[1]').toString('base64url')]) {
      const answer = await fleet.ask('GET', `/api/activity?cursor=${broken}`);
      expect([answer.status, answer.body.error.code], broken).toEqual([400, 'bad_cursor']);
    }
  });

  it('filters', async () => {
    const ids = async (query: string): Promise<string[]> => (await rowsOf(query)).map(({ hostId, upstreamId }) => `${hostId}${upstreamId}`);
    expect(await ids('host=b')).toEqual(['b0']);
    expect(await ids('host=a&host=b&model=m')).toEqual(['b0', 'a4', 'a3', 'a2']);
    expect(await ids('model=n&model=%3Dcmd()')).toEqual(['a5', 'a1']);
    expect(await ids('status=404')).toEqual(['a2']);
    expect(await ids('status=404&status=503')).toEqual(['a4', 'a2']);
    expect(await ids('status=5xx')).toEqual(['a4', 'a3']);
    expect(await ids('status=4xx&status=500&host=a')).toEqual(['a3', 'a2']);
    expect(await ids('path=/v1/completions')).toEqual(['a2']);
    expect(await ids('host=nobody')).toEqual([]);
    expect(await ids(`from=${SECOND(3)}Z&to=${SECOND(4)}Z`)).toEqual(['b0', 'a4', 'a3']);
    expect(await ids(`from=${SECOND(3)}.123456Z`)).toEqual(['a5', 'b0']);
    expect(await ids(`to=${SECOND(3)}.123456Z&host=b`)).toEqual([]);
    expect(await ids(`from=${encodeURIComponent('2026-11-20T12:00:04+02:00')}`)).toEqual(['a5']);
    for (const bad of ['status=abc', 'status=1', 'from=yesterday', 'to=2026-13-01T00:00:00Z', 'format=xml']) expect((await fleet.ask('GET', `/api/activity?${bad}`)).status, bad).toBe(400);
  });

  it('as NDJSON and CSV: everything that passes the filters, whatever the limit', async () => {
    const ndjson = await fleet.ask('GET', '/api/activity?format=ndjson&limit=1');
    expect(ndjson.headers.get('content-type')).toContain('ndjson');
    expect(ndjson.body.trimEnd().split('\n').map((line: string) => JSON.parse(line))).toEqual(await rowsOf(''));
    const csv = await fleet.ask('GET', '/api/activity?format=csv&host=a');
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const text: string = csv.body;
    expect(text.split('\r\n')[0]).toBe(ROW.join(','));
    expect(text).toContain(`"no, ""such""\nmodel"`);
    expect(text).not.toMatch(/(^|,)[=+@-]/m);
    expect(text).toMatch(/"'=cmd\(\)"/);
    expect(text.endsWith('\r\n')).toBe(true);
    expect((await fleet.ask('GET', '/api/activity?format=csv&host=nobody')).body).toBe(`${ROW.join(',')}\r\n`);
  });
});

describe('GET /api/gaps and /api/host-events', () => {
  it('a wrap while away: ids inclusive, bounds, times; the state and the stream count the same', async () => {
    const a = fleet.sims['a']!;
    a.endStreams('cut');
    a.fault({ kind: 'refuse' });
    await fleet.host('a', ({ liveness }) => liveness.state === 'down', 'down');
    for (let i = 0; i < 30; i += 1) a.record({ model: 'm', outputTokens: 1 });
    a.fault(null);
    const { state } = await fleet.host('a', ({ gaps, liveness }) => gaps.count === 1 && liveness.state === 'live', 'a gap');
    const { body } = await eventually(() => fleet.ask('GET', '/api/gaps?host=a'), (answer) => answer.body.gaps.length === 1, 'the gap stored');
    const [gap] = body.gaps;
    expect(keys(gap)).toEqual(['bootEpoch', 'cause', 'detectedAt', 'fromId', 'fromTs', 'hostId', 'id', 'lostMax', 'lostMin', 'toId', 'toTs']);
    expect(gap).toMatchObject({ id: expect.any(String), hostId: 'a', bootEpoch: 1, fromId: 6, toId: 15, lostMin: 10, cause: 'wrap', detectedAt: time, fromTs: time, toTs: time });
    expect(gap.fromTs <= gap.toTs).toBe(true);
    expect(state.gaps).toEqual({ count: 1, lostMin: 10, lostMax: gap.lostMax, lastAt: gap.detectedAt });
    expect((await fleet.ask('GET', '/api/gaps?host=b')).body).toEqual({ gaps: [] });
    expect((await fleet.ask('GET', `/api/gaps?host=a&to=${SECOND(0)}Z`)).body).toEqual({ gaps: [] });
    const rows = await eventually(() => rowsOf('host=a&limit=1000'), (found) => found.length === 25, 'the ring');
    expect(rows.map(({ upstreamId }) => upstreamId).sort((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, ...Array.from({ length: 20 }, (_, i) => 16 + i)]);
  });

  it('what happened to the host, newest first, by pages', async () => {
    fleet.sims['a']!.request({ model: 'qwen', durationMs: 1 });
    const wanted = (found: any): boolean => ['liveness', 'boot', 'build'].every((kind) => found.body.events.some((event: any) => event.kind === kind));
    const { body } = await eventually(() => fleet.ask('GET', '/api/host-events?host=a&limit=1000'), wanted, 'events');
    expect(keys(body)).toEqual(['events', 'nextCursor']);
    for (const event of body.events) {
      expect(keys(event)).toEqual(['from', 'hostId', 'kind', 'reason', 'to', 'ts']);
      expect(event).toMatchObject({ hostId: 'a', ts: time, kind: expect.stringMatching(/^(liveness|boot|build|model)$/) });
    }
    expect(body.events.map(({ ts }: any) => ts)).toEqual(body.events.map(({ ts }: any) => ts).sort().reverse());
    const liveness = body.events.filter(({ kind }: any) => kind === 'liveness').reverse();
    expect(liveness.map(({ from, to }: any) => [from, to]).slice(0, 2)).toEqual([[null, 'connecting'], ['connecting', 'live']]);
    for (const [i, event] of liveness.entries()) if (i > 0) expect(event.from).toBe(liveness[i - 1].to);
    expect(body.events.find(({ kind }: any) => kind === 'boot')).toMatchObject({ from: null, to: '1' });
    const paged: any[] = [];
    let cursor: string | null = null;
    do {
      const page: any = (await fleet.ask('GET', `/api/host-events?host=a&limit=2&to=${body.events[0].ts}${cursor === null ? '' : `&cursor=${cursor}`}`)).body;
      paged.push(...page.events);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(paged).toEqual(body.events.filter(({ ts }: any) => ts < body.events[0].ts));
    const chosen: any[] = (await fleet.ask('GET', `/api/host-events?host=a&kind=boot&kind=build&limit=1000&to=${body.events[0].ts}`)).body.events;
    expect(chosen).toEqual(paged.filter(({ kind }) => kind === 'boot' || kind === 'build'));
    expect((await fleet.ask('GET', '/api/host-events?kind=weather')).body.error.code).toBe('bad_request');
    expect((await fleet.ask('GET', '/api/host-events?cursor=x')).body.error.code).toBe('bad_cursor');
    expect((await fleet.ask('GET', '/api/host-events?limit=1001')).status).toBe(400);
  });
});

describe('GET /api/perf', () => {
  it('raw, and in steps', async () => {
    const { body } = await eventually(() => fleet.ask('GET', '/api/perf?host=a'), (answer) => answer.body.samples?.filter(({ gpu }: any) => gpu === 'GPU-1').length >= 4, 'samples');
    expect(keys(body)).toEqual(['samples']);
    for (const sample of body.samples) expect(sample).toMatchObject({ hostId: 'a', ts: time, gpu: sample.gpu === null ? null : 'GPU-1' });
    const own = body.samples.filter(({ gpu }: any) => gpu === null);
    const card = body.samples.filter(({ gpu }: any) => gpu !== null);
    expect(own[0]).toMatchObject({ cpuPct: expect.any(Number), memTotalMb: expect.any(Number), load1: expect.any(Number), utilPct: null, powerW: null });
    expect(card[0]).toMatchObject({ utilPct: expect.any(Number), memTotalMb: 1_000, cpuPct: null, load1: null });
    expect(body.samples.map(({ ts }: any) => ts)).toEqual(body.samples.map(({ ts }: any) => ts).sort());
    const last = body.samples.at(-1).ts;
    const stepped = (await fleet.ask('GET', `/api/perf?host=a&step=3600&to=${last}`)).body;
    expect(keys(stepped)).toEqual(['points', 'step']);
    expect(stepped.step).toBe(3_600);
    const before = own.filter(({ ts }: any) => ts < last);
    const point = stepped.points.find(({ gpu, ts }: any) => gpu === null && before.some((sample: any) => sample.ts.slice(0, 13) === ts.slice(0, 13)));
    const inside = before.filter(({ ts }: any) => ts.slice(0, 13) === point.ts.slice(0, 13)).map(({ cpuPct }: any) => cpuPct);
    expect(point.ts).toMatch(/:00:00\.000000Z$/);
    expect(keys(point.cpuPct)).toEqual(['avg', 'max', 'min']);
    expect(point.cpuPct.min).toBeCloseTo(Math.min(...inside), 3);
    expect(point.cpuPct.max).toBeCloseTo(Math.max(...inside), 3);
    expect(point.cpuPct.avg).toBeCloseTo(inside.reduce((sum: number, one: number) => sum + one, 0) / inside.length, 3);
    expect(point.utilPct).toEqual({ min: null, avg: null, max: null });
    expect(stepped.points.some(({ gpu }: any) => gpu === 'GPU-1')).toBe(true);
    for (const bad of ['0', '-5', 'x', '1.5']) expect((await fleet.ask('GET', `/api/perf?step=${bad}`)).status, bad).toBe(400);
  });
});

describe('captures', () => {
  it('of the running boot, masked; of another boot never, even under the same id', async () => {
    const a = fleet.sims['a']!;
    const row = a.record({ model: 'm', hasCapture: true })!;
    await eventually(() => rowsOf(`host=a&limit=1000`), (rows) => rows.some(({ upstreamId }) => upstreamId === row.id), 'its row');
    const path = (boot: string): string => `/api/hosts/a/captures/${row.id}?boot=${boot}`;
    const found = await fleet.ask('GET', path('1'));
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({ hostId: 'a', bootEpoch: 1, upstreamId: row.id });
    expect(JSON.stringify(found.body)).not.toMatch(/Bearer [a-z0-9]/i);
    for (const boot of ['2', '0']) expect((await fleet.ask('GET', path(boot))).body.error.code).toBe('capture_gone');
    expect((await fleet.ask('GET', `/api/hosts/a/captures/${row.id}`)).status).toBe(400);
    expect((await fleet.ask('GET', path('x'))).status).toBe(400);
    expect((await fleet.ask('GET', '/api/hosts/a/captures/99999?boot=1')).body.error.code).toBe('capture_gone');
    expect((await fleet.ask('GET', '/api/hosts/nobody/captures/1?boot=1')).body.error.code).toBe('no_such_host');
    a.restart('kill');
    await fleet.host('a', ({ bootEpoch, liveness }) => bootEpoch === 2 && liveness.state === 'live', 'boot 2');
    const again = await fleet.ask('GET', path('1'));
    expect([again.status, again.body.error.code]).toEqual([404, 'capture_gone']);
  });
});

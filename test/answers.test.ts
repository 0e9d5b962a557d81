import { describe, expect, it } from 'vitest';
import { readActivityPage, readHealth, readRing, readRunning, readVersion } from '../src/io/llama-swap/answers.ts';
import { CAPTURE_BODY_BYTES, fetchCapture, type Capture } from '../src/io/llama-swap/captures.ts';
import { maskSecrets } from '../src/io/llama-swap/mask.ts';
import { readPerformance } from '../src/io/llama-swap/performance.ts';
import { UPSTREAM } from '../src/io/llama-swap/upstream-paths.ts';
import { HostError } from '../src/model/host/liveness.ts';
import type { HostAnswer, HostPort } from '../src/model/seams.ts';
import { recordedAnswers } from './support/recorded-streams.ts';

const answer = (status: number, body: unknown = '', headers: Record<string, string> = {}): HostAnswer => ({ status, headers, body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)) });
const recorded = recordedAnswers();
const READERS = [readActivityPage, readHealth, readPerformance, readRing, readRunning, readVersion];

describe('recordings', () => {
  const at = (path: string): typeof recorded => recorded.filter((one) => one.path.split('?')[0] === path && !one.name.includes('/upgrade'));
  const number = (release: string): number => (release.startsWith('after') ? 999 : Number(release.slice(1)));

  it.runIf(recorded.length > 0)('every answer is read without a bad entry, and the generations are told apart', () => {
    expect(recorded.length).toBeGreaterThan(20);
    for (const one of at('/api/metrics/activity')) {
      const read = readActivityPage(one);
      const expected = number(one.release) > 235 ? (one.status === 400 ? 'refused' : one.status === 401 ? 'refused' : 'page') : one.status === 401 ? 'refused' : 'absent';
      expect([one.name, read.kind]).toEqual([one.name, expected]);
      if (read.kind === 'page') expect([one.name, read.bad]).toEqual([one.name, []]);
      if (read.kind === 'absent') expect([one.name, read.countsTrue]).toEqual([one.name, number(one.release) >= 218]);
    }
    for (const one of at('/api/metrics').filter(({ status }) => status !== 401)) {
      const read = readRing(one);
      if (read.kind === 'ring') expect([one.name, read.generation, read.bad]).toEqual([one.name, number(one.release) <= 208 ? 1 : 2, []]);
      else expect([one.name, read.kind, number(one.release) > 235]).toEqual([one.name, 'absent', true]);
    }
    for (const one of at('/running').filter(({ status }) => status === 200)) expect(readRunning(one)).toMatchObject({ kind: 'running', bad: [] });
    for (const one of at('/health').filter(({ status }) => status === 200)) expect(readHealth(one)).toEqual({ kind: 'well' });
    for (const one of at('/api/version').filter(({ status }) => status === 200)) expect(readVersion(one)).toMatchObject({ kind: 'version', build: { version: expect.stringMatching(/^v?\d+$/) as string } });
    for (const one of at('/api/performance').filter(({ status }) => status === 200)) expect(readPerformance(one)).toMatchObject({ kind: 'perf', bad: [] });
  });

  it.runIf(recorded.some(({ release, path }) => release === 'v250' && path === '/api/performance'))('GPUs, the host and the timestamp to go on from', () => {
    const reads = at('/api/performance').filter(({ name, status }) => name.startsWith('v250/perf ') && status === 200).map(readPerformance);
    const [read] = reads.filter((one) => one.kind === 'perf' && one.reading.samples.length > 6);
    if (read?.kind !== 'perf') throw new Error('no such recording');
    const { reading } = read;
    expect(Object.keys(reading.gpus)).toEqual(['GPU-00000000-fake-4090-0000-000000000000', 'GPU-00000000-fake-4090-0000-000000000001']);
    expect(reading.gpus['GPU-00000000-fake-4090-0000-000000000000']).toMatchObject({ name: 'NVIDIA GeForce RTX 4090', memTotalMb: 24564, utilPct: expect.any(Number) as number });
    expect(reading.perf).toMatchObject({ ts: expect.stringMatching(/^2026-11-21T02:13:\d\d\.\d{6}Z$/) as string, memTotalMb: 24105 });
    expect(reading.after).toMatch(/^2026-11-20T18:13:\d\d\.\d{9}-08:00$/);
    expect(reading.samples.map((sample) => sample.ts)).toEqual(reading.samples.map((sample) => sample.ts).sort());
    expect(reading.samples.every((sample) => sample.vramTempC === null)).toBe(true);
  });
});

describe('answers', () => {
  it('an empty ring tells the generation', () => {
    expect(readRing(answer(200, 'null'))).toEqual({ kind: 'ring', generation: 1, rows: [], bad: [] });
    expect(readRing(answer(200, '[]'))).toEqual({ kind: 'ring', generation: 2, rows: [], bad: [] });
    expect(readRing(answer(404, '404 page not found'))).toEqual({ kind: 'absent' });
  });

  it('performance: null and [] before a sample, off, absent', () => {
    const none = { kind: 'perf', reading: { samples: [], perf: null, gpus: {}, after: null }, bad: [] };
    expect(readPerformance(answer(200, { enabled: true, gpu_stats: null, sys_stats: null }))).toEqual(none);
    expect(readPerformance(answer(200, { gpu_stats: [], sys_stats: [] }))).toEqual(none);
    expect(readPerformance(answer(503, { enabled: false }))).toEqual({ kind: 'off' });
    expect(readPerformance(answer(503))).toEqual({ kind: 'off' });
    expect(readPerformance(answer(404))).toEqual({ kind: 'absent' });
  });

  it('performance: 0 of what cannot be 0 is unknown, GPUs are keyed by uuid, else by id', () => {
    const gpu = { timestamp: '2026-01-01T00:00:00Z', id: 0, name: 'Radeon', uuid: '', temp_c: 0, gpu_util_pct: 0, mem_used_mb: 0, mem_total_mb: 16384, power_draw_w: 0, fan_speed_pct: 0 };
    expect(readPerformance(answer(200, { gpu_stats: [gpu, { ...gpu, id: 1, mem_total_mb: 0 }], sys_stats: null }))).toMatchObject({ reading: { gpus: {
      0: { name: 'Radeon', utilPct: 0, memUsedMb: 0, memTotalMb: 16384, tempC: null, powerW: null },
      1: { name: 'Radeon', utilPct: null, memUsedMb: null, memTotalMb: null, tempC: null, powerW: null },
    } } });
  });

  it('a wrong entry spoils no other', () => {
    expect(readPerformance(answer(200, { gpu_stats: [4, { timestamp: 'x' }], sys_stats: [{ timestamp: '2026-01-01T00:00:00Z', cpu_util_per_core: 'many', mem_total_mb: 'x', net_io: { lo: 1 } }] }))).toMatchObject({ kind: 'perf', reading: { perf: { cpuPct: null, memTotalMb: null } }, bad: [{}, {}] });
    expect(readRunning(answer(200, { running: [1, { model: 'a' }, { model: 'a', state: 'ready', ttl: -1 }] }))).toMatchObject({ models: [{ model: 'a', state: 'ready', ttlS: null }], bad: [{}, {}] });
    expect(readRunning(answer(200, { running: null }))).toEqual({ kind: 'running', models: [], bad: [] });
  });

  it.each(READERS.map((reader) => [reader.name, reader] as const))('%s never throws, and says why', (name, reader) => {
    const bodies = ['', 'null', '<html>', '[]', '{}', '{"data":4}', '{"running":{}}', '"x"', '{"sys_stats":{}}', '\ufeff{}', '{"version":7}', '{"data":[],"page":1}'];
    for (const body of bodies) {
      const read = reader(answer(200, body));
      if (read.kind === 'refused') expect(read.fault).toMatchObject({ code: 'protocol' });
    }
    const codes = [401, 403, 421, 302, 500, 502].map((status) => reader(answer(status, '', { location: 'http://other.example/x' }))).map((read) => (read.kind === 'refused' ? read.fault.code : read.kind));
    expect([name, codes]).toEqual([name, ['unauthorized', 'unauthorized', 'other_host', 'redirect', 'http_error', 'http_error']]);
  });
});

describe('paths', () => {
  it('are encoded, and take numbers alone', () => {
    expect(UPSTREAM.performance('2026-11-20T18:13:31.1+01:00')).toBe('/api/performance?after=2026-11-20T18%3A13%3A31.1%2B01%3A00');
    expect(UPSTREAM.activity(2, 999)).toBe('/api/metrics/activity?limit=999&page=2');
    for (const id of [-1, 1.5, Number.NaN, 1e300, '../x' as unknown as number]) expect(() => UPSTREAM.capture(id)).toThrow(RangeError);
  });
});

describe('captures', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const port = (get: () => Promise<HostAnswer>): HostPort => ({ get, open: () => Promise.reject(new Error('not asked for')) });
  const fetch = (get: () => Promise<HostAnswer>): ReturnType<typeof fetchCapture> => fetchCapture(port(get), 7, new AbortController().signal);
  const capture = async (doc: object): Promise<Capture> => {
    const read = await fetch(() => Promise.resolve(answer(200, { id: 7, req_path: '/v1/x', req_headers: null, req_body: null, resp_headers: {}, resp_body: null, ...doc })));
    if (read.kind !== 'capture') throw new Error(read.kind);
    return read.capture;
  };

  it('secrets in headers, fields, queries and text are masked; words that look alike are not', async () => {
    const names = ['Authorization', 'Cookie', 'Set-Cookie', 'X-Api-Key', 'Proxy-Authorization', 'X-Auth-Token', 'api-key'];
    const shown = await capture({
      req_path: '/v1/x?api_key=hunter2&model=a',
      req_headers: Object.fromEntries([...names.map((name) => [name, 'hunter2']), ['Accept', '*/*'], ['__proto__', 'x']]),
      resp_headers: { 'Set-Cookie': ['hunter2', 'hunter2'] },
      req_body: base64('{"api_key": "hunter2", "nested": {"Authorization":"Bearer hunter2\\"", "password" : "hunter2"}, "max_tokens": 5, "token": "fox", "text": "bearer instruments, sk-1234567890abcdefXYZ"}'),
      resp_body: base64('data: {"logprobs":{"token":"fox"}} Authorization: Bearer abcdef1234567890'),
    });
    expect(JSON.stringify(shown)).not.toMatch(/hunter2|sk-1234|abcdef1234/);
    expect(shown.reqHeaders['Accept']).toBe('*/*');
    expect(shown.reqBody!.text).toContain('"max_tokens": 5, "token": "fox", "text": "bearer instruments,');
    expect(shown.respBody!.text).toContain('"token":"fox"');
    expect(shown.reqPath).toBe('/v1/x?api_key=[masked]&model=a');
  });

  it('a body over 1 MiB is cut with a mark, and a failed request has none', async () => {
    const long = await capture({ resp_body: base64('é'.repeat(CAPTURE_BODY_BYTES)) });
    expect(long.respBody).toMatchObject({ cut: true, bytes: 2 * CAPTURE_BODY_BYTES });
    expect(Buffer.byteLength(long.respBody!.text)).toBeLessThan(CAPTURE_BODY_BYTES + 100);
    expect(long.respBody!.text).toMatch(/cut: 2097152 bytes in all$/);
    const secret = `${'x'.repeat(CAPTURE_BODY_BYTES - 20)}"api_key":"hunter2hunter2hunter2hunter2"`;
    expect((await capture({ req_body: base64(secret + 'y'.repeat(100)) })).reqBody!.text).not.toContain('hunter2');
    expect((await capture({})).respBody).toBeNull();
  });

  it('masking takes no time to speak of on hostile text', () => {
    const hostile = ['"api_key"'.repeat(100_000), `"api_key":"${'\\'.repeat(1_000_000)}`, `Bearer ${'a'.repeat(1_000_000)}`, `sk-${'a-'.repeat(500_000)}`, '?key='.repeat(200_000), 'Bearer '.repeat(150_000)];
    for (const text of hostile) expect(maskSecrets(text).length).toBeGreaterThan(0);
  });

  it('gone, another id, refused, broken', async () => {
    expect(await fetch(() => Promise.resolve(answer(404, { error: 'capture not found' })))).toEqual({ kind: 'gone' });
    expect(await fetch(() => Promise.resolve(answer(200, { id: 8 })))).toMatchObject({ kind: 'fault', fault: { code: 'protocol' } });
    expect(await fetch(() => Promise.resolve(answer(401)))).toMatchObject({ kind: 'fault', fault: { code: 'unauthorized' } });
    expect(await fetch(() => Promise.reject(new HostError({ code: 'refused', text: 'x' })))).toEqual({ kind: 'fault', fault: { code: 'refused', text: 'x' } });
  });

  it.runIf(recorded.some(({ path }) => path.startsWith('/api/captures/')))('of the recordings', async () => {
    for (const one of recorded.filter(({ path, headers }) => /^\/api\/captures\/\d+$/.test(path) && headers['content-encoding'] === undefined)) {
      const id = Number(one.path.slice('/api/captures/'.length));
      const read = await fetchCapture(port(() => Promise.resolve(one)), id, new AbortController().signal);
      expect([one.name, read.kind]).toEqual([one.name, one.status === 200 ? 'capture' : one.status === 404 ? 'gone' : 'fault']);
      if (read.kind === 'capture') expect(JSON.parse(read.capture.reqBody!.text)).toHaveProperty('model');
    }
  });
});

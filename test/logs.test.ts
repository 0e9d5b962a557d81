/** Logs from a host to those who read them: gathered, bounded, once; a model's own log only while somebody reads it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogLanes } from '../src/actors/link/log-lanes.ts';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost, SimHostOptions } from '../src/demo/sim-types.ts';
import { UPSTREAM } from '../src/io/llama-swap/upstream-paths.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { HostPort, StreamReader } from '../src/model/seams.ts';
import { seededRandom } from './sim/seeded-random.ts';
import { startLinked, watched, type Linked } from './support/linked.ts';
import { virtualClock } from './support/virtual-clock.ts';

const MODEL = 'alpha-8b-q4';
const OTHER = 'beta-32b-q4';
const PATH = `/logs/stream/${MODEL}`;
const textOf = (logs: Linked['logs'], model: string | null, source?: string): string => logs.filter((one) => one.model === model && (source === undefined || one.source === source)).map(({ text }) => text).join('');

describe('lanes', () => {
  const lanes = () => {
    const clock = virtualClock();
    const got: { at: number; text: string; dropped: number }[] = [];
    const all = createLogLanes({ clock, limits: LIMITS.logs, out: (_model, { text, dropped }) => void got.push({ at: clock.monotonic(), text, dropped }), crash(error) { throw error; } });
    const lane = all.open('proxy', null);
    lane.text('history\n');
    clock.advance(1_000);
    return { clock, got, all, lane };
  };

  test('ten thousand lines a second are twenty frames a second, and nothing is lost', () => {
    const { clock, got, lane } = lanes();
    got.length = 0;
    let sent = '';
    for (let i = 0; i < 20_000; i += 1) {
      const line = `[INFO] Request ${i} "GET /x" 200 and some more to be as long as real lines are\n`;
      sent += line;
      lane.text(line);
      if (i % 10 === 9) clock.advance(1);
    }
    clock.advance(100);
    expect(got.map(({ text }) => text).join('')).toBe(sent);
    expect(got.every(({ dropped }) => dropped === 0)).toBe(true);
    expect(got.length).toBeLessThanOrEqual(41);
  });

  test('what is too much for a tick is lost, oldest first, counted to the byte, from the beginning of a line', () => {
    const { clock, got, lane } = lanes();
    got.length = 0;
    let sent = 0;
    for (let i = 0; i < 50_000; i += 1) {
      const line = `${i} größer 😀 ${'x'.repeat(40)}\n`;
      sent += Buffer.byteLength(line);
      lane.text(line);
    }
    clock.advance(1_000);
    expect(got).toHaveLength(1);
    const [{ text, dropped }] = got as [(typeof got)[0]];
    expect(text).toMatch(/^\d+ größer 😀/);
    expect(text.endsWith(`49999 größer 😀 ${'x'.repeat(40)}\n`)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(LIMITS.logs.tickChars);
    expect(Buffer.byteLength(text) + dropped).toBe(sent);
    lane.text('on\n');
    clock.advance(1_000);
    expect(got.at(-1)).toMatchObject({ text: 'on\n', dropped: 0 });
  });

  test('one line without an end is cut at its limit, and never inside a character', () => {
    const { clock, got, lane } = lanes();
    lane.text('😀'.repeat(400_000));
    clock.advance(1_000);
    const { text, dropped } = got.at(-1)!;
    expect(text).toMatch(/^(😀)+$/u);
    expect(Buffer.byteLength(text) + dropped).toBe(1_600_000);
    expect(text.length).toBeLessThanOrEqual(LIMITS.logs.tickChars);
  });

  test('a stream that begins anew shows of its history what is new, in however many pieces it comes', () => {
    const { clock, got, lane } = lanes();
    lane.text('one\ntwo\n');
    clock.advance(1_000);
    lane.restart();
    for (const piece of ['history\n', 'one\nt', 'wo\nthree\n', 'four\n']) {
      lane.text(piece);
      clock.advance(10);
    }
    clock.advance(1_000);
    lane.restart();
    lane.text('another process\n');
    clock.advance(1_000);
    expect(got.map(({ text }) => text)).toEqual(['history\n', 'one\ntwo\n', 'three\nfour\n', 'another process\n']);
  });

  test('what waits goes out with the end, and nothing after the drop', () => {
    const { clock, got, all, lane } = lanes();
    lane.text('last words');
    all.flush();
    expect(got.at(-1)!.text).toBe('last words');
    lane.text('lost');
    all.drop();
    lane.text('too late');
    clock.advance(1_000);
    expect(got).toHaveLength(2);
    expect(clock.pending()).toBe(0);
  });
});

test('a model’s name is one segment of the path, whatever it holds', () => {
  expect(UPSTREAM.modelLog('peer/a b?c#d')).toBe('/logs/stream/peer%2Fa%20b%3Fc%23d');
  expect(UPSTREAM.modelLog('..')).toBe('/logs/stream/%2E%2E');
  expect(UPSTREAM.modelLog('\ud800x')).toBe('/logs/stream/%EF%BF%BDx');
});

describe('a model’s own log', () => {
  let linked: Linked;
  let host: SimHost;
  let port: ReturnType<typeof watched>;
  const begin = async (options: Partial<SimHostOptions> = {}, wrap: (port: HostPort) => HostPort = (one) => one): Promise<void> => {
    host = createSimHost({ clock: linked.clock, random: seededRandom(3), requestLog: false, ...options });
    host.start();
    port = watched(wrap(host.port()), linked.clock);
    await linked.add('gpu1', port);
    await linked.clock.run(1_000);
    expect(linked.state('gpu1').liveness.state).toBe('live');
  };
  const logStreams = () => port.opens.filter(({ path }) => path !== '/api/events');
  const openStreams = () => logStreams().filter(({ endedAt }) => endedAt === null);
  beforeEach(async () => { linked = await startLinked(); });
  afterEach(() => linked.stop());

  test('is opened with the first reader and closed with the last', async () => {
    await begin();
    expect(logStreams()).toEqual([]);
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    await linked.clock.run(100);
    expect(logStreams()).toMatchObject([{ path: PATH, endedAt: null }]);
    host.log('upstream', 'a line\n', MODEL);
    host.log('upstream', 'of another\n', OTHER);
    await linked.clock.run(1_000);
    expect(textOf(linked.logs, MODEL)).toBe('a line\n');
    expect(linked.logs.find(({ model }) => model === MODEL)).toMatchObject({ host: 'gpu1', source: 'upstream', dropped: 0 });
    expect(textOf(linked.logs, null, 'upstream')).toBe('a line\nof another\n');
    linked.broadcaster.wantLogs('gpu1', [MODEL, OTHER]);
    await linked.clock.run(1_000);
    expect(openStreams().map(({ path }) => path)).toEqual([PATH, `/logs/stream/${OTHER}`]);
    expect(textOf(linked.logs, OTHER)).toBe('of another\n');
    linked.broadcaster.wantLogs('gpu1', [OTHER]);
    await linked.clock.run(100);
    expect(openStreams().map(({ path }) => path)).toEqual([`/logs/stream/${OTHER}`]);
    linked.broadcaster.wantLogs('gpu1', []);
    expect(openStreams()).toEqual([]);
    host.log('upstream', 'to nobody\n', MODEL);
    await linked.clock.run(60_000);
    expect(textOf(linked.logs, MODEL)).toBe('a line\n');
    expect(logStreams()).toHaveLength(2);
  });

  test('waits for as long as it takes for a model that says nothing', async () => {
    await begin();
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    await linked.clock.run(3_600_000);
    expect(logStreams()).toHaveLength(1);
    host.log('upstream', 'at last\n', MODEL);
    await linked.clock.run(1_000);
    expect(textOf(linked.logs, MODEL)).toBe('at last\n');
  });

  test('comes again by itself after a break, without showing its history twice', async () => {
    await begin();
    host.log('upstream', 'before\n', MODEL);
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    await linked.clock.run(1_000);
    host.fault({ kind: 'refuse' });
    await linked.clock.run(1_000);
    expect(openStreams()).toEqual([]);
    host.log('upstream', 'meanwhile\n', MODEL);
    await linked.clock.run(20_000);
    const tried = logStreams().length;
    expect(tried).toBe(1);
    host.fault(null);
    await linked.clock.run(60_000);
    host.log('upstream', 'after\n', MODEL);
    await linked.clock.run(1_000);
    expect(textOf(linked.logs, MODEL)).toBe('before\nmeanwhile\nafter\n');
  });

  test('a reader that was there before the link has its log too', async () => {
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    await begin();
    host.log('upstream', 'a line\n', MODEL);
    await linked.clock.run(1_000);
    expect(textOf(linked.logs, MODEL)).toBe('a line\n');
  });

  test('a host that takes each log stream and ends it is not hammered, and stays live', async () => {
    let ends = 0;
    await begin({}, (real) => ({
      get: (path, options) => real.get(path, options),
      open: (signal, path) => path === undefined ? real.open(signal) : Promise.resolve({ status: 200, headers: { 'content-type': 'text/plain' }, start: (reader: StreamReader) => {
        ends += 1;
        reader.chunk(Buffer.from('again\n'));
        reader.end(null);
      } }),
    }));
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    const from = linked.clock.monotonic();
    await linked.clock.run(600_000);
    expect(ends).toBeGreaterThan(10);
    expect(ends).toBeLessThan(60);
    const gaps = logStreams().map(({ at }) => at - from).map((at, i, all) => at - (all[i - 1] ?? 0)).slice(1);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(LIMITS.backoff.baseMs);
    expect(linked.life('gpu1').at(-1)![1]).toBe('live');
    expect(textOf(linked.logs, MODEL)).toBe('again\n');
  });

  test('a release that keeps none says so once, and is asked again on its next connection', async () => {
    await begin({ release: 'v170' });
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    await linked.clock.run(120_000);
    expect(logStreams()).toHaveLength(1);
    expect(linked.logs.filter(({ model }) => model === MODEL)).toMatchObject([{ source: 'drover', text: expect.stringContaining('HTTP 400') }]);
    expect(linked.state('gpu1').liveness.state).toBe('live');
    host.upgrade('v250', { downMs: 2_000 });
    await linked.clock.run(60_000);
    host.log('upstream', 'a line\n', MODEL);
    await linked.clock.run(1_000);
    expect(textOf(linked.logs, MODEL, 'upstream')).toBe('a line\n');
  });

  test('characters that reads cut apart come whole', async () => {
    let reader: StreamReader | null = null;
    await begin({}, (real) => ({
      get: (path, options) => real.get(path, options),
      open: (signal, path) => path === undefined ? real.open(signal) : Promise.resolve({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, start: (to: StreamReader) => void (reader = to) }),
    }));
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    await linked.clock.run(10);
    for (const byte of Buffer.from('größer 😀 かな\n')) {
      reader!.chunk(Buffer.of(byte));
      await linked.clock.run(70);
    }
    await linked.clock.run(1_000);
    expect(textOf(linked.logs, MODEL)).toBe('größer 😀 かな\n');
    expect(linked.logs.filter(({ model }) => model === MODEL).length).toBeGreaterThan(5);
  });

  test('the host’s memory has no times, what comes later has; a reader who comes late gets both, in order, while the host is away too', async () => {
    host = createSimHost({ clock: linked.clock, random: seededRandom(3), requestLog: false });
    host.start();
    host.log('upstream', 'loaded\n', MODEL);
    await linked.add('gpu1', host.port());
    await linked.clock.run(1_000);
    expect(linked.logs.filter(({ source }) => source === 'upstream')).toMatchObject([{ text: 'loaded\n', said: null }]);
    for (const [source, text] of [['upstream', 'one\n'], ['proxy', 'two\n'], ['upstream', 'three\n']] as const) {
      host.log(source, text);
      await linked.clock.run(100);
    }
    const recent = () => linked.broadcaster.recentLogs('gpu1', null).filter(({ text }) => !text.includes('[INFO]'));
    const expected = linked.logs.filter(({ text }) => !text.includes('[INFO]')).map(({ source, said, text, dropped }) => ({ source, at: said, text, dropped }));
    expect(expected.map(({ text }) => text)).toEqual(['loaded\n', 'one\n', 'two\n', 'three\n']);
    expect(expected.map(({ at }) => at === null)).toEqual([true, false, false, false]);
    expect(recent()).toEqual(expected);
    host.kill();
    await linked.clock.run(60_000);
    expect(linked.state('gpu1').liveness.state).not.toBe('live');
    expect(recent()).toEqual(expected);
    expect(linked.broadcaster.recentLogs('gpu1', MODEL)).toEqual([]);
    expect(linked.broadcaster.recentLogs('nobody', null)).toEqual([]);
  });

  test('the first line after an empty history has its time', async () => {
    await begin();
    linked.logs.length = 0;
    host.log('upstream', 'first of all\n');
    await linked.clock.run(1_000);
    expect(linked.logs).toMatchObject([{ source: 'upstream', text: 'first of all\n', said: expect.stringMatching(/Z$/) }]);
  });

  test('a second reader gets what the first has, and after the last it is forgotten', async () => {
    await begin();
    host.log('upstream', 'before\n', MODEL);
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    await linked.clock.run(1_000);
    host.log('upstream', 'after\n', MODEL);
    await linked.clock.run(1_000);
    expect(linked.broadcaster.recentLogs('gpu1', MODEL).map(({ at, text }) => [at === null, text])).toEqual([[true, 'before\n'], [false, 'after\n']]);
    linked.broadcaster.wantLogs('gpu1', []);
    expect(linked.broadcaster.recentLogs('gpu1', MODEL)).toEqual([]);
  });

  test('a flood of the host’s own log is a frame a tick, and none of it hides a row', async () => {
    await begin();
    linked.logs.length = 0;
    const from = linked.clock.monotonic();
    for (let i = 0; i < 1_000; i += 1) {
      for (let line = 0; line < 10; line += 1) host.log('proxy', `[DEBUG] ${i}.${line}\n`);
      await linked.clock.run(1);
    }
    host.record();
    await linked.clock.run(1_000);
    const ticks = (linked.clock.monotonic() - from) / LIMITS.logs.tickMs;
    expect(linked.logs.length).toBeLessThanOrEqual(ticks + 1);
    expect(textOf(linked.logs, null, 'proxy').split('\n')).toHaveLength(10_001);
    expect(linked.activity.flatMap(({ ids }) => ids)).toEqual([1]);
  });

  test('a link that crashes opens them again with the next', async () => {
    await begin();
    linked.broadcaster.wantLogs('gpu1', [MODEL]);
    await linked.clock.run(1_000);
    linked.tree.send('drover/hosts/host:gpu1/link', { type: 'crash', error: new Error('planted') } as never);
    await linked.clock.run(1_000);
    expect(openStreams()).toHaveLength(1);
    expect(logStreams()).toHaveLength(2);
    host.log('upstream', 'a line\n', MODEL);
    await linked.clock.run(1_000);
    expect(textOf(linked.logs, MODEL)).toBe('a line\n');
  });
});

/** A link under a real tree, on a virtual clock, against a simulated host: when it tries, what it asks, what it says of its host. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost, SimHostOptions } from '../src/demo/sim-types.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { HostPort } from '../src/model/seams.ts';
import { msOfTime } from '../src/model/time.ts';
import { seededRandom } from './sim/seeded-random.ts';
import { startLinked, watched, type Asked, type Linked } from './support/linked.ts';

const EVENTS = '/api/events';
let linked: Linked;
let host: SimHost;
let port: ReturnType<typeof watched>;
const simulate = (options: Partial<SimHostOptions> = {}): SimHost => {
  const made = createSimHost({ clock: linked.clock, random: seededRandom(4), requestLog: false, ...options });
  made.start();
  return made;
};
const begin = async (options: Partial<SimHostOptions> = {}, wrap: (port: HostPort) => HostPort = (one) => one): Promise<void> => {
  host = simulate(options);
  port = watched(wrap(host.port()), linked.clock);
  await linked.add('gpu1', port);
};
const live = async (...how: Parameters<typeof begin>): Promise<void> => {
  await begin(...how);
  await linked.clock.runUntil(() => linked.state('gpu1').liveness.state === 'live', 5_000);
};
const is = (state: string) => (): boolean => linked.state('gpu1').liveness.state === state;
const attempts = (): number[] => port.opens.filter(({ path }) => path === EVENTS).map(({ at }) => at);
/** Times between the end of an attempt or stream and the next attempt. */
const rests = (): number[] => port.opens.slice(1).map(({ at }, i) => at - port.opens[i]!.endedAt!);
const asked = (path: string): Asked[] => port.gets.filter((one) => one.path.split('?')[0] === path);
beforeEach(async () => { linked = await startLinked(); });
afterEach(() => linked.stop());

describe('back-off', () => {
  test('grows to its cap with every failure, and is drawn from zero on', async () => {
    linked.chance(() => 1 - Number.EPSILON);
    await begin({}, (real) => real);
    host.fault({ kind: 'refuse' });
    await linked.clock.run(200_000);
    expect(rests().slice(0, 8).map((ms) => Math.round(ms / 500) * 500)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    const from = attempts().length;
    linked.chance(() => 0);
    await linked.clock.run(40_000);
    linked.chance(() => 0.25);
    const at = attempts().length;
    expect(at).toBeGreaterThan(from);
    await linked.clock.run(60_000);
    expect(Math.round(rests().at(-1)! / 100) * 100).toBe(7_500);
  });

  test('is forgotten after ten healthy seconds, not before', async () => {
    linked.chance(() => 0.999);
    await live();
    for (let i = 0; i < 4; i += 1) {
      await linked.clock.runUntil(is('live'), 60_000);
      await linked.clock.run(LIMITS.backoff.healthyMs - 1_000);
      host.endStreams('complete');
      await linked.clock.runUntil(is('connecting'), 1_000);
    }
    await linked.clock.runUntil(is('live'), 60_000);
    expect(rests().map((ms) => Math.round(ms / 500) * 500)).toEqual([500, 1_000, 2_000, 4_000]);
    await linked.clock.run(LIMITS.backoff.healthyMs + 1_000);
    host.endStreams('complete');
    await linked.clock.runUntil(is('connecting'), 1_000);
    await linked.clock.runUntil(is('live'), 60_000);
    expect(Math.round(rests().at(-1)! / 500) * 500).toBe(500);
  });

  test.each(['accept-close', 'greets and ends'] as const)('a host that takes each connection and ends it is not hammered: %s', async (how) => {
    const random = seededRandom(8);
    linked.chance(() => random.next());
    await begin({}, (real) => how === 'accept-close' ? real : {
      get: (path, options) => real.get(path, options),
      open: (signal, path) => real.open(signal, path).then((stream) => ({ ...stream, start(reader) {
        stream.start({ end: (fault) => reader.end(fault), chunk(bytes) {
          reader.chunk(bytes);
          if (!signal.aborted) reader.end(null);
        } });
      } })),
    });
    if (how === 'accept-close') host.fault({ kind: 'accept-close' });
    await linked.clock.run(600_000);
    expect(attempts().length).toBeGreaterThan(10);
    // Seven or so until the cap is reached, then one in 15 s; chance may draw short ones.
    expect(attempts().length).toBeLessThan(110);
  });

  test('all hosts share 20 attempts under way, and 50 begun in any second', async () => {
    const times: number[] = [];
    let open = 0;
    let most = 0;
    const slow = (real: HostPort): HostPort => ({
      get: (path, options) => real.get(path, options),
      open(signal, path) {
        times.push(linked.clock.monotonic());
        most = Math.max(most, (open += 1));
        return new Promise((resolve) => void linked.clock.setTimeout(() => resolve(undefined), 100)).then(() => real.open(signal, path)).finally(() => (open -= 1));
      },
    });
    const one = simulate({ performance: 'off' });
    for (let i = 0; i < 150; i += 1) await linked.add(`h${i}`, slow(one.port()));
    await linked.clock.run(10_000);
    expect(times).toHaveLength(150);
    expect(most).toBe(20);
    const inSecond = times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length);
    expect(Math.max(...inSecond)).toBe(50);
    expect(one.streams).toBe(150);
  });
});

describe('liveness', () => {
  test('connecting, live; connecting after a stream that was open; down through attempts that fail, with the next try', async () => {
    linked.chance(() => 0.999);
    // Slow enough for an attempt to be seen between two ticks.
    await live({ latencyMs: 100 });
    host.kill();
    await linked.clock.run(5_000);
    host.start();
    await linked.clock.runUntil(is('live'), 60_000);
    const life = linked.life('gpu1').map(([at, state, reason, next]) => [state, reason, next === null ? null : msOfTime(next) - Date.UTC(2026, 0, 1) > at]);
    expect(life.slice(0, 9)).toEqual([
      ['connecting', null, null], ['live', null, null],
      ['connecting', 'cut', true], ['connecting', 'cut', null],
      ['down', 'refused', true], ['down', 'refused', null], ['down', 'refused', true], ['down', 'refused', null], ['down', 'refused', true],
    ]);
    expect(life.at(-1)).toEqual(['live', null, null]);
    // What was said of the next try came true.
    for (const [at, state, , next] of linked.life('gpu1')) {
      if (next === null) continue;
      const due = msOfTime(next) - Date.UTC(2026, 0, 1);
      expect(attempts().some((tried) => tried >= due && tried < due + 50), `${state} at ${at} until ${due}`).toBe(true);
    }
    const downs = linked.published.filter(({ state }) => state.liveness.state === 'down').map(({ state }) => state.liveness.since);
    expect(new Set(downs).size).toBe(1);
    expect(linked.published.filter(({ state }) => state.liveness.state === 'down').every(({ state }) => state.asOf !== null)).toBe(true);
    expect(linked.state('gpu1').asOf).toBeNull();
  });

  test.each([
    ['refused', { kind: 'refuse' }], ['unauthorized', { kind: 'status', status: 401 }], ['not_found', { kind: 'status', status: 404 }],
    ['redirect', { kind: 'status', status: 302, location: 'http://elsewhere/' }], ['not_event_stream', { kind: 'html' }], ['timeout', { kind: 'silent' }],
  ] as const)('down, %s', async (code, fault) => {
    await begin();
    host.fault(fault);
    await linked.clock.runUntil(is('down'), 20_000);
    expect(linked.state('gpu1').liveness.reason).toMatchObject({ code });
  });

  test('a 200 without a first frame is a failed attempt', async () => {
    await begin({}, (real) => ({
      get: (path, options) => real.get(path, options),
      open: () => Promise.resolve({ status: 200, headers: { 'content-type': 'text/event-stream' }, start() {} }),
    }));
    await linked.clock.runUntil(is('down'), LIMITS.stream.headersTimeoutMs + 1_000);
    expect(linked.state('gpu1').liveness.reason?.code).toBe('timeout');
  });

  test('one probe without an answer is stale; an answer makes it live, and its ring is read again', async () => {
    await live();
    await linked.clock.run(5_000);
    host.fault({ kind: 'hang' });
    await linked.clock.runUntil(is('stale'), 25_000);
    expect(linked.state('gpu1').liveness.reason?.code).toBe('timeout');
    host.dropNext(1, { kinds: ['activity'], aftermath: false });
    const lost = host.record()!;
    const before = port.gets.length;
    host.fault(null);
    await linked.clock.runUntil(is('live'), 15_000);
    await linked.clock.run(2_000);
    expect(port.gets.slice(before).map(({ path }) => path)).toContain('/api/metrics/activity?limit=999&page=1');
    expect(linked.activity.flatMap(({ ids }) => ids)).toContain(lost.id);
    expect(attempts()).toHaveLength(1);
  });

  test.each(['on', 'off'] as const)('three probes without an answer, or 30 s, and the stream is cut: unresponsive (performance %s)', async (performance) => {
    await live({ performance });
    await linked.clock.run(20_000);
    host.fault({ kind: 'hang' });
    await linked.clock.runUntil(is('stale'), 40_000);
    const took = await linked.clock.runUntil(is('connecting'), 31_000);
    expect(took).toBeLessThanOrEqual(LIMITS.probe.failuresMs + 100);
    expect(linked.state('gpu1').liveness.reason?.code).toBe('unresponsive');
    expect(port.opens[0]!.endedAt).not.toBeNull();
    expect(host.streams).toBe(0);
  });

  test('a host that hangs until its stream is closed comes back by itself', async () => {
    await live({ release: 'v220' });
    host.dropNext(1);
    host.record();
    await linked.clock.runUntil(is('stale'), 40_000);
    await linked.clock.runUntil(is('live'), 60_000);
    await linked.clock.run(5_000);
    expect(linked.activity.flatMap(({ ids }) => ids)).toEqual([0]);
  });

  test('bytes of the stream do not save a probe', async () => {
    await live();
    host.fault({ kind: 'hang' });
    for (let i = 0; i < 50 && !is('stale')(); i += 1) {
      host.log('proxy', 'still here\n');
      await linked.clock.run(1_000);
    }
    expect(is('stale')()).toBe(true);
  });

  test('a process that stood still closes the stream itself', async () => {
    await live();
    await linked.clock.run(30_000);
    linked.stall(20_000);
    await linked.clock.runUntil(is('connecting'), 15_000);
    expect(linked.state('gpu1').liveness.reason?.code).toBe('overrun');
    expect(host.streams).toBe(0);
    await linked.clock.runUntil(is('live'), 5_000);
  });

  test('a tree that stops leaves no stream, no timer, no request', async () => {
    await live();
    await linked.tree.call('drover/hosts', { fn: 'terminate_child', pid: linked.tree.whereis('drover/hosts/host:gpu1')! });
    await linked.clock.run(1_000);
    expect(host.streams).toBe(0);
    const asks = port.gets.length + port.opens.length;
    await linked.clock.run(120_000);
    expect(port.gets.length + port.opens.length).toBe(asks);
  });
});

test('a quiet host stays live for a day', async () => {
  await linked.stop();
  // Fewer polls than in life, or the day would take half a minute.
  linked = await startLinked({ ...LIMITS, probe: { ...LIMITS.probe, everyMs: 300_000, perfEveryMs: 300_000, runningEveryMs: 900_000 } });
  await live();
  await linked.clock.run(86_400_000);
  expect(linked.life('gpu1').map(([, state]) => state)).toEqual(['connecting', 'live']);
  expect(attempts()).toHaveLength(1);
  expect(linked.store.gaps('gpu1')).toEqual([]);
}, 60_000);

describe('polls', () => {
  const overlaps = (all: Asked[]): number => all.filter(({ at }, i) => all.some((other, j) => j < i && (other.endedAt === null || other.endedAt > at))).length;

  test('never two of a kind at once, none longer than 10 s', async () => {
    await live();
    for (const kind of ['hang', null, 'hang', null] as const) {
      host.fault(kind === null ? null : { kind });
      for (let i = 0; i < 30; i += 1) {
        host.request({ model: i % 2 === 0 ? 'alpha-8b-q4' : 'beta-32b-q4', durationMs: 100 });
        await linked.clock.run(1_000);
      }
    }
    for (const path of ['/running', '/api/performance', '/health', '/api/version', '/api/metrics/activity']) {
      expect(overlaps(asked(path)), path).toBe(0);
      expect(Math.max(...asked(path).map(({ at, endedAt }) => (endedAt ?? linked.clock.monotonic()) - at), 0), path).toBeLessThanOrEqual(LIMITS.probe.timeoutMs + 10);
    }
    expect(asked('/running').length).toBeGreaterThan(5);
  });

  test('performance goes on from `after` as the host said it', async () => {
    let last = '';
    await live({ offsetMinutes: 330 }, (real) => ({
      open: (signal, path) => real.open(signal, path),
      async get(path, options) {
        if (last !== '' && path.startsWith('/api/performance')) expect(decodeURIComponent(path.split('after=')[1]!)).toBe(last);
        const answer = await real.get(path, options);
        if (path.startsWith('/api/performance')) last = (JSON.parse(Buffer.from(answer.body).toString()) as { sys_stats: { timestamp: string }[] | null }).sys_stats?.at(-1)?.timestamp ?? last;
        return answer;
      },
    }));
    await linked.clock.run(35_000);
    expect(last).toContain('+05:30');
    expect(asked('/api/performance').length).toBe(4);
    host.endStreams('cut');
    await linked.clock.run(5_000);
    expect(asked('/api/performance').at(-1)!.path).toContain('after=');
    expect(asked('/health')).toEqual([]);
  });

  test('without performance /health is asked, but not when another answer came within 15 s', async () => {
    await live({ performance: 'off' });
    await linked.clock.run(120_000);
    const answers = port.gets.map(({ endedAt }) => endedAt!);
    expect(asked('/health').length).toBeGreaterThan(4);
    for (const { at } of asked('/health')) expect(answers.some((endedAt) => endedAt <= at && endedAt > at - LIMITS.probe.everyMs)).toBe(false);
  });

  test('/running on a change of models, once a burst, and every 60 s', async () => {
    await live();
    await linked.clock.run(5_000);
    const from = linked.clock.monotonic();
    await linked.clock.run(300_000);
    const quiet = asked('/running').filter(({ at }) => at > from);
    expect(quiet).toHaveLength(5);
    const changed = linked.clock.monotonic();
    host.request({ model: 'beta-32b-q4', durationMs: 50 });
    await linked.clock.run(5_000);
    const after = asked('/running').filter(({ at }) => at > changed);
    expect(after.length).toBeGreaterThanOrEqual(1);
    expect(after.length).toBeLessThanOrEqual(3);
    expect(after[0]!.at - changed).toBeLessThan(400);
  });

  test('the last contact alone is published at most every 10 s', async () => {
    await live({ performance: 'off' });
    await linked.clock.run(5_000);
    linked.published.length = 0;
    for (let i = 0; i < 600; i += 1) {
      // What changes nothing that is shown.
      host.log('proxy', 'a line\n');
      await linked.clock.run(100);
    }
    const alone = linked.published.filter(({ ops }) => ops?.every(({ path }) => path === '/liveness/lastContactAt'));
    expect(alone.length).toBeGreaterThanOrEqual(5);
    const steps = alone.slice(1).map(({ at }, i) => at - alone[i]!.at);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(LIMITS.publish.lastContactMs);
    const { lastContactAt } = linked.state('gpu1').liveness;
    expect(linked.clock.now() - msOfTime(lastContactAt!)).toBeLessThanOrEqual(LIMITS.publish.lastContactMs + 100);
  });
});

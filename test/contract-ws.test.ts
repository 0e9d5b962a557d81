/** The contract's chapter on `/ws`, against the real program: frames on a bare socket, and the reference client's state beside HTTP's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverFrame } from '../src/model/frames.ts';
import { applyPatch } from '../src/model/patch.ts';
import { rawSocket, startFleet, TIME, type Fleet, type RawSocket } from './support/fleet.ts';
import { eventually } from './support/program.ts';

const is = (type: string) => (frame: any): boolean => frame.type === type;
const of = (type: string, host: string) => (frame: any): boolean => frame.type === type && frame.host === host;
const keys = (value: object): string[] => Object.keys(value).sort();

/** In place of 10 s, so that nobody waits. */
const CONTACT_MS = 1_000;

let fleet: Fleet;
const sockets: RawSocket[] = [];
const open = async (): Promise<RawSocket> => {
  const socket = await rawSocket(fleet.program.url);
  sockets.push(socket);
  return socket;
};
/** Every host's place as HTTP tells it. */
const positions = async (): Promise<Record<string, [string, number]>> => Object.fromEntries((await fleet.ask('GET', '/api/hosts')).body.hosts.map(({ id, epoch, seq }: any) => [id, [epoch, seq]]));

beforeAll(async () => {
  fleet = await startFleet({
    env: { DROVER_LIMITS_PUBLISH_LAST_CONTACT_MS: String(CONTACT_MS) },
    sims: {
      a: { release: 'v250', models: [{ id: '__proto__', loadMs: 5, ttlS: 60 }, { id: 'a/b~c', loadMs: 5 }], metricsMaxInMemory: 20 },
      b: { release: 'v235', performance: 'off', models: [{ id: 'm', loadMs: 5 }] },
    },
  });
  for (const id of ['a', 'b']) await fleet.host(id, ({ liveness, bootEpoch, build }) => liveness.state === 'live' && bootEpoch !== null && build !== null, 'live');
});
afterAll(async () => {
  for (const { ws } of sockets) ws.terminate();
  await fleet?.close();
});

describe('the beginning', () => {
  it('hello first and alone; a snapshot equals what HTTP shows at that seq; every frame fits its schema', async () => {
    const socket = await open();
    const hello = await socket.next(() => true, 'a first frame');
    expect(hello).toEqual({ type: 'hello', protocol: 1, server: { name: 'drover', version: expect.stringMatching(/^\d+\.\d+\.\d+/) }, serverEpoch: expect.any(String) });
    socket.send({ type: 'subscribe', topics: ['fleet', 'actors', 'activity', 'runs', 'gaps', 'perf', 'logs:a', 'logs:a/a/b~c'] });
    const subscribed = await socket.next(is('subscribed'), 'subscribed');
    expect(subscribed).toEqual({
      type: 'subscribed',
      topics: Object.fromEntries(['fleet', 'actors', 'activity', 'runs', 'gaps', 'perf', 'logs:a', 'logs:a/a/b~c'].map((topic) => [topic, { recovered: false }])),
    });
    expect(socket.frames[1]).toBe(subscribed);
    const fleetSnapshot = await socket.next(is('fleet.snapshot'), 'fleet.snapshot');
    await socket.next(is('actors.snapshot'), 'actors.snapshot');
    expect(socket.frames.slice(2, 4).map(({ type }) => type)).toEqual(['fleet.snapshot', 'actors.snapshot']);
    for (const entry of fleetSnapshot.hosts) {
      expect(keys(entry)).toEqual(['epoch', 'host', 'seq', 'state']);
      const { body } = await fleet.ask('GET', `/api/hosts/${entry.host}`);
      expect(body.epoch).toBe(entry.epoch);
      if (body.seq === entry.seq) expect(body.state).toEqual(entry.state);
    }
    const actors = socket.frames[3];
    expect(keys(actors)).toEqual(['actors', 'epoch', 'seq', 'type']);
    expect(actors.actors['drover/http']).toMatchObject({ path: 'drover/http', kind: 'worker' });
    for (const frame of socket.frames) expect(serverFrame.safeParse(frame).error, JSON.stringify(frame).slice(0, 500)).toBeUndefined();
    socket.close();
  });

  it('unknown topics are named and the others served; malformed frames are answered, and after ten the end is 1008', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', topics: ['nonsense', 'logs:nobody', 'logs:a/no-such-model', 'gaps', 'toString'] });
    const subscribed = await socket.next(is('subscribed'), 'subscribed');
    expect(keys(subscribed.topics)).toEqual(['gaps']);
    await socket.next((frame) => frame.code === 'unknown_topic' && JSON.stringify(frame).includes('nonsense'), 'an error for it');
    for (const topic of ['logs:nobody', 'no-such-model', 'toString']) await socket.next((frame) => frame.code === 'unknown_topic' && frame.message.includes(topic), `an error for ${topic}`);
    expect(socket.ws.readyState).toBe(1);
    const bad = ['nonsense', '[]', 'null', '{}', '{"type":"launch"}', '{"type":"subscribe"}', '{"type":"subscribe","topics":"fleet"}', '{"type":"resync"}', '{"type":"subscribe","topics":["fleet"],"since":{"fleet":{"a":"x"}}}', '{"type":"unsubscribe"}'];
    for (const frame of bad) socket.send(frame);
    expect(await socket.closed).toBe(1008);
    const errors = socket.frames.filter(({ type, code }) => type === 'error' && code !== 'unknown_topic');
    expect(errors).toHaveLength(10);
    for (const error of errors) expect(error).toEqual({ type: 'error', code: expect.any(String), message: expect.any(String) });
  });

  it('unknown fields are ignored', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', topics: ['gaps'], colour: 'red', since: { weather: 1 } });
    expect((await socket.next(is('subscribed'), 'subscribed')).topics).toEqual({ gaps: { recovered: false } });
    socket.close();
  });
});

describe('deltas', () => {
  it('rise by one, are RFC 6902, and lead to what HTTP shows; hostile keys are escaped', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', topics: ['fleet'] });
    const snapshot = await socket.next(is('fleet.snapshot'), 'snapshot');
    for (const model of ['__proto__', 'a/b~c']) {
      const from = socket.frames.length;
      fleet.sims['a']!.request({ model, durationMs: 30 });
      const pointer = `/models/${model.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      await socket.next((frame) => frame.type === 'fleet.delta' && frame.host === 'a' && frame.ops.some(({ path }: any) => path.startsWith(pointer)), `a delta of ${model}`, from);
    }
    const { body: now } = await fleet.ask('GET', '/api/hosts/a');
    await socket.next((frame) => frame.type === 'fleet.delta' && frame.host === 'a' && frame.seq >= now.seq, 'the seq of HTTP');
    const { epoch, ...held } = snapshot.hosts.find(({ host }: any) => host === 'a');
    let { seq, state } = held;
    for (const frame of socket.frames) {
      if (frame.type !== 'fleet.delta' || frame.host !== 'a' || frame.seq > now.seq) continue;
      expect(keys(frame)).toEqual(['epoch', 'host', 'ops', 'seq', 'type']);
      expect([frame.epoch, frame.seq]).toEqual([epoch, seq + 1]);
      expect(frame.ops.length).toBeGreaterThan(0);
      for (const op of frame.ops) expect(['add', 'replace', 'remove']).toContain(op.op);
      state = applyPatch(state, frame.ops);
      seq = frame.seq;
    }
    expect(seq).toBe(now.seq);
    expect(JSON.stringify(sorted(state))).toBe(JSON.stringify(sorted(now.state)));
    socket.close();
  });

  it('a quiet host makes a delta of its last contact alone, and seldom', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', topics: ['fleet'] });
    await socket.next(is('fleet.snapshot'), 'snapshot');
    const alone = (frame: any): boolean => frame.type === 'fleet.delta' && frame.host === 'b' && frame.ops.every(({ path }: any) => path === '/liveness/lastContactAt');
    // Each log line is a contact.
    const lines = setInterval(() => fleet.sims['b']!.log('proxy', 'a line\n'), 20);
    try {
      const contacts: number[] = [];
      let from = 0;
      let shortest = Infinity;
      while (contacts.length < 4) {
        const frame = await socket.next(alone, 'a contact alone', from);
        const { ops } = frame;
        from = socket.frames.indexOf(frame) + 1;
        contacts.push(Date.parse(ops[0].value));
        if (contacts.length === 1) continue;
        const apart = contacts.at(-1)! - contacts.at(-2)!;
        expect(apart).toBeGreaterThanOrEqual(CONTACT_MS - 100);
        shortest = Math.min(shortest, apart);
      }
      // The default would be 10 s: the setting is in effect. One that rode along with another change leaves a longer stretch.
      expect(shortest).toBeLessThan(9_000);
    } finally {
      clearInterval(lines);
      socket.close();
    }
  });

  it('resync answers with the host\'s snapshot, of an unknown host with host.removed', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', topics: ['fleet'] });
    await socket.next(is('fleet.snapshot'), 'snapshot');
    socket.send({ type: 'resync', host: 'b' });
    expect(keys(await socket.next(of('host.snapshot', 'b'), 'host.snapshot'))).toEqual(['epoch', 'host', 'seq', 'state', 'type']);
    socket.send({ type: 'resync', host: 'nobody' });
    expect(await socket.next(is('host.removed'), 'host.removed')).toEqual({ type: 'host.removed', host: 'nobody' });
    socket.close();
  });

  it('a host that comes is a host.snapshot at seq 1, one that changes its epoch too, one that goes host.removed', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', topics: ['fleet'] });
    await socket.next(is('fleet.snapshot'), 'snapshot');
    await fleet.ask('POST', '/api/hosts', { id: 'c', baseUrl: 'http://127.0.0.1:1', enabled: false });
    const first = await socket.next(of('host.snapshot', 'c'), 'c');
    expect(first).toMatchObject({ seq: 1, state: { liveness: { state: 'disabled' } } });
    const from = socket.frames.length;
    await fleet.ask('PATCH', '/api/hosts/c', { enabled: true });
    const second = await socket.next(of('host.snapshot', 'c'), 'c enabled', from);
    expect(second.seq).toBe(1);
    expect(second.epoch).not.toBe(first.epoch);
    await fleet.ask('DELETE', '/api/hosts/c');
    expect(await socket.next(of('host.removed', 'c'), 'c gone')).toEqual({ type: 'host.removed', host: 'c' });
    const at = socket.frames.findIndex(of('host.removed', 'c'));
    expect(socket.frames.slice(at + 1).filter(({ host }) => host === 'c')).toEqual([]);
    socket.close();
  });
});

describe('coming back', () => {
  it('fleet: recovered with exactly the deltas missed, in seq order; else one snapshot', async () => {
    const before = await positions();
    fleet.sims['a']!.request({ model: 'a/b~c', durationMs: 300 });
    await fleet.host('a', ({ inflight }) => inflight.total === 1, 'busy');
    await fleet.host('a', ({ inflight }) => inflight.total === 0, 'idle');
    const after = await positions();
    const resume = async (since: unknown): Promise<RawSocket> => {
      const socket = await open();
      socket.send({ type: 'subscribe', topics: ['fleet'], since });
      await socket.next(is('subscribed'), 'subscribed');
      return socket;
    };
    const recovered = await resume({ fleet: before });
    expect(recovered.frames[1].topics).toEqual({ fleet: { recovered: true } });
    await recovered.next((frame) => frame.type === 'fleet.delta' && frame.host === 'a' && frame.seq >= after['a']![1], 'the last delta');
    const seqs = recovered.frames.filter(of('fleet.delta', 'a')).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => before['a']![1] + 1 + i));
    expect(recovered.frames.filter(({ type }) => type.endsWith('snapshot'))).toEqual([]);

    const one = await resume({ fleet: { a: after['a'], ghost: ['x', 3] } });
    expect(one.frames[1].topics).toEqual({ fleet: { recovered: true } });
    expect(await one.next(of('host.snapshot', 'b'), 'b, that was not named')).toBeDefined();
    expect(await one.next(of('host.removed', 'ghost'), 'the ghost removed')).toBeDefined();

    for (const fleetSince of [{ ...after, a: ['another', after['a']![1]] }, { ...after, a: [after['a']![0], after['a']![1] + 1_000] }]) {
      const whole = await resume({ fleet: fleetSince });
      expect(whole.frames[1].topics).toEqual({ fleet: { recovered: false } });
      const snapshot = await whole.next(is('fleet.snapshot'), 'one snapshot');
      expect(snapshot.hosts.map(({ host }: any) => host).sort()).toEqual(['a', 'b']);
    }
    for (const socket of sockets.splice(0)) socket.close();
  });

  it('streams: every missing frame or none', async () => {
    const a = fleet.sims['a']!;
    await eventually(() => fleet.ask('GET', '/api/activity?host=a&limit=1000'), ({ body }) => a.inflight === 0 && body.rows.length >= a.servedCount, 'earlier requests are over');
    const socket = await open();
    const { serverEpoch } = await socket.next(is('hello'), 'hello');
    socket.send({ type: 'subscribe', topics: ['activity', 'fleet'] });
    await socket.next(is('fleet.snapshot'), 'subscribed');
    const from = socket.frames.length;
    for (let i = 1; i <= 3; i += 1) {
      const at = socket.frames.length;
      fleet.sims['b']!.record({ inputTokens: 100 + i });
      await socket.next((frame) => frame.type === 'activity' && frame.rows.some(({ inputTokens }: any) => inputTokens === 100 + i), `row ${i}`, at);
    }
    const frames = socket.frames.slice(from).filter(is('activity'));
    expect(frames.map(({ n }) => n)).toEqual(frames.map((_, i) => frames[0].n + i));
    for (const frame of frames) {
      expect(keys(frame)).toEqual(['host', 'n', 'rows', 'type']);
      expect(frame.rows[0]).toMatchObject({ hostId: 'b', bootEpoch: 1, upstreamId: expect.any(Number), ts: expect.stringMatching(TIME) });
    }
    const { body } = await eventually(() => fleet.ask('GET', '/api/activity?host=b'), (answer) => answer.body.rows.length >= 3, 'stored');
    expect(body.rows.map(keys)).toEqual(body.rows.map(() => keys(frames[0].rows[0])));
    const resume = async (since: unknown): Promise<[boolean, any[]]> => {
      const again = await open();
      again.send({ type: 'subscribe', topics: ['activity', 'fleet'], since });
      await again.next(is('fleet.snapshot'), 'subscribed');
      again.close();
      return [again.frames.find(is('subscribed')).topics.activity.recovered, again.frames.filter(is('activity'))];
    };
    const [first, , last] = frames;
    expect(await resume({ serverEpoch, activity: first.n })).toEqual([true, frames.slice(1)]);
    expect(await resume({ serverEpoch, activity: last.n })).toEqual([true, []]);
    expect(await resume({ serverEpoch, activity: last.n + 1 })).toEqual([false, []]);
    expect(await resume({ serverEpoch: 'another', activity: first.n })).toEqual([false, []]);
    expect(await resume({ activity: first.n })).toEqual([false, []]);
    expect((await resume({ serverEpoch }))[0]).toBe(false);
    socket.close();
  });
});

describe('streams', () => {
  it('gaps, perf and logs', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', topics: ['gaps', 'logs:a', 'activity', 'fleet'] });
    await socket.next(is('fleet.snapshot'), 'subscribed');
    fleet.sims['a']!.log('upstream', 'a line of its own\n');
    const log = await socket.next((frame) => frame.type === 'log' && frame.text.includes('a line of its own'), 'the line');
    expect(log).toEqual({ type: 'log', host: 'a', source: 'upstream', text: expect.any(String), at: expect.toSatisfy((at) => at === null || typeof at === 'string') });
    const host = fleet.sims['a']!;
    host.endStreams('cut');
    host.fault({ kind: 'refuse' });
    await fleet.host('a', ({ liveness }) => liveness.state === 'down', 'down');
    for (let i = 0; i < 40; i += 1) host.record({});
    host.fault(null);
    const gap = await socket.next(is('gap'), 'a gap');
    expect(keys(gap)).toEqual(['gap', 'host', 'n', 'type']);
    expect(gap).toMatchObject({ host: 'a', gap: { hostId: 'a', cause: 'wrap' } });
    const stored = await eventually(() => fleet.ask('GET', '/api/gaps?host=a'), ({ body }) => body.gaps.length === 1, 'stored');
    expect(stored.body.gaps[0]).toEqual(gap.gap);
    // Rows that were reconciled are on the stream too, once each.
    await socket.next((frame) => frame.type === 'activity' && frame.host === 'a' && frame.rows.length > 0, 'reconciled rows');
    expect(socket.frames.filter((frame) => frame.type === 'log' && frame.text.includes('a line of its own'))).toHaveLength(1);
    socket.close();
  });

  it('unsubscribe ends a topic', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', topics: ['activity', 'gaps'] });
    await socket.next(is('subscribed'), 'subscribed');
    socket.send({ type: 'unsubscribe', topics: ['activity'] });
    socket.send({ type: 'resync', host: 'nobody' });
    await socket.next(is('host.removed'), 'an answer behind it');
    fleet.sims['b']!.record({ inputTokens: 999 });
    await eventually(() => fleet.ask('GET', '/api/activity?host=b'), ({ body }) => body.rows.some(({ inputTokens }: any) => inputTokens === 999), 'stored');
    socket.send({ type: 'resync', host: 'nobody-2' });
    await socket.next(of('host.removed', 'nobody-2'), 'an answer behind that');
    expect(socket.frames.filter(is('activity'))).toEqual([]);
    socket.close();
  });
});

describe('a stalled reader', () => {
  it('is found, gets lagged and fresh snapshots once it reads again; another one misses nothing', async () => {
    const stalled = await open();
    stalled.send({ type: 'subscribe', topics: ['fleet', 'activity', 'logs:a'] });
    await stalled.next(is('fleet.snapshot'), 'snapshot');
    const quick = await open();
    quick.send({ type: 'subscribe', topics: ['activity'] });
    await quick.next(is('subscribed'), 'subscribed');
    stalled.ws.pause();
    const text = 'x'.repeat(200);
    let last = 0;
    const counts = async (): Promise<number> => Number(/^drover_[a-z_]*stalled[a-z_]* (\d+)/m.exec((await fleet.ask('GET', '/metrics')).body)?.[1] ?? -1);
    // Rows enough to go over what the kernel and the budget take.
    await eventually(async () => {
      for (let i = 0; i < 400; i += 1) last = fleet.sims['b']!.record({ reqPath: `/${text}`, model: 'm', error: text })!.id;
      return counts();
    }, (stalledNow) => stalledNow > 0, 'found stalled', 40_000);
    const from = stalled.frames.length;
    stalled.ws.resume();
    const lagged = await stalled.next(is('lagged'), 'lagged', from);
    expect(lagged.topics.sort()).toEqual(['activity', 'fleet']);
    const snapshot = await stalled.next(is('fleet.snapshot'), 'a snapshot unasked', from);
    expect(stalled.frames.indexOf(snapshot)).toBeGreaterThan(stalled.frames.indexOf(lagged));
    await quick.next((frame) => frame.type === 'activity' && frame.rows.some(({ upstreamId }: any) => upstreamId === last), 'the last row at the other');
    const seen = quick.frames.filter(is('activity'));
    expect(seen.map(({ n }) => n)).toEqual(seen.map((_, i) => seen[0].n + i));
    stalled.close();
    quick.close();
  });
});

describe('the end', () => {
  it('1012, and after the restart another serverEpoch', async () => {
    const socket = await open();
    const hello = await socket.next(is('hello'), 'hello');
    await fleet.restart();
    expect(await socket.closed).toBe(1012);
    const again = await open();
    expect((await again.next(is('hello'), 'hello')).serverEpoch).not.toBe(hello.serverEpoch);
    again.close();
  });
});

/** Key order is no part of a state. */
function sorted(value: any): any {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

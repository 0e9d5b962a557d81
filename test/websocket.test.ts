/** `/ws` as the contract says it: topics, counters, resume, limits, the handshake. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { serverFrame } from '../src/model/frames.ts';
import type { ClientFrame, ServerFrame } from '../src/model/frames.ts';
import type { ActorStatus } from '../src/model/status.ts';
import { gap, row, sample } from './support/rows.ts';
import { framesOf, quietActors, startView } from './support/view.ts';
import type { TestSocket, View, ViewOptions } from './support/view.ts';

let view: View;
const start = async (options?: ViewOptions): Promise<View> => (view = await startView(options));
afterEach(() => view.stop());

type Since = Extract<ClientFrame, { type: 'subscribe' }>['since'];
async function subscribe(socket: TestSocket, topics: string[], since?: Since): Promise<ServerFrame[]> {
  const from = socket.frames.length;
  socket.send({ type: 'subscribe', topics, ...(since ? { since } : {}) });
  await socket.barrier();
  const frames = framesOf(socket, from);
  return frames.slice(frames.findIndex(({ type }) => type === 'subscribed'));
}
const types = (frames: readonly ServerFrame[]): string[] => frames.map(({ type }) => type);
const epochOf = async (socket: TestSocket): Promise<string> => {
  const hello = await socket.until(({ type }) => type === 'hello');
  return hello.type === 'hello' ? hello.serverEpoch : '';
};

describe('topics', () => {
  test('hello first; fleet: one snapshot, then deltas whose ops lead from state to state; two hosts do not touch each other', async () => {
    const { host, connect: open, feed } = await start();
    const [a, b] = [host('a'), host('b')];
    const socket = await open();
    const first = await subscribe(socket, ['fleet']);
    expect(socket.frames[0]).toMatchObject({ protocol: 1, server: { name: 'drover', version: '0.0.0' } });
    expect(first).toEqual([
      { type: 'subscribed', topics: { fleet: { recovered: false } } },
      { type: 'fleet.snapshot', hosts: [{ host: 'a', epoch: a.epoch, seq: 1, state: a.state }, { host: 'b', epoch: b.epoch, seq: 1, state: b.state }] },
    ]);
    const from = socket.frames.length;
    a.change({ profile: 'night' });
    b.change({ profile: 'day' });
    a.change({ profile: null });
    await socket.barrier();
    expect(framesOf(socket, from)).toEqual([
      { type: 'fleet.delta', host: 'a', epoch: a.epoch, seq: 2, ops: [{ op: 'replace', path: '/profile', value: 'night' }] },
      { type: 'fleet.delta', host: 'b', epoch: b.epoch, seq: 2, ops: [{ op: 'replace', path: '/profile', value: 'day' }] },
      { type: 'fleet.delta', host: 'a', epoch: a.epoch, seq: 3, ops: [{ op: 'replace', path: '/profile', value: null }] },
    ]);
    expect(feed.readHost('a')).toEqual({ host: 'a', epoch: a.epoch, seq: 3, state: a.state });
    for (const frame of framesOf(socket)) expect(serverFrame.safeParse(frame).error).toBeUndefined();
  });

  test('hostile keys of a state arrive as they are', async () => {
    const { host, connect: open } = await start();
    const a = host('a');
    const socket = await open();
    await subscribe(socket, ['fleet']);
    const models = JSON.parse('{"__proto__": {"name": "x"}, "a/b~c": {"name": "y"}, "constructor": {"name": "z"}}') as typeof a.state.models;
    a.change({ models });
    const [, snapshot] = await subscribe(socket, ['fleet']);
    expect(snapshot?.type === 'fleet.snapshot' && JSON.stringify(snapshot.hosts[0]?.state.models)).toBe(JSON.stringify(models));
  });

  test('each stream counts its own frames', async () => {
    const { host, connect: open, feed } = await start();
    const a = host('a');
    a.handle.activity([row({ hostId: 'a' })]);
    const socket = await open();
    expect(await subscribe(socket, ['activity', 'gaps', 'runs', 'perf'])).toEqual([{
      type: 'subscribed', topics: { activity: { recovered: false }, gaps: { recovered: false }, runs: { recovered: false }, perf: { recovered: false } },
    }]);
    const from = socket.frames.length;
    feed.gap(gap({ hostId: 'a' }));
    a.handle.activity([row({ hostId: 'a', upstreamId: 1 }), row({ hostId: 'a', upstreamId: 2 })]);
    feed.gap(gap({ hostId: 'a', id: 'gap-2' }));
    a.handle.perf([sample({ hostId: 'a' })]);
    await socket.barrier();
    expect(framesOf(socket, from)).toEqual([
      { type: 'gap', n: 1, host: 'a', gap: gap({ hostId: 'a' }) },
      { type: 'activity', n: 2, host: 'a', rows: [row({ hostId: 'a', upstreamId: 1 }), row({ hostId: 'a', upstreamId: 2 })] },
      { type: 'gap', n: 2, host: 'a', gap: gap({ hostId: 'a', id: 'gap-2' }) },
      { type: 'perf', host: 'a', samples: [sample({ hostId: 'a' })] },
    ]);
  });

  test('ten thousand rows go out in frames that a client can take', async () => {
    const { host, connect: open } = await start();
    const a = host('a');
    const socket = await open();
    await subscribe(socket, ['activity']);
    const from = socket.frames.length;
    a.handle.activity(Array.from({ length: 10_000 }, (_, upstreamId) => row({ hostId: 'a', upstreamId })));
    await socket.barrier();
    const frames = framesOf(socket, from);
    const rows = frames.flatMap((frame) => (frame.type === 'activity' ? frame.rows : []));
    expect(rows.map(({ upstreamId }) => upstreamId)).toEqual(Array.from({ length: 10_000 }, (_, id) => id));
    expect(frames.map((frame) => frame.type === 'activity' && frame.n)).toEqual(frames.map((_, i) => i + 1));
  });

  test('a tick holds back and joins; what was published before a subscribe never comes after its snapshot', async () => {
    const { host, connect: open, clock } = await start({ ws: { flushMs: 50 } });
    const a = host('a');
    const [early, late] = [await open(), await open()];
    await subscribe(early, ['fleet']);
    const from = early.frames.length;
    a.change({ profile: 'one' });
    a.change({ profile: 'two' });
    expect(clock.pending()).toBeGreaterThan(0);
    const frames = await subscribe(late, ['fleet']);
    expect(frames[1]).toMatchObject({ type: 'fleet.snapshot', hosts: [{ seq: 3 }] });
    a.change({ profile: 'three' });
    clock.advance(50);
    const [e, l] = await Promise.all([early, late].map((socket) => socket.until((frame) => frame.type === 'fleet.delta' && frame.seq === 4)));
    expect(e).toEqual(l);
    expect(framesOf(early, from).map((frame) => 'seq' in frame && frame.seq)).toEqual([2, 3, 4]);
    expect(types(framesOf(late)).filter((type) => type === 'fleet.delta')).toHaveLength(1);
  });

  test('unknown topics are named, the others served; unsubscribe ends a topic', async () => {
    const { host, connect: open } = await start();
    const a = host('a');
    const socket = await open();
    const frames = await subscribe(socket, ['nonsense', 'fleet', 'logs:nobody', 'logs:a/nomodel', 'logs:a/peer/llama', 'logs:a/__proto__', '__proto__']);
    expect(frames[0]).toEqual({ type: 'subscribed', topics: { 'fleet': { recovered: false }, 'logs:a/peer/llama': { recovered: false } } });
    expect(frames.filter(({ type }) => type === 'error')).toHaveLength(5);
    expect(frames[1]).toEqual({ type: 'error', code: 'unknown_topic', message: 'there is no topic "nonsense"' });
    socket.send({ type: 'unsubscribe', topics: ['fleet'] });
    await socket.barrier();
    const from = socket.frames.length;
    a.change({ profile: 'x' });
    await socket.barrier();
    expect(framesOf(socket, from)).toEqual([]);
    expect(socket.closeCode).toBe(0);
  });

  test('actors: a snapshot, then at most one delta a second, none for counters alone', async () => {
    const actors = quietActors();
    const status = (path: string, more: Partial<ActorStatus> = {}): ActorStatus => ({
      path, kind: 'worker', name: path, incarnation: 1, state: 'live', since: '2026-01-01T00:00:00.000000Z',
      restarts: { count: 0, intensity: null, periodS: null, total: 0 }, lastExit: null, queued: null, handled: 0, ...more,
    });
    const { connect: open, clock } = await start({ actors });
    actors.set([status('drover/a'), status('drover/b')]);
    const socket = await open();
    const [subscribed, snapshot] = await subscribe(socket, ['actors']);
    expect(subscribed).toEqual({ type: 'subscribed', topics: { actors: { recovered: false } } });
    expect(snapshot).toMatchObject({ type: 'actors.snapshot', actors: { 'drover/a': status('drover/a'), 'drover/b': status('drover/b') } });
    const at = snapshot?.type === 'actors.snapshot' ? snapshot : null;
    const from = socket.frames.length;

    actors.set([status('drover/a', { handled: 5 }), status('drover/b')]);
    clock.advance(5_000);
    actors.set([status('drover/a', { handled: 6 }), status('drover/b', { state: 'down' })]);
    clock.advance(0);
    actors.set([status('drover/a', { handled: 7 }), status('drover/b', { state: 'live' })]);
    actors.set([status('drover/a', { handled: 8 }), status('drover/c')]);
    clock.advance(999);
    await socket.barrier();
    expect(framesOf(socket, from)).toHaveLength(1);
    clock.advance(1);
    await socket.barrier();
    expect(framesOf(socket, from)).toEqual([
      { type: 'actors.delta', epoch: at?.epoch, seq: (at?.seq ?? 0) + 1, ops: [{ op: 'replace', path: '/drover~1b', value: status('drover/b', { state: 'down' }) }] },
      { type: 'actors.delta', epoch: at?.epoch, seq: (at?.seq ?? 0) + 2, ops: [{ op: 'remove', path: '/drover~1b' }, { op: 'add', path: '/drover~1c', value: status('drover/c') }] },
    ]);
  });

  test('a model\'s log is asked for with its first reader and let go with its last, four at a host', async () => {
    const { host, connect: open } = await start();
    const a = host('a');
    const models = Object.fromEntries(['m1', 'm2', 'm3', 'm4', 'm5'].map((name) => [name, a.state.models.qwen!]));
    a.change({ models });
    const [one, two] = [await open(), await open()];
    await subscribe(one, ['logs:a/m1', 'logs:a/m1', 'logs:a']);
    await subscribe(two, ['logs:a/m1', 'logs:a/m2']);
    expect(a.wanted).toEqual([['m1'], ['m1', 'm2']]);
    a.handle.log('m1', { source: 'upstream', at: null, text: 'of m1', dropped: 0 });
    a.handle.log(null, { source: 'proxy', at: null, text: 'of the host', dropped: 7 });
    a.handle.log('m3', { source: 'upstream', at: null, text: 'heard by nobody', dropped: 0 });
    await Promise.all([one.barrier(), two.barrier()]);
    expect(framesOf(one).filter(({ type }) => type === 'log')).toEqual([
      { type: 'log', host: 'a', source: 'upstream', at: null, text: 'of m1', model: 'm1' }, { type: 'log', host: 'a', source: 'proxy', at: null, text: 'of the host', dropped: 7 },
    ]);
    expect(framesOf(two).filter(({ type }) => type === 'log')).toHaveLength(1);
    const refused = await subscribe(one, ['logs:a/m3', 'logs:a/m4', 'logs:a/m5']);
    expect(refused[1]).toMatchObject({ type: 'error', code: 'too_many_log_streams', topic: expect.stringContaining('logs:') });
    one.ws.close();
    await one.closed;
    two.send({ type: 'unsubscribe', topics: ['logs:a/m2'] });
    await two.barrier();
    expect(a.handle.wantedLogs()).toEqual(['m1']);
    two.ws.close();
    await expect.poll(() => a.handle.wantedLogs()).toEqual([]);
  });
});

describe('what a log said before', () => {
  test('comes to those who ask for it, topic by topic, ahead of what is written now', async () => {
    const { host, connect: open } = await start();
    const a = host('a');
    a.recent.set('', [{ source: 'proxy', at: null, text: 'old\n', dropped: 0 }, { source: 'upstream', at: '2026-01-01T00:00:00.000000Z', text: 'new\n', dropped: 9 }]);
    const client = await open();
    client.send({ type: 'subscribe', topics: ['logs:a', 'fleet'], history: true });
    await client.barrier();
    a.handle.log(null, { source: 'proxy', at: '2026-01-01T00:00:01.000000Z', text: 'now\n', dropped: 0 });
    await client.barrier();
    const frames = framesOf(client).filter(({ type }) => type.startsWith('log'));
    expect(frames).toEqual([
      { type: 'log.history', host: 'a', chunks: [{ source: 'proxy', at: null, text: 'old\n' }, { source: 'upstream', at: '2026-01-01T00:00:00.000000Z', text: 'new\n', dropped: 9 }] },
      { type: 'log', host: 'a', source: 'proxy', at: '2026-01-01T00:00:01.000000Z', text: 'now\n' },
    ]);
    const from = framesOf(client).length;
    client.send({ type: 'subscribe', topics: ['logs:a/qwen'], history: true });
    await client.barrier();
    expect(framesOf(client, from).filter(({ type }) => type === 'log.history')).toEqual([{ type: 'log.history', host: 'a', model: 'qwen', chunks: [] }]);
    const other = await open();
    await subscribe(other, ['logs:a']);
    await other.barrier();
    expect(framesOf(other).filter(({ type }) => type === 'log.history')).toEqual([]);
  });

  test('and a host that fails in telling it costs nobody else anything', async () => {
    const { host, connect: open } = await start();
    const a = host('a');
    host('b').recent.set('', [{ source: 'proxy', at: null, text: 'of b\n', dropped: 0 }]);
    a.recent.get = () => { throw new Error('planted'); };
    const client = await open();
    client.send({ type: 'subscribe', topics: ['logs:a', 'logs:b'], history: true });
    await client.barrier();
    await client.barrier();
    expect(framesOf(client).filter(({ type }) => type === 'log.history')).toMatchObject([{ host: 'a', chunks: [] }, { host: 'b', chunks: [{ text: 'of b\n' }] }]);
  });
});

describe('resume', () => {
  test('fleet: recovered only if every named host continues', async () => {
    const { host, connect: open } = await start({ limits: { deltaMemory: { count: 3, bytes: 64 * 1024 } } });
    const [a, b] = [host('a'), host('b')];
    const socket = await open();
    for (const profile of ['1', '2', '3']) a.change({ profile });
    b.change({ profile: '1' });
    const since = (fleet: Record<string, [string, number]>): Since => ({ fleet });

    expect(await subscribe(socket, ['fleet'], since({ a: [a.epoch, 2], b: [b.epoch, 2] }))).toEqual([
      { type: 'subscribed', topics: { fleet: { recovered: true } } },
      { type: 'fleet.delta', host: 'a', epoch: a.epoch, seq: 3, ops: [{ op: 'replace', path: '/profile', value: '2' }] },
      { type: 'fleet.delta', host: 'a', epoch: a.epoch, seq: 4, ops: [{ op: 'replace', path: '/profile', value: '3' }] },
    ]);
    // A host not named comes whole, one that is gone is said to be.
    expect(await subscribe(socket, ['fleet'], since({ a: [a.epoch, 4], gone: ['x', 9] }))).toEqual([
      { type: 'subscribed', topics: { fleet: { recovered: true } } },
      { type: 'host.removed', host: 'gone' },
      { type: 'host.snapshot', host: 'b', epoch: b.epoch, seq: 2, state: b.state },
    ]);
    for (const fleet of [{ a: [a.epoch, 4], b: ['other', 2] }, { a: [a.epoch, 5] }, { a: [a.epoch, 0] }] as Record<string, [string, number]>[]) {
      const frames = await subscribe(socket, ['fleet'], since(fleet));
      expect(frames[0]).toEqual({ type: 'subscribed', topics: { fleet: { recovered: false } } });
      expect(types(frames)).toEqual(['subscribed', 'fleet.snapshot']);
    }
    a.change({ profile: '4' });
    expect(types(await subscribe(socket, ['fleet'], since({ a: [a.epoch, 1] })))).toEqual(['subscribed', 'fleet.snapshot']);
  });

  test('fleet epochs stand for themselves: a new broadcaster resumes from the store, its streams do not', async () => {
    const { host, connect: open, tree } = await start();
    const a = host('a');
    a.handle.activity([row({ hostId: 'a' })]);
    const before = await open();
    const serverEpoch = await epochOf(before);
    tree.kill('view/broadcaster');
    expect(await before.closed).toBe(1012);
    a.change({ profile: 'x' });
    const socket = await open();
    expect(await epochOf(socket)).not.toBe(serverEpoch);
    expect(await subscribe(socket, ['fleet', 'activity'], { serverEpoch, fleet: { a: [a.epoch, 1] }, activity: 0 })).toEqual([
      { type: 'subscribed', topics: { fleet: { recovered: true }, activity: { recovered: false } } },
      { type: 'fleet.delta', host: 'a', epoch: a.epoch, seq: 2, ops: [{ op: 'replace', path: '/profile', value: 'x' }] },
    ]);
  });

  test('a fleet-store that comes back is filled at once, under new state epochs', async () => {
    const { host, connect: open, tree, feed } = await start();
    const [a, b] = [host('a'), host('b')];
    const epochs = [a.epoch, b.epoch];
    const before = await open();
    tree.kill('view/fleet-store');
    expect(await before.closed).toBe(1012);
    expect([a.asked, b.asked]).toEqual([1, 1]);
    expect(feed.readFleet().map(({ host: id, epoch, seq }) => [id, epoch, seq])).toEqual([['a', a.epoch, 1], ['b', b.epoch, 1]]);
    expect(epochs).not.toContain(a.epoch);
    const socket = await open();
    expect(types(await subscribe(socket, ['fleet'], { fleet: { a: [epochs[0]!, 1] } }))).toEqual(['subscribed', 'fleet.snapshot']);
  });

  test('streams: every missing frame, or none', async () => {
    const { host, connect: open, feed } = await start({ limits: { streamMemory: { count: 3, bytes: 1024 * 1024 } } });
    const a = host('a');
    const socket = await open();
    const serverEpoch = await epochOf(socket);
    for (let upstreamId = 1; upstreamId <= 5; upstreamId++) a.handle.activity([row({ hostId: 'a', upstreamId })]);
    const n = (frames: ServerFrame[]): unknown[] => frames.map((frame) => ('n' in frame ? frame.n : frame));
    const recovered = (yes: boolean): ServerFrame => ({ type: 'subscribed', topics: { activity: { recovered: yes } } });
    expect(n(await subscribe(socket, ['activity'], { serverEpoch, activity: 2 }))).toEqual([recovered(true), 3, 4, 5]);
    expect(n(await subscribe(socket, ['activity'], { serverEpoch, activity: 5 }))).toEqual([recovered(true)]);
    for (const since of [{ serverEpoch, activity: 1 }, { serverEpoch, activity: 6 }, { activity: 4 }, { serverEpoch: 'other', activity: 4 }, { serverEpoch }]) {
      expect(n(await subscribe(socket, ['activity'], since))).toEqual([recovered(false)]);
    }
    expect(await subscribe(socket, ['runs'], { serverEpoch, runs: 0 })).toEqual([{ type: 'subscribed', topics: { runs: { recovered: true } } }]);
    // Rows were re-keyed: subscribers are told, and no earlier position is good any more.
    const from = socket.frames.length;
    feed.lagged('activity');
    await socket.barrier();
    expect(framesOf(socket, from)).toEqual([{ type: 'lagged', topics: ['activity'] }]);
    expect(n(await subscribe(socket, ['activity'], { serverEpoch, activity: 5 }))).toEqual([recovered(false)]);
    a.handle.activity([row({ hostId: 'a', upstreamId: 6 })]);
    expect(n(await subscribe(socket, ['activity'], { serverEpoch, activity: 6 }))).toEqual([recovered(true)]);
  });

  test('resync answers with the host, or that it is no more', async () => {
    const { host, connect: open } = await start();
    const a = host('a');
    const socket = await open();
    await subscribe(socket, ['fleet']);
    const from = socket.frames.length;
    a.change({ profile: 'x' });
    socket.send({ type: 'resync', host: 'a' });
    socket.send({ type: 'resync', host: 'nobody' });
    await socket.barrier();
    a.begin();
    a.handle.removed();
    socket.send({ type: 'resync', host: 'a' });
    await socket.barrier();
    const frames = framesOf(socket, from);
    expect(types(frames)).toEqual(['fleet.delta', 'host.snapshot', 'host.removed', 'host.snapshot', 'host.removed', 'host.removed']);
    expect(frames[1]).toMatchObject({ host: 'a', seq: 2 });
    expect(frames[3]).toEqual({ type: 'host.snapshot', host: 'a', epoch: a.epoch, seq: 1, state: a.state });
  });
});

describe('publishers', () => {
  test('the later one cuts the earlier off, also one that comes late with an old token', async () => {
    const { host, feed } = await start();
    const old = host('a');
    const stale = feed.nextToken();
    const next = host('a');
    old.change({ profile: 'from the old one' });
    old.handle.removed();
    expect(feed.readFleet()).toEqual([{ host: 'a', epoch: next.epoch, seq: 1, state: next.state }]);
    const late = feed.attach({ host: 'a', token: stale, republish: () => {} });
    late.snapshot('stale', 1, next.state);
    expect(late.active()).toBe(false);
    expect(next.handle.active()).toBe(true);
    expect(feed.readHost('a')?.epoch).toBe(next.epoch);
    next.handle.detach();
    expect(feed.readHost('a')?.epoch).toBe(next.epoch);
  });

  test('a delta that does not continue brings the whole state, under a new epoch, and is reported', async () => {
    const { host, feed, reports } = await start();
    const a = host('a');
    const { epoch } = a;
    a.seq += 1;
    a.change({ profile: 'x' });
    expect(a.asked).toBe(1);
    expect(feed.readHost('a')).toEqual({ host: 'a', epoch: a.epoch, seq: 1, state: a.state });
    expect(a.epoch).not.toBe(epoch);
    expect(reports).toHaveLength(1);
  });

  test('one publisher\'s crash while the store is filled is not another\'s', async () => {
    const { host, feed, tree, reports } = await start();
    feed.attach({
      host: 'broken', token: feed.nextToken(),
      republish() {
        throw new Error('planted');
      },
    });
    host('z');
    tree.kill('view/fleet-store');
    expect(feed.readFleet().map(({ host: id }) => id)).toEqual(['z']);
    expect(reports).toEqual([new Error('planted')]);
  });
});

describe('limits', () => {
  test('bad frames are answered, and after ten the socket is closed with 1008', async () => {
    const { connect: open } = await start();
    const socket = await open();
    const bad = ['{', '[]', '1', '"x"', '{"type":"launch"}', '{"type":"subscribe"}', '{"type":"subscribe","topics":"fleet"}', '{"type":"resync","host":7}', '{"type":"subscribe","topics":[],"since":{"fleet":{"a":[1,"x"]}}}'];
    for (const frame of bad) socket.send(frame);
    await socket.barrier();
    expect(framesOf(socket).filter((frame) => frame.type === 'error' && frame.code === 'bad_frame')).toHaveLength(bad.length);
    expect(socket.closeCode).toBe(0);
    socket.ws.send(Buffer.from('{"type":"resync","host":"a"}'), { binary: true });
    expect(await socket.closed).toBe(1008);
    expect(framesOf(socket).filter(({ type }) => type === 'error')).toHaveLength(10);
  });

  test('a frame over the limit closes with 1009, and nobody else suffers', async () => {
    const { host, connect: open } = await start();
    host('a');
    const [huge, other] = [await open(), await open()];
    huge.send('x'.repeat(300 * 1024));
    expect(await huge.closed).toBe(1009);
    expect(types(await subscribe(other, ['fleet']))).toEqual(['subscribed', 'fleet.snapshot']);
  });

  test('going away: every socket is closed with 1012 after what was published, and nobody is let in', async () => {
    const { host, connect: open, close, gate } = await start({ ws: { flushMs: 50 } });
    const a = host('a');
    const sockets = [await open(), await open(), await open()];
    await Promise.all(sockets.map((socket) => subscribe(socket, ['fleet'])));
    a.change({ profile: 'last words' });
    await close();
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1012, 1012, 1012]);
    for (const socket of sockets) expect(socket.frames.at(-1)).toMatchObject({ type: 'fleet.delta', seq: 2 });
    expect(gate.counts.clients).toBe(0);
    const late = await open();
    expect(await late.closed).toBe(1012);
  });

  test('one that does not answer the close is terminated', async () => {
    const { connect: open, close, clock, gate } = await start();
    const socket = await open();
    await socket.until(({ type }) => type === 'hello');
    socket.ws.pause();
    const closing = close();
    clock.advance(2_000);
    await closing;
    expect(gate.counts.clients).toBe(0);
  });
});

describe('handshake', () => {
  const upgrade = (port: number, path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const call = request({ port, host: '127.0.0.1', path, headers: { 'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers } });
      call.on('response', (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      call.on('upgrade', (_response, socket) => {
        socket.destroy();
        resolve({ status: 101, body: '' });
      });
      call.on('error', reject);
      call.end();
    });

  test('a refusal is an HTTP answer before the handshake; a throw in the check is one too', async () => {
    const { port } = await start({
      authorize(incoming) {
        if (incoming.headers.origin === 'throw') throw new Error('planted');
        return incoming.headers.origin === undefined ? null : { status: 403, code: 'forbidden_origin', message: 'no' };
      },
    });
    expect(await upgrade(port, '/ws')).toEqual({ status: 101, body: '' });
    expect(await upgrade(port, '/ws?x=1')).toEqual({ status: 101, body: '' });
    expect(await upgrade(port, '/ws', { Origin: 'null' })).toEqual({ status: 403, body: '{"error":{"code":"forbidden_origin","message":"no"}}' });
    expect((await upgrade(port, '/ws', { Origin: 'throw' })).status).toBe(500);
    expect((await upgrade(port, '/elsewhere')).status).toBe(404);
    expect((await upgrade(port, '/ws', { 'Sec-WebSocket-Version': '7' })).status).toBe(400);
    expect((await upgrade(port, '/ws', { Upgrade: 'h2c' })).status).toBe(400);
  });

  test('a socket reset in the middle of it harms nobody', async () => {
    const { port, connect: open, gate } = await start();
    for (let i = 0; i < 20; i++) {
      const socket = connect(port, '127.0.0.1');
      await new Promise<void>((resolve) => void socket.once('connect', resolve));
      socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
      socket.resetAndDestroy();
    }
    const socket = await open();
    await socket.barrier();
    await expect.poll(() => gate.counts.clients).toBe(1);
    expect(socket.ws.readyState).toBe(WebSocket.OPEN);
  });
});

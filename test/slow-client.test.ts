/** Law 4: a dashboard that stops reading costs bounded memory, slows nobody, and gets a fresh snapshot when it reads again. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ServerFrame } from '../src/model/frames.ts';
import { LIMITS } from '../src/model/limits.ts';
import { gap, row } from './support/rows.ts';
import { framesOf, startView } from './support/view.ts';
import type { TestSocket, View, ViewOptions } from './support/view.ts';

const MIB = 1024 * 1024;
let view: View;
const start = async (options?: ViewOptions): Promise<View> => (view = await startView(options));
afterEach(() => view.stop());

const types = (frames: readonly ServerFrame[]): string[] => frames.map(({ type }) => type);
const stalledPings = (): Promise<void> => until(() => view.gate.counts.stalled === 1);

/** Steps of virtual time with room for the sockets between, until it holds. */
async function until(condition: () => boolean, stepMs = 1_000): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (condition()) return;
    view.clock.advance(stepMs);
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  throw new Error('the condition did not come to hold');
}

/** A reader that is nothing but a socket: it takes no byte after the answer to its handshake. */
async function deafReader(port: number, ...frames: object[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  await new Promise<void>((resolve) => void socket.once('data', () => resolve()));
  socket.pause();
  socket.on('error', () => {});
  for (const frame of frames) socket.write(masked(1, Buffer.from(JSON.stringify(frame))));
  return socket;
}

function masked(opcode: number, payload: Buffer): Buffer {
  if (payload.length > 125) throw new Error('too long for this test');
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** About that many bytes of activity frames, each of 100 rows. */
function flood(host: { handle: { activity(rows: ReturnType<typeof row>[]): void } }, bytes: number): number {
  const error = 'x'.repeat(1_000);
  const rows = Array.from({ length: 100 }, (_, upstreamId) => row({ hostId: 'a', upstreamId, error }));
  const times = Math.ceil(bytes / (100 * 1_350));
  for (let i = 0; i < times; i++) host.handle.activity(rows);
  return times;
}

async function reading(topics: string[]): Promise<TestSocket> {
  const socket = await view.connect();
  socket.send({ type: 'subscribe', topics });
  await socket.barrier();
  return socket;
}

describe('a reader that stalls', () => {
  test('is found by the ping behind the data, before its kernel buffer is full; then nothing more is written', async () => {
    const { host, port, clock, gate, sockets } = await start();
    const a = host('a');
    await deafReader(port, { type: 'subscribe', topics: ['fleet', 'activity'] });
    await until(() => gate.counts.frames >= 3, 0);
    flood(a, 100_000);
    clock.advance(5_000);
    expect(gate.counts.stalled).toBe(0);
    clock.advance(8_000);
    expect(gate.counts.stalled).toBe(1);
    const { bytesWritten } = sockets[0]!;
    for (let i = 0; i < 20; i++) {
      flood(a, MIB);
      a.change({ profile: `${i}` });
    }
    await new Promise<void>((resolve) => void setImmediate(resolve));
    expect(sockets[0]!.bytesWritten).toBe(bytesWritten);
  });

  test('costs at most its budget, while others get everything', async () => {
    const { host, port, gate, sockets } = await start();
    const a = host('a');
    await deafReader(port, { type: 'subscribe', topics: ['fleet', 'activity'] });
    await until(() => gate.counts.frames >= 3, 0);
    const other = await reading(['fleet', 'activity']);
    let frames = 0;
    let most = 0;
    // Nobody pings here (time stands still): the kernel takes what it takes, then the budget decides.
    for (let i = 0; i < 60; i++) {
      frames += flood(a, MIB / 2);
      a.change({ profile: `${i}` });
      most = Math.max(most, sockets[0]!.writableLength);
      await other.barrier();
    }
    expect(gate.counts.stalled).toBe(1);
    expect(most).toBeLessThanOrEqual(LIMITS.ws.bufferBytes);
    const activity = framesOf(other).filter((frame) => frame.type === 'activity');
    expect(activity.map(({ n }) => n)).toEqual(Array.from({ length: frames }, (_, i) => i + 1));
    expect(framesOf(other).filter(({ type }) => type === 'fleet.delta')).toHaveLength(60);
    expect(types(framesOf(other))).not.toContain('lagged');
  });

  test('gets lagged and a fresh snapshot when it reads again, once, and goes on live', async () => {
    const { host, gate } = await start();
    const a = host('a');
    const socket = await reading(['fleet', 'activity', 'gaps', 'actors', 'perf']);
    socket.ws.pause();
    flood(a, 100_000);
    await stalledPings();
    for (let i = 0; i < 3; i++) {
      flood(a, MIB);
      a.change({ profile: `while it slept ${i}` });
    }
    const b = view.host('b');
    const from = socket.frames.length;
    socket.ws.resume();
    await socket.until(({ type }) => type === 'actors.snapshot', from);
    a.change({ profile: 'awake' });
    view.feed.gap(gap({ hostId: 'a' }));
    await socket.barrier();
    const frames = framesOf(socket, from).filter(({ type }) => type !== 'activity');
    expect(types(frames)).toEqual(['lagged', 'fleet.snapshot', 'actors.snapshot', 'fleet.delta', 'gap']);
    expect(frames[0]).toEqual({ type: 'lagged', topics: ['activity', 'actors', 'fleet', 'gaps'].sort() });
    expect(frames[1]).toEqual({
      type: 'fleet.snapshot',
      hosts: [{ host: 'a', epoch: a.epoch, seq: a.seq - 1, state: a.history.get(`${a.epoch}/${a.seq - 1}`) }, { host: 'b', epoch: b.epoch, seq: 1, state: b.state }],
    });
    expect(gate.counts).toMatchObject({ stalled: 0, lagged: 1 });
  });

  test('is heard again also when its ping was thrown away with its queue', async () => {
    const { host, clock, gate, sockets } = await start();
    const a = host('a');
    const socket = await reading(['activity']);
    socket.ws.pause();
    while (sockets[0]!.writableLength === 0) {
      flood(a, 100_000);
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    flood(a, 100_000);
    clock.advance(5_000);
    expect(gate.counts.stalled).toBe(0);
    clock.advance(8_000);
    expect(gate.counts.stalled).toBe(1);
    const from = socket.frames.length;
    socket.ws.resume();
    await socket.until(({ type }) => type === 'lagged', from);
    expect(gate.counts.stalled).toBe(0);
  });

  test('what it sends meanwhile is answered once it reads', async () => {
    const { host } = await start();
    const a = host('a');
    const socket = await reading(['activity']);
    socket.ws.pause();
    flood(a, 100_000);
    await stalledPings();
    const from = socket.frames.length;
    socket.send({ type: 'subscribe', topics: ['fleet'] });
    a.change({ profile: 'x' });
    socket.ws.resume();
    await socket.until(({ type }) => type === 'fleet.snapshot', from);
    expect(types(framesOf(socket, from)).filter((type) => type !== 'activity')).toEqual(['lagged', 'subscribed', 'fleet.snapshot']);
    socket.ws.pause();
    flood(a, 100_000);
    await stalledPings();
    for (let i = 0; i < 11; i++) socket.send({ type: 'resync', host: 'a' });
    socket.ws.resume();
    expect(await socket.closed).toBe(1008);
  });

  test('is closed with 1013 after 60 s, then terminated', async () => {
    const { host, port, clock, gate } = await start();
    const a = host('a');
    const socket = await reading(['activity']);
    await deafReader(port, { type: 'subscribe', topics: ['activity'] });
    await until(() => gate.counts.clients === 2, 0);
    socket.ws.pause();
    flood(a, 100_000);
    await until(() => gate.counts.stalled === 2);
    clock.advance(61_000);
    expect(gate.counts.stalled).toBe(0);
    socket.ws.resume();
    expect(await socket.closed).toBe(1013);
    clock.advance(2_000);
    await until(() => gate.counts.clients === 0, 0);
  });

  test('pings come every 25 s while nothing is owed, and a reader that answers is left alone for hours', async () => {
    const { clock, gate, sockets } = await start();
    const socket = await reading(['fleet']);
    let pings = 0;
    socket.ws.on('ping', () => (pings += 1));
    const ours = sockets[0]!;
    const theirs = (socket.ws as unknown as { _socket: Socket })._socket;
    for (let minute = 0; minute < 120; minute++) {
      for (let second = 0; second < 60; second += 4) {
        clock.advance(4_000);
        await until(() => theirs.bytesRead === ours.bytesWritten && ours.bytesRead === theirs.bytesWritten, 0);
      }
      if (minute === 0) pings = 0;
    }
    // 25 s less up to a fifth, seen every 4 s.
    expect(pings).toBeGreaterThanOrEqual(Math.floor((119 * 60) / 29));
    expect(pings).toBeLessThanOrEqual(Math.ceil((119 * 60) / 20));
    expect(gate.counts).toMatchObject({ clients: 1, stalled: 0, lagged: 0 });
  });

  test('pongs that answer no ping of ours do not make a reader of it', async () => {
    const { port, gate, sockets, clock } = await start();
    const socket = await deafReader(port);
    await until(() => gate.counts.clients === 1, 0);
    const pong = masked(10, Buffer.alloc(0));
    for (let s = 0; s < 40; s++) {
      const before = sockets[0]!.bytesRead;
      socket.write(pong);
      await expect.poll(() => sockets[0]!.bytesRead, { interval: 1 }).toBeGreaterThanOrEqual(before + pong.length);
      clock.advance(1_000);
    }
    expect(gate.counts.stalled).toBe(1);
  });

  test('a flood of its own pings does not queue pongs for it', async () => {
    const { port, gate, sockets } = await start();
    const socket = await deafReader(port);
    await until(() => gate.counts.clients === 1, 0);
    const ping = Buffer.concat(Array.from({ length: 1_000 }, () => masked(9, Buffer.alloc(125))));
    let most = 0;
    for (let i = 0; i < 100; i++) {
      if (!socket.write(ping)) await new Promise<void>((resolve) => void socket.once('drain', resolve));
      most = Math.max(most, sockets[0]!.writableLength);
    }
    await until(() => sockets[0]!.bytesRead >= 100 * ping.length, 0);
    expect(Math.max(most, sockets[0]!.writableLength)).toBeLessThan(MIB / 2);
    // Nor do they wait before the socket.
    expect(gate.counts.bytes - sockets[0]!.bytesWritten).toBeLessThan(MIB / 2);
  });
});

describe('lossy streams', () => {
  test('dropped log frames are told, and make nobody lagged', async () => {
    const { host, gate, sockets } = await start({ ws: { flushMs: 50 } });
    const a = host('a');
    const socket = await reading(['logs:a']);
    socket.ws.pause();
    let sent = 0;
    const line = 'y'.repeat(10_000);
    for (let i = 0; i < 200; i++) {
      for (let j = 0; j < 50; j++) a.handle.log(null, { source: 'upstream', at: null, text: line, dropped: 0 });
      sent += 50 * line.length;
      view.clock.advance(50);
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (gate.counts.stalled > 0) break;
    }
    expect(sockets[0]!.writableLength).toBeLessThanOrEqual(MIB);
    const from = socket.frames.length;
    socket.ws.resume();
    await socket.barrier();
    a.handle.log(null, { source: 'upstream', at: null, text: 'the end', dropped: 0 });
    await until(() => framesOf(socket, from).some((frame) => frame.type === 'log' && frame.text === 'the end'), 50);
    const logs = framesOf(socket).filter((frame) => frame.type === 'log');
    const got = logs.reduce((sum, { text }) => sum + text.length, 0);
    const dropped = logs.reduce((sum, frame) => sum + (frame.dropped ?? 0), 0);
    expect(dropped).toBeGreaterThan(0);
    expect(got + dropped).toBe(sent + 'the end'.length);
    expect(types(framesOf(socket))).not.toContain('lagged');
    expect(gate.counts.lagged).toBe(0);
  });
});

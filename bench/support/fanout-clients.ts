/**
 * The clients of the fan-out benchmark, in a process of their own: bare sockets that skip from frame to frame and answer pings, so
 * that they cost the machine as little as can be. Told over IPC what to do.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export type Order =
  /** `every`: one socket in so many measures latency; 0: none. `deaf`: reads nothing after its handshake. */
  | { do: 'open'; port: number; count: number; speak: 'ws' | 'tcp'; every: number; deaf: boolean; subscribe: boolean }
  | { do: 'tell' }
  | { do: 'close' };

export type Answer = { opened: number } | { frames: number; latencies: number[] } | { closed: true };

/** Text of a payload in front of the time at which it was sent (ns of the machine's monotonic clock), and its fixed length. */
export const MARK = '"sentAt":"';
export const MARK_DIGITS = 20;

const HANDSHAKE = 'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

function subscribeFrame(): Buffer {
  const payload = Buffer.from('{"type":"subscribe","topics":["fleet"]}');
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

let sockets: Socket[] = [];
let frames = 0;
let latencies: number[] = [];

function sample(chunk: Buffer): void {
  const now = process.hrtime.bigint();
  for (let at = chunk.indexOf(MARK); at !== -1; at = chunk.indexOf(MARK, at + 1)) {
    const from = at + MARK.length;
    if (from + MARK_DIGITS > chunk.length) return;
    latencies.push(Number(now - BigInt(chunk.toString('latin1', from, from + MARK_DIGITS))) / 1e6);
  }
}

/** Counts text frames, answers pings, looks at no payload. */
function frameCounter(socket: Socket): (chunk: Buffer) => void {
  let skip = 0;
  let rest: Buffer | null = null;
  return (chunk) => {
    const data = rest === null ? chunk : Buffer.concat([rest, chunk]);
    rest = null;
    let at = skip;
    for (;;) {
      if (at >= data.length) {
        skip = at - data.length;
        return;
      }
      const short = data.length - at < 2 ? 0 : (data[at + 1] ?? 0) & 0x7f;
      const header = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (data.length - at < header) {
        rest = data.subarray(at);
        skip = 0;
        return;
      }
      const length = short === 126 ? data.readUInt16BE(at + 2) : short === 127 ? Number(data.readBigUInt64BE(at + 2)) : short;
      const opcode = (data[at] ?? 0) & 0x0f;
      if (opcode === 1) frames += 1;
      else if (opcode === 9) socket.write(PONG);
      at += header + length;
    }
  };
}

type Open = Extract<Order, { do: 'open' }>;

async function openOne({ port, speak, every, deaf, subscribe }: Open, i: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.on('error', () => {});
  sockets.push(socket);
  if (speak === 'ws') {
    socket.write(HANDSHAKE);
    // The server's hello may come with the answer to the handshake.
    const head = await new Promise<Buffer>((resolve) => void socket.once('data', resolve));
    if (deaf) socket.pause();
    const take = frameCounter(socket);
    const body = head.subarray(head.indexOf('\r\n\r\n') + 4);
    if (body.length > 0) take(body);
    if (subscribe) socket.write(subscribeFrame());
    if (deaf) return;
    socket.on('data', take);
  } else {
    await new Promise<void>((resolve) => void socket.once('connect', resolve));
    socket.resume();
  }
  if (every > 0 && i % every === 0) socket.on('data', sample);
}

const TOGETHER = 50;

async function open(order: Open): Promise<void> {
  for (let i = 0; i < order.count; i += TOGETHER) {
    await Promise.all(Array.from({ length: Math.min(TOGETHER, order.count - i) }, (_, k) => openOne(order, i + k)));
  }
}

function answer(message: Answer): void {
  process.send?.(message);
}

process.on('message', (order: Order) => {
  switch (order.do) {
    case 'open':
      frames = 0;
      latencies = [];
      void open(order).then(() => answer({ opened: sockets.length }));
      return;
    case 'tell':
      answer({ frames, latencies });
      latencies = [];
      return;
    case 'close':
      for (const socket of sockets) socket.destroy();
      sockets = [];
      answer({ closed: true });
      return;
    default: order satisfies never;
  }
});

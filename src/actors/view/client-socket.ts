/**
 * One dashboard's socket: what is written to it, and what becomes of one that does not read.
 *
 *   reading --(no pong within 8 s, or over its byte budget)--> stalled: its queue is thrown away, nothing more is written
 *   stalled --(the pong of the ping queued behind the data)--> reading: `resumed` says what it lost
 *   stalled --(60 s)--> closing (1013, then terminated)
 *
 * Records and functions, not closures: with 5,000 clients every closure a client costs 64 bytes and more.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { CLOSE_CODES } from '../../model/frames.ts';
import type { ClientFrame } from '../../model/frames.ts';
import type { Limits } from '../../model/limits.ts';
import type { TimerId } from '../../model/seams.ts';
import type { SocketCounts } from './socket-gate.ts';
import { pingFrame, pingPayload, pongFrame } from './frame-buffer.ts';
import type { Audience, ClientSocket, LossyFrame } from './dashboard.ts';

/** What one flush writes to all clients of an audience. */
export interface Batch {
  all: Buffer;
  /** Without the lossy frames; null: nothing is left. */
  must(): Buffer | null;
  lossy: readonly LossyFrame[];
  frames: number;
}

export interface SocketEnv {
  limits: Limits['ws'];
  counts: SocketCounts;
  now(): number;
  /** Uniform in [0, 1). */
  chance(): number;
  /** A throw in it is the broadcaster's crash. */
  setTimer(ms: number, run: () => void): TimerId;
  clearTimer(id: TimerId): void;
  /** Writes what is pending under the old positions. */
  flush(): void;
  /** The client reads again: tell it what it lost. */
  resumed(client: ClientSocket): void;
  /** Frames that tell what was dropped. */
  droppedFrames(dropped: ReadonlyMap<string, number>): Buffer;
}

export function openClient(env: SocketEnv, ws: WebSocket, socket: Duplex, audience: Audience): ClientSocket {
  const client: ClientSocket = {
    ws, socket, audience, phase: 'reading', waiting: false, queue: NONE, queued: 0, budget: env.limits.bufferBytes,
    pingAt: env.now(), ping: null, dirty: false, timer: null, timerFor: 'ping', dropped: null, unanswered: null, badFrames: 0, held: NO_FRAMES,
  };
  arm(env, client, 'ping', spread(env, env.limits.pingMs));
  return client;
}

/** Shared by all that have nothing queued; never pushed to. */
const NONE: Buffer[] = [];
const NO_FRAMES: ClientFrame[] = [];

/** A tick's frames. */
export function deliver(env: SocketEnv, client: ClientSocket, batch: Batch): void {
  if (!reads(client)) {
    if (client.phase === 'stalled') drop(client, batch.lossy);
    return;
  }
  let data: Buffer | null = batch.all;
  const owed = client.waiting ? owes(client) : 0;
  if (batch.lossy.length > 0 && owed + data.length > env.limits.lossyBytes) {
    drop(client, batch.lossy);
    data = batch.must();
    if (data === null) return;
  }
  if (!afford(env, client, owed, data.length)) return stall(env, client);
  if (client.dropped !== null && !client.waiting) {
    const told = env.droppedFrames(client.dropped);
    client.dropped = null;
    put(env, client, told);
  }
  put(env, client, data);
  env.counts.frames += batch.frames;
}

/** An answer to this client alone, in order behind what is queued. */
export function reply(env: SocketEnv, client: ClientSocket, pieces: readonly Buffer[]): void {
  if (!reads(client)) return;
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const owed = client.waiting ? owes(client) : 0;
  if (!afford(env, client, owed, size)) return stall(env, client);
  client.socket.cork();
  for (const piece of pieces) put(env, client, piece);
  client.socket.uncork();
  env.counts.frames += pieces.length;
}

export function ponged(env: SocketEnv, client: ClientSocket, payload: Buffer): void {
  if (client.ping === null || !payload.equals(pingPayload(client.ping))) return;
  client.ping = null;
  if (client.phase === 'closing') return;
  if (client.phase === 'stalled') {
    env.flush();
    client.phase = 'reading';
    env.counts.stalled -= 1;
    client.dirty = false;
    // What the answer writes sets the next ping.
    arm(env, client, 'ping', spread(env, env.limits.pingMs));
    env.resumed(client);
    return;
  }
  const every = client.dirty ? env.limits.busyPingMs : env.limits.pingMs;
  arm(env, client, 'ping', Math.max(0, client.pingAt + spread(env, every) - env.now()));
}

/** The client's own ping. While it does not read only the latest is answered (RFC 6455, 5.5.3), or a flood of pings would queue pongs without end. */
export function pinged(env: SocketEnv, client: ClientSocket, payload: Buffer): void {
  if (reads(client) && !client.waiting) put(env, client, pongFrame(payload));
  else client.unanswered = payload;
}

/** Everything still queued is handed over first: a drain loses nothing that was published. */
export function closeClient(env: SocketEnv, client: ClientSocket, code: number, terminateMs: number): void {
  if (client.phase === 'closing') return;
  if (client.phase === 'stalled') env.counts.stalled -= 1;
  client.phase = 'closing';
  for (const data of client.queue) client.socket.write(data);
  client.queue = NONE;
  client.queued = 0;
  client.ws.close(code);
  arm(env, client, 'terminate', terminateMs);
}

/** The socket is gone. */
export function forget(env: SocketEnv, client: ClientSocket): void {
  if (client.phase === 'stalled') env.counts.stalled -= 1;
  client.phase = 'closing';
  client.queue = NONE;
  env.clearTimer(client.timer);
}

/** Keeps the frame of a client that does not read; false: it has sent too many. */
export function hold(client: ClientSocket, frame: ClientFrame, most: number): boolean {
  if (client.held.length >= most) return false;
  client.held = [...client.held, frame];
  return true;
}

export function takeHeld(client: ClientSocket): ClientFrame[] {
  const frames = client.held;
  client.held = NO_FRAMES;
  return frames;
}

/** After the client's close frame ws ends the socket. To ask `ws` itself would cost each delivery another miss of the cache. */
function reads(client: ClientSocket): boolean {
  return client.phase === 'reading' && client.socket.writable;
}

/**
 * What comes to a client that owes little is taken whole, whatever its size (a snapshot, the rows of a host's first contact), and
 * extends the budget until all is written: else a large fleet could never be sent over a slow line.
 */
function afford(env: SocketEnv, client: ClientSocket, owed: number, size: number): boolean {
  if (owed + size <= client.budget) return true;
  if (client.budget > env.limits.bufferBytes || owed > env.limits.lossyBytes) return false;
  client.budget = env.limits.bufferBytes + size;
  return true;
}

function owes(client: ClientSocket): number {
  return client.queued + client.socket.writableLength;
}

function drop(client: ClientSocket, lossy: readonly LossyFrame[]): void {
  if (lossy.length === 0) return;
  client.dropped ??= new Map();
  for (const { key, amount } of lossy) client.dropped.set(key, (client.dropped.get(key) ?? 0) + amount);
}

/** Written, or queued behind what waits. */
function put(env: SocketEnv, client: ClientSocket, data: Buffer): void {
  env.counts.bytes += data.length;
  if (client.waiting) {
    if (client.queue === NONE) client.queue = [];
    client.queue.push(data);
    client.queued += data.length;
  } else if (!client.socket.write(data)) wait(env, client);
  if (client.dirty) return;
  client.dirty = true;
  if (client.ping === null) arm(env, client, 'ping', spread(env, env.limits.busyPingMs));
}

function wait(env: SocketEnv, client: ClientSocket): void {
  client.waiting = true;
  client.socket.once('drain', () => drained(env, client));
}

function drained(env: SocketEnv, client: ClientSocket): void {
  client.waiting = false;
  let written = 0;
  while (written < client.queue.length && client.socket.writable) {
    const data = client.queue[written] as Buffer;
    written += 1;
    client.queued -= data.length;
    if (client.socket.write(data)) continue;
    wait(env, client);
    break;
  }
  client.queue = written < client.queue.length ? client.queue.slice(written) : NONE;
  if (client.waiting) return;
  client.budget = env.limits.bufferBytes;
  if (client.unanswered === null || !reads(client)) return;
  const payload = client.unanswered;
  client.unanswered = null;
  put(env, client, pongFrame(payload));
}

function ping(env: SocketEnv, client: ClientSocket): void {
  if (!reads(client)) return;
  client.ping = pingFrame(env.chance());
  client.pingAt = env.now();
  put(env, client, client.ping);
  client.dirty = false;
  arm(env, client, 'pong', env.limits.pongMs);
}

function stall(env: SocketEnv, client: ClientSocket): void {
  client.phase = 'stalled';
  env.counts.stalled += 1;
  // The pong of a ping behind the data is how we learn that it reads again: one that is thrown away is written anew.
  const lost = client.ping === null || client.queue.includes(client.ping);
  client.queue = NONE;
  client.queued = 0;
  if (client.ping === null) client.pingAt = env.now();
  client.ping ??= pingFrame(env.chance());
  if (lost) client.socket.write(client.ping);
  arm(env, client, 'end', Math.max(0, client.pingAt + env.limits.stalledMs - env.now()));
}

/** Pings are spread over a fifth of their period, or thousands of clients would answer in one burst. */
function spread(env: SocketEnv, ms: number): number {
  return ms * (1 - env.chance() / 5);
}

function arm(env: SocketEnv, client: ClientSocket, what: ClientSocket['timerFor'], ms: number): void {
  if (client.timer !== null) env.clearTimer(client.timer);
  client.timerFor = what;
  client.timer = env.setTimer(ms, () => expired(env, client));
}

function expired(env: SocketEnv, client: ClientSocket): void {
  client.timer = null;
  switch (client.timerFor) {
    case 'ping': return ping(env, client);
    case 'pong': return stall(env, client);
    case 'end': return closeClient(env, client, CLOSE_CODES.tryLater, env.limits.terminateMs);
    case 'terminate': return client.ws.terminate();
    default: client.timerFor satisfies never;
  }
}

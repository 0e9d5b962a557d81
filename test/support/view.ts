/** The view as the program runs it: the real supervision tree over fleet-store and broadcaster, the real handshake, real sockets. */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ActorsFeed } from '../../src/actors/view/actors-topic.ts';
import { startBroadcaster } from '../../src/actors/view/broadcaster.ts';
import { createFeed } from '../../src/actors/view/feed.ts';
import type { Feed, PublisherHandle } from '../../src/actors/view/feed.ts';
import { startFleetStore } from '../../src/actors/view/fleet-store.ts';
import { createSocketGate } from '../../src/actors/view/socket-gate.ts';
import type { SocketGate } from '../../src/actors/view/socket-gate.ts';
import type { AuthorizeUpgrade } from '../../src/http/deps.ts';
import { createWebSockets } from '../../src/http/websocket.ts';
import type { ClientFrame, ServerFrame } from '../../src/model/frames.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { Limits } from '../../src/model/limits.ts';
import { diff } from '../../src/model/patch.ts';
import type { Clock } from '../../src/model/seams.ts';
import type { LogChunk } from '../../src/model/host/log-memory.ts';
import type { HostState } from '../../src/model/host/state.ts';
import type { ActorStatus } from '../../src/model/status.ts';
import { createTree } from '../../src/supervisors/supervision-tree.ts';
import type { Tree } from '../../src/supervisors/supervision-tree.ts';
import { counterRandom } from './counter-random.ts';
import { virtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface ViewOptions {
  /** Default: a virtual one, which the test moves. */
  clock?: Clock;
  ws?: Partial<Limits['ws']>;
  limits?: Partial<Pick<Limits, 'deltaMemory' | 'streamMemory'>>;
  actors?: ActorsFeed;
  authorize?: AuthorizeUpgrade;
}

export interface View {
  feed: Feed;
  gate: SocketGate;
  tree: Tree;
  /** Of the default clock. */
  clock: VirtualClock;
  port: number;
  /** The server's ends of the sockets, in the order of their connects. */
  sockets: Socket[];
  /** What the feed complained of. */
  reports: unknown[];
  host(id: string): TestHost;
  connect(): Promise<TestSocket>;
  close(code?: number): Promise<void>;
  stop(): Promise<void>;
}

export function quietActors(): ActorsFeed & { set(list: ActorStatus[]): void } {
  let list: ActorStatus[] = [];
  const listeners = new Set<() => void>();
  return {
    list: () => list,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(next) {
      list = next;
      for (const listener of listeners) listener();
    },
  };
}

/** Flushes at once unless told otherwise. */
export async function startView({ clock, ws, limits, actors = quietActors(), authorize = () => null }: ViewOptions = {}): Promise<View> {
  const virtual = virtualClock();
  const random = counterRandom();
  const reports: unknown[] = [];
  const feed = createFeed({ report: (error) => void reports.push(error) });
  const gate = createSocketGate();
  const all = { ...LIMITS, ...limits, ws: { ...LIMITS.ws, flushMs: 0, ...ws } };
  const tree = createTree({
    name: 'view',
    clock: clock ?? virtual,
    spec: {
      strategy: 'rest_for_one', intensity: 1_000, periodS: 60,
      children: [
        { id: 'fleet-store', start: (context) => startFleetStore(context, { feed, limits: all }) },
        { id: 'broadcaster', start: (context) => startBroadcaster(context, { feed, gate, actors, random, limits: all, version: '0.0.0' }) },
      ],
    },
  });
  await tree.start();
  const webSockets = createWebSockets({ gate, maxFrameBytes: all.ws.maxFrameBytes });
  const server = createServer((_request, response) => void response.end('ok'));
  const sockets: Socket[] = [];
  server.on('connection', (socket) => void sockets.push(socket));
  webSockets.attach(server, authorize);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clients: WebSocket[] = [];

  return {
    feed, gate, tree, clock: virtual, port, sockets, reports,
    host: (id) => testHost(feed, id, () => random.id()),
    async connect() {
      const socket = await openSocket(`ws://127.0.0.1:${port}/ws`);
      clients.push(socket.ws);
      return socket;
    },
    close: (code = 1012) => webSockets.close(code),
    async stop() {
      for (const client of clients) client.terminate();
      tree.kill();
      await tree.ended;
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

export interface TestHost {
  readonly handle: PublisherHandle;
  readonly id: string;
  epoch: string;
  seq: number;
  state: HostState;
  /** Everything ever published, by `epoch/seq`. */
  readonly history: Map<string, HostState>;
  /** Times that the whole state was asked for. */
  asked: number;
  /** The models whose logs are wanted, each time that was told. */
  readonly wanted: (readonly string[])[];
  /** What it remembers of its logs, by model; of its own under ''. */
  readonly recent: Map<string, LogChunk[]>;
  change(part: Partial<HostState>): void;
  /** The whole state under a new epoch. */
  begin(): void;
}

export function testHost(feed: Feed, id: string, drawEpoch: () => string, before?: TestHost): TestHost {
  const history = before?.history ?? new Map<string, HostState>();
  const keep = (): void => void history.set(`${host.epoch}/${host.seq}`, host.state);
  const host: TestHost = {
    id, epoch: '', seq: 0, state: before?.state ?? hostState({ name: id }), history, asked: 0, wanted: [], recent: new Map(),
    handle: feed.attach({
      host: id,
      token: feed.nextToken(),
      republish() {
        host.asked += 1;
        host.begin();
      },
      wantLogs: (models) => void host.wanted.push(models),
      recentLogs: (model) => host.recent.get(model ?? '') ?? [],
    }),
    change(part) {
      const next = { ...host.state, ...part };
      const ops = diff(host.state, next);
      host.state = next;
      host.seq += 1;
      keep();
      host.handle.delta(host.epoch, host.seq, ops, next);
    },
    begin() {
      host.epoch = drawEpoch();
      host.seq = 1;
      keep();
      host.handle.snapshot(host.epoch, 1, host.state);
    },
  };
  host.begin();
  return host;
}

export function hostState(more: Partial<HostState> = {}): HostState {
  return {
    name: 'gpu1', tags: [], enabled: true, source: 'api', asOf: null,
    liveness: { state: 'live', reason: null, since: '2026-01-01T00:00:00.000000Z', nextTryAt: null, lastContactAt: '2026-01-01T00:00:01.000000Z' },
    generation: 3, build: { version: 'v250', commit: 'abc' }, bootEpoch: 1, profile: null, utcOffsetMin: 0,
    models: { qwen: model('qwen'), 'peer/llama': { ...model('llama'), peerId: 'peer' } },
    inflight: { total: 0, requests: {} }, gpus: {}, perf: null,
    throughput: { windowS: 60, rows: 0, outputTokensPerSecond: null },
    gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null }, ...more,
  };
}

export function model(name: string): HostState['models'][string] {
  return {
    name, description: '', state: 'ready', peerId: null, aliases: [], unlisted: false, contextLength: 4096, ttlS: 0, readySince: null, unloadAt: null, inflight: 0,
  };
}

export interface TestSocket {
  readonly ws: WebSocket;
  readonly frames: ServerFrame[];
  /** 0 while it is open. */
  closeCode: number;
  readonly closed: Promise<number>;
  send(frame: ClientFrame | string): void;
  /** The first frame from `from` on that fits; waits for it. Rejects when the socket closes before. */
  until(fits: (frame: ServerFrame) => boolean, from?: number): Promise<ServerFrame>;
  /** Everything that the server sent before it answered this has come. */
  barrier(): Promise<void>;
}

let barriers = 0;

export async function openSocket(url: string): Promise<TestSocket> {
  const ws = new WebSocket(url);
  const frames: ServerFrame[] = [];
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const one of waiting) one();
  };
  let close: (code: number) => void = () => {};
  const socket: TestSocket = {
    ws, frames, closeCode: 0,
    closed: new Promise((resolve) => (close = resolve)),
    send: (frame) => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    until: (fits, from = 0) =>
      new Promise((resolve, reject) => {
        let at = from;
        const one = (): void => {
          for (; at < frames.length; at += 1) {
            const frame = frames[at] as ServerFrame;
            if (!fits(frame)) continue;
            waiting.delete(one);
            return resolve(frame);
          }
          if (socket.closeCode !== 0) reject(new Error(`closed with ${socket.closeCode} before the frame came`));
        };
        waiting.add(one);
        one();
      }),
    async barrier() {
      const host = `barrier-${(barriers += 1)}`;
      socket.send({ type: 'resync', host });
      await socket.until((frame) => frame.type === 'host.removed' && frame.host === host);
    },
  };
  ws.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as ServerFrame);
    look();
  });
  ws.on('close', (code) => {
    socket.closeCode = code;
    close(code);
    look();
  });
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  ws.on('error', () => {});
  return socket;
}

/** Without the answers to barriers. */
export function framesOf(socket: TestSocket, from = 0): ServerFrame[] {
  return socket.frames.slice(from).filter((frame) => !(frame.type === 'host.removed' && frame.host.startsWith('barrier-')));
}

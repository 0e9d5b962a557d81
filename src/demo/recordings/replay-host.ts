/**
 * Serves a recorded scenario as a live host on a port of its own. Streams are played, the ring is computed for the moment, all
 * else comes from the recorded exchanges of the boot that runs. Between boots the port refuses.
 *
 * Where the recorder left and came back later (`aborted`, then another connection of the same boot), a client's stream stays open
 * until then and is cut, so that the client meets the second connection as the recorder did.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../model/seams.ts';
import { responseSink, wireRequest } from '../http-transport.ts';
import { chooseConnections } from './replay-connections.ts';
import { createReplayAnswers } from './replay-answers.ts';
import type { RecordedBoot, RecordedConnection, Scenario } from './recording-types.ts';
import { send, type Sink } from '../wire.ts';

export interface ReplayOptions {
  clock: Clock;
  /** 0 or absent: any free one. */
  port?: number;
  /** Of connections that overlap, the number of the one that is played. Default: the one with the most bytes. */
  connection?: number;
}

export interface ReplayHost {
  readonly url: string;
  /** Time of the recording, in ms since its start. */
  readonly nowMs: number;
  readonly endMs: number;
  /** Whether the port listens at `nowMs`. */
  readonly up: boolean;
  /** Event streams open now. */
  readonly streams: number;
  /** The moments after which a follower does well to wait for its client: boots, the last ms of each, ends, recorded connections' begins and ends, and the end. */
  readonly steps: readonly number[];
  /** Plays everything up to `tMs` in order; resolves when the port is as it should be and all bytes are handed over. */
  advanceTo(tMs: number): Promise<void>;
  /** Plays from now to the end at `factor` times the recorded pace (default 1); resolves at the end. */
  play(factor?: number): Promise<void>;
  /** Called when a client's stream has been opened. */
  onStream(listener: () => void): void;
  /** Called after every other answer, with its path. */
  onAnswer(listener: (path: string) => void): void;
  /** Ends open streams as a client's connection may break at any time. */
  cutStreams(): void;
  close(): Promise<void>;
}

interface Client { sink: Sink; connection: RecordedConnection | null; sent: number }

export async function startReplay(scenario: Scenario, options: ReplayOptions): Promise<ReplayHost> {
  const { clock } = options;
  const { boots, endMs } = scenario;
  const played = chooseConnections(scenario, options.connection);
  const answers = createReplayAnswers(scenario);
  const clients = new Set<Client>();
  const sockets = new Set<Socket>();
  const streamListeners: (() => void)[] = [];
  const answerListeners: ((path: string) => void)[] = [];
  let nowMs = boots[0]?.readyMs ?? 0;
  let boot: RecordedBoot | null = boots[0] ?? null;
  let port = options.port ?? 0;
  let up = false;
  let closed = false;

  const server = createServer((message, response) => {
    const sink = responseSink(response);
    wireRequest(message).then((request) => {
      const [path = ''] = request.path.split('?', 1);
      if (boot === null || closed) return sink.cut();
      if (path === '/api/events' && request.method === 'GET') return openStream(sink, response);
      send(sink, answers(boot, nowMs, request));
      for (const listener of answerListeners) listener(request.path);
    }).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });

  function openStream(sink: Sink, response: { on(event: 'close', listener: () => void): unknown }): void {
    const running = played.filter((one) => one.boot === boot);
    // The recorded connection that is open now, else the next one to come.
    const at = running.findLast(({ connection }) => connection.openMs <= nowMs && !(connection.closeMs !== null && connection.close !== 'aborted' && connection.closeMs <= nowMs)) ?? running.find(({ connection }) => connection.openMs > nowMs);
    const connection = at?.connection ?? null;
    const client: Client = { sink, connection, sent: 0 };
    sink.head(200, connection?.headers ?? [['Content-Type', 'text/event-stream'], ['Transfer-Encoding', 'chunked']]);
    clients.add(client);
    response.on('close', () => clients.delete(client));
    pump(client);
    for (const listener of streamListeners) listener();
  }

  function pump(client: Client): void {
    const chunks = client.connection?.chunks ?? [];
    for (let chunk = chunks[client.sent]; chunk !== undefined && chunk.tMs <= nowMs; chunk = chunks[client.sent]) {
      client.sink.chunk(chunk.bytes);
      client.sent += 1;
    }
  }

  function end(client: Client, how: 'cut' | 'complete'): void {
    clients.delete(client);
    if (how === 'cut') client.sink.cut();
    else client.sink.end();
  }

  async function open(): Promise<void> {
    if (up || closed) return;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    up = true;
    port = (server.address() as AddressInfo).port;
  }

  async function shut(how: 'cut' | 'complete'): Promise<void> {
    for (const client of clients) end(client, how);
    if (!up) return;
    up = false;
    const done = new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of sockets) {
      if (how === 'cut') socket.destroy();
      else socket.destroySoon();
    }
    await done;
  }

  /** What happens at exactly `nowMs`, streams first. */
  async function act(): Promise<void> {
    for (const client of clients) {
      pump(client);
      const { connection } = client;
      if (connection === null) continue;
      const closed = connection.closeMs !== null && connection.closeMs <= nowMs;
      if (closed && connection.close !== 'aborted') end(client, connection.close === 'complete' ? 'complete' : 'cut');
      else if (closed && played.some((one) => one.boot === boot && one.connection.openMs === nowMs && one.connection !== connection)) end(client, 'cut');
    }
    if (boot !== null && nowMs >= boot.endMs) {
      const ended = boot;
      const next = boots[boots.indexOf(ended) + 1] ?? null;
      // A reload ends no process: the port stays.
      if (ended.end === 'reload' && next !== null) boot = next;
      else if (next !== null || ended.end !== 'unknown') {
        boot = null;
        await shut(ended.end === 'SIGKILL' ? 'cut' : 'complete');
      }
    }
    const due = boots.find((one) => one.readyMs <= nowMs && nowMs < one.endMs);
    if (boot === null && due !== undefined) {
      boot = due;
      await open();
    }
  }

  const steps = [...new Set([...boots.flatMap(({ readyMs, endMs: last }) => [readyMs, last - 1, last]), ...played.flatMap(({ connection }) => [connection.openMs, ...(connection.closeMs === null ? [] : [connection.closeMs])]), endMs])].filter((tMs) => tMs <= endMs).sort((a, b) => a - b);
  /** Every moment at which a byte or a change is due. */
  const moments = [...new Set([...steps, ...played.flatMap(({ connection }) => connection.chunks.map(({ tMs }) => tMs))])].sort((a, b) => a - b);

  let turn = Promise.resolve();
  function advanceTo(tMs: number): Promise<void> {
    turn = turn.then(async () => {
      for (const moment of moments) {
        if (moment <= nowMs || moment > tMs || closed) continue;
        nowMs = moment;
        await act();
      }
      if (!closed && tMs > nowMs) nowMs = tMs;
    });
    return turn;
  }

  await open();
  return {
    get url() { return `http://127.0.0.1:${port}`; },
    get nowMs() { return nowMs; },
    endMs,
    get up() { return up; },
    get streams() { return clients.size; },
    steps,
    advanceTo,
    async play(factor = 1) {
      const from = nowMs;
      const began = clock.monotonic();
      for (const moment of moments) {
        if (moment <= from || closed) continue;
        const wait = (moment - from) / factor - (clock.monotonic() - began);
        if (wait > 0) await new Promise<void>((resolve) => void clock.setTimeout(resolve, wait));
        await advanceTo(moment);
      }
    },
    onStream: (listener) => void streamListeners.push(listener),
    onAnswer: (listener) => void answerListeners.push(listener),
    cutStreams() { for (const client of clients) end(client, 'cut'); },
    async close() {
      closed = true;
      await turn;
      await shut('cut');
    },
  };
}

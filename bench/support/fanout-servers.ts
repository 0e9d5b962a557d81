/** What the fan-out benchmark compares: ws `send(string)`, one pre-framed Buffer, a bare TCP write, and Drover's own view. */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { textFrame } from '../../src/actors/view/frame-buffer.ts';
import { startView } from '../../test/support/view.ts';
import type { View } from '../../test/support/view.ts';
import { wallClock } from '../../test/support/wall.ts';
import { MARK, MARK_DIGITS } from './fanout-clients.ts';
import type { Answer, Order } from './fanout-clients.ts';

/** Something that sends one frame to all its clients. */
export interface Rival {
  port: number;
  /** Clients that are there. */
  clients(): number;
  send(): void;
  close(): Promise<void>;
}

/** Of a frame, in bytes: the 444 of a usual delta. */
const PAYLOAD = 444;

export function now(): string {
  return process.hrtime.bigint().toString().padStart(MARK_DIGITS, '0');
}

/** A payload of that size which says when it was sent. */
function payload(): string {
  const head = `{"type":"fleet.delta","host":"gpu1",${MARK}${now()}","pad":"`;
  return `${head}${'x'.repeat(PAYLOAD - head.length - 2)}"}`;
}

async function wsServer(send: (clients: ReadonlyMap<WebSocket, Socket>) => void): Promise<Rival> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
  const clients = new Map<WebSocket, Socket>();
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      clients.set(ws, socket as Socket);
      ws.on('error', () => {});
      ws.on('message', () => {});
      ws.on('close', () => void clients.delete(ws));
    });
  });
  return { port: await listen(server), clients: () => clients.size, send: () => send(clients), close: () => close(server, [...clients.values()]) };
}

export function stringRival(): Promise<Rival> {
  return wsServer((clients) => {
    const text = payload();
    for (const ws of clients.keys()) ws.send(text);
  });
}

export function bufferRival(): Promise<Rival> {
  return wsServer((clients) => {
    const frame = textFrame(payload());
    for (const socket of clients.values()) socket.write(frame);
  });
}

export async function tcpRival(): Promise<Rival> {
  const clients = new Set<Socket>();
  const server = createTcpServer({ noDelay: true }, (socket) => {
    clients.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => void clients.delete(socket));
    socket.resume();
  });
  return {
    port: await listen(server),
    clients: () => clients.size,
    send() {
      const frame = Buffer.from(payload());
      for (const socket of clients) socket.write(frame);
    },
    close: () => close(server, [...clients]),
  };
}

/** Drover: a delta of one host through the feed, the fleet-store and the broadcaster. */
export async function droverRival(flushMs: number): Promise<Rival & { view: View }> {
  const view = await startView({ clock: wallClock, ws: { flushMs } });
  const host = view.host('gpu1');
  const state = host.state;
  const { epoch } = host;
  let { seq } = host;
  // The frame is as long as the rivals'.
  const pad = 'x'.repeat(PAYLOAD - `{"type":"fleet.delta","host":"gpu1","epoch":"${epoch}","seq":1000,"ops":[{"op":"replace","path":"/profile","value":{${MARK}${now()}","pad":""}}]}`.length);
  return {
    view,
    port: view.port,
    clients: () => view.gate.counts.clients,
    send() {
      seq += 1;
      host.handle.delta(epoch, seq, [{ op: 'replace', path: '/profile', value: { sentAt: now(), pad } }], state);
    },
    close: () => view.stop(),
  };
}

export interface Clients {
  open(order: Omit<Extract<Order, { do: 'open' }>, 'do'>): Promise<void>;
  tell(): Promise<{ frames: number; latencies: number[] }>;
  close(): Promise<void>;
  end(): void;
}

/** A process with clients in it. */
export function startClients(): Clients {
  const child = fork(fileURLToPath(new URL('./fanout-clients.js', import.meta.url)), { stdio: 'inherit' });
  const ask = (order: Order): Promise<Answer> =>
    new Promise((resolve, reject) => {
      child.once('message', (message: Answer) => resolve(message));
      child.send(order, (error) => {
        if (error) reject(error);
      });
    });
  return {
    open: async (order) => void (await ask({ do: 'open', ...order })),
    async tell() {
      const told = await ask({ do: 'tell' });
      return 'frames' in told ? told : { frames: 0, latencies: [] };
    },
    close: async () => void (await ask({ do: 'close' })),
    end: () => child.disconnect(),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', 4_096, resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: Server, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}

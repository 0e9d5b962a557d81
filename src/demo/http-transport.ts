/** A real HTTP server on 127.0.0.1 over a core: the listener follows the process's life, its sockets die with it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Core } from './core.ts';
import type { Sink, WireRequest } from './wire.ts';

export interface HttpPort { listen(port: number): Promise<string>; close(): Promise<void> }

/** Headers go out as given, in order and case; Node adds none of its own. */
export function responseSink(response: ServerResponse): Sink {
  let waiting = 0;
  response.sendDate = false;
  response.removeHeader('Connection');
  response.on('error', () => {});
  return {
    head(status, headers) {
      if (response.headersSent || response.destroyed) return;
      response.writeHead(status, headers.flat());
      response.flushHeaders();
    },
    chunk(bytes) {
      if (response.destroyed || response.writableEnded) return;
      waiting += 1;
      response.write(bytes, () => { waiting -= 1; });
    },
    end() { if (!response.writableEnded) response.end(); },
    cut() { response.destroy(); },
    backlog: () => waiting,
  };
}

export async function wireRequest(message: IncomingMessage): Promise<WireRequest> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
  return { method: message.method ?? 'GET', path: message.url ?? '/', headers, body: Buffer.concat(parts).toString() };
}

export function createHttpPort(core: Core): HttpPort {
  const sockets = new Set<Socket>();
  let port: number | null = null;
  let settled = Promise.resolve();
  let listening = false;

  const server = createServer((message, response) => {
    const sink = responseSink(response);
    wireRequest(message).then((request) => {
      const gone = core.handle(request, sink);
      if (response.destroyed) gone();
      else response.on('close', gone);
    }).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.on('connection', (socket) => {
    socket.setNoDelay(true);
    if (core.accepts() !== 'yes') return void socket.destroy();
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('clientError', (_error, socket) => socket.destroy());

  /** One change of the listener at a time; the last wish wins. */
  function follow(): Promise<void> {
    settled = settled.then(async () => {
      const wanted = port !== null && core.accepts() !== 'refuse';
      if (wanted === listening) return;
      if (!wanted) {
        listening = false;
        await new Promise<void>((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroySoon();
        });
        return;
      }
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port ?? 0, '127.0.0.1', 511, () => {
          server.off('error', reject);
          resolve();
        });
      });
      listening = true;
      port = (server.address() as AddressInfo).port;
    });
    return settled;
  }

  core.onLife((event) => {
    for (const socket of sockets) {
      if (event === 'kill') socket.destroy();
      else if (event === 'term') socket.destroySoon();
    }
    if (event === 'accepts') void follow().catch((error: unknown) => { throw error; });
  });

  return {
    async listen(wanted) {
      port = wanted;
      core.control.start();
      await follow();
      return `http://127.0.0.1:${port}`;
    },
    async close() {
      port = null;
      core.retire();
      await follow();
      for (const socket of sockets) socket.destroy();
    },
  };
}

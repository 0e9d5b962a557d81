/** The handshake of `/ws`. */
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { SocketGate } from '../actors/view/socket-gate.ts';
import type { AuthorizeUpgrade, UpgradeRefusal, WebSockets } from './deps.ts';

export interface HandshakeOptions {
  gate: SocketGate;
  /** Bytes of one client frame beyond which the socket is closed (1009). */
  maxFrameBytes: number;
}

/** Takes the raw server's 'upgrade' events. Whatever is refused is answered as HTTP, before any handshake. */
export function createWebSockets({ gate, maxFrameBytes }: HandshakeOptions): WebSockets {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    // The broadcaster answers pings itself: ws would queue pongs without end for one that does not read.
    autoPong: false,
  });

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, authorize: AuthorizeUpgrade): void => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== '/ws') return refuse(socket, { status: 404, code: 'not_found', message: 'WebSockets are spoken at /ws alone' });
    const refusal = authorize(request);
    if (refusal !== null) return refuse(socket, refusal);
    server.handleUpgrade(request, socket, head, (ws) => gate.adopt(ws, socket));
  };

  return {
    attach(http: Server, authorize) {
      http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        // An error that nobody hears ends the process, and so does a throw in this listener.
        socket.on('error', ignore);
        try {
          upgrade(request, socket, head, authorize);
        } catch {
          refuse(socket, { status: 500, code: 'internal', message: 'the handshake failed' });
        }
      });
    },
    close: (code) => gate.close(code),
  };
}

const ignore = (): void => {};

function refuse(socket: Duplex, { status, code, message }: UpgradeRefusal): void {
  const body = JSON.stringify({ error: { code, message } });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\nContent-Type: application/json; charset=utf-8\r\n`
    + `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

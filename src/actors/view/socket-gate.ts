/**
 * Through which http hands sockets over to the broadcaster of the moment. Lives as long as the process: the counters are totals
 * over all incarnations of the broadcaster.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { CLOSE_CODES } from '../../model/frames.ts';

export interface SocketCounts {
  /** Now. */
  clients: number;
  /** Now. */
  stalled: number;
  /** Totals since the process began: frames and bytes written to clients, times that a client lagged. */
  frames: number;
  bytes: number;
  lagged: number;
}

export interface SocketSink {
  /** `socket`: the one under `ws`, for frames that are encoded once for all. */
  adopt(ws: WebSocket, socket: Duplex): void;
  /** Closes all with the code; resolves when they are gone or were terminated. */
  close(code: number): Promise<void>;
}

export interface SocketGate {
  /** Without a broadcaster, and after `close`, the socket is closed with 1012. */
  adopt(ws: WebSocket, socket: Duplex): void;
  /** Lets nobody in any more. */
  close(code: number): Promise<void>;
  attach(sink: SocketSink): { detach(): void };
  /** The broadcaster counts here. */
  readonly counts: SocketCounts;
}

export function createSocketGate(): SocketGate {
  let sink: SocketSink | null = null;
  let shut = false;
  return {
    counts: { clients: 0, stalled: 0, frames: 0, bytes: 0, lagged: 0 },
    adopt(ws, socket) {
      if (sink !== null && !shut) return sink.adopt(ws, socket);
      ws.on('error', () => {});
      ws.close(CLOSE_CODES.goingAway);
    },
    async close(code) {
      shut = true;
      await sink?.close(code);
    },
    attach(next) {
      sink = next;
      return {
        detach() {
          if (sink === next) sink = null;
        },
      };
    },
  };
}

/**
 * Through which http hands sockets over to the broadcaster of the moment. Lives as long as the process: the counters are totals
 * over all incarnations of the broadcaster.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

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
  throw new Error('to come');
}

/** The handshake of `/ws`. */
import type { SocketGate } from '../actors/socket-gate.ts';
import type { WebSockets } from './deps.ts';

export interface HandshakeOptions {
  gate: SocketGate;
  /** Bytes of one client frame beyond which the socket is closed (1009). */
  maxFrameBytes: number;
}

/** Takes the raw server's 'upgrade' events. Whatever is refused is answered as HTTP, before any handshake. */
export function createWebSockets(_options: HandshakeOptions): WebSockets {
  throw new Error('to come');
}

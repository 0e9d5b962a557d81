/** A dashboard as the broadcaster holds it, and the audience of those who want the same. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ClientFrame } from '../../model/frames.ts';
import type { TimerId } from '../../model/seams.ts';

export interface ClientSocket {
  readonly ws: WebSocket;
  /** The one under `ws`: shared Buffers are written to it as they are. */
  readonly socket: Duplex;
  audience: Audience;
  phase: 'reading' | 'stalled' | 'closing';
  /** The kernel takes no more for now: what comes waits in `queue`, where it can still be thrown away. */
  waiting: boolean;
  queue: Buffer[];
  queued: number;
  /** Bytes that may be owed: the limit, or more while something larger (a snapshot) is on its way. */
  budget: number;
  /** Monotonic ms of the last ping; at first, of the beginning. */
  pingAt: number;
  /** The frame of the ping that is unanswered; null: none is. */
  ping: Buffer | null;
  /** Bytes have been written behind the last ping. */
  dirty: boolean;
  timer: TimerId;
  timerFor: 'ping' | 'pong' | 'end' | 'terminate';
  /** Per lossy stream how much was dropped and not yet told. */
  dropped: Map<string, number> | null;
  /** The client's own latest ping, when it can't be answered at once. */
  unanswered: Buffer | null;
  badFrames: number;
  /** Frames of a stalled client, answered once it reads. */
  held: ClientFrame[];
}

export interface LossyFrame {
  /** What the drop is counted under. */
  key: string;
  amount: number;
}

export interface Audience {
  readonly key: string;
  readonly topics: ReadonlySet<string>;
  readonly clients: Set<ClientSocket>;
  /** Of this tick. */
  must: Buffer[];
  lossy: (LossyFrame & { data: Buffer })[];
}

/** The ways in which a whole host can misbehave. Faults of single frames are methods of SimHost; malformed bytes: bad-frames.ts. */
import type { SimHost } from './sim-host.ts';

export type SimFault =
  /** Nothing listens. Open streams are cut. */
  | { kind: 'refuse' }
  /** Accepts and closes at once. */
  | { kind: 'accept-close' }
  /** Accepts, reads, never answers. Open streams stay open and quiet. Also what a hung host is. */
  | { kind: 'silent' }
  /** New and open streams go on; every other request is never answered. */
  | { kind: 'hang' }
  /** Everything comes a byte at a time. */
  | { kind: 'trickle'; bytesPerSecond: number }
  /** Every request gets this. 401, 404, 500, 3xx with `location`. */
  | { kind: 'status'; status: number; body?: string; contentType?: string; location?: string }
  /** 200 with a page of HTML in place of everything, the stream too. */
  | { kind: 'html' }
  /** The address now belongs to another machine. */
  | { kind: 'other-host'; host: SimHost };

export type SimFaultKind = SimFault['kind'];

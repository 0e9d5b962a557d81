/**
 * The reference client of `/ws`, pure: what came in, what it holds, what to send. The owner has the socket and the timers.
 *
 *   opened(client)            -> send its frames
 *   received(client, text)    -> send, deliver, refill
 *   closed(client, openMs)    -> open again after `reconnectMs`
 */
import type { ClientFrame, CountedStream, ServerFrameOf } from './frames.ts';
import type { Random } from './seams.ts';
import type { HostState } from './state.ts';
import type { ActorStatus } from './status.ts';

export interface HeldHost {
  readonly epoch: string;
  readonly seq: number;
  readonly state: HostState;
}

export interface HeldActors {
  readonly epoch: string;
  readonly seq: number;
  readonly actors: Readonly<Record<string, ActorStatus>>;
}

/** What a client holds. Values are never changed in place, so a view may compare by identity. */
export interface Client {
  readonly topics: readonly string[];
  /** `connecting`: no hello yet. `open`: after hello. `closed`: between a close and the next open. */
  readonly connection: 'connecting' | 'open' | 'closed';
  readonly serverEpoch: string | null;
  readonly version: string | null;
  /** Is `hosts` what the server had at some moment? Kept while the connection is lost (then it is old, not wrong). */
  readonly fleetReady: boolean;
  readonly hosts: ReadonlyMap<string, HeldHost>;
  /** Hosts with a hole: a resync is under way and their deltas are dropped until the host.snapshot. */
  readonly awaiting: ReadonlySet<string>;
  /** null before the first snapshot and after a hole. */
  readonly actors: HeldActors | null;
  /** The last `n` held of each stream; null: no position. */
  readonly positions: Readonly<Record<CountedStream, number | null>>;
  /** Fleet frames that came before the snapshot. */
  readonly early: readonly FleetFrame[];
  /** Opens in a row that did not last. */
  readonly attempts: number;
}

export type FleetFrame = ServerFrameOf<'fleet.delta' | 'host.snapshot' | 'host.removed'>;
export type StreamFrame = ServerFrameOf<'activity' | 'gap' | 'run' | 'perf' | 'log'>;

export interface Step {
  client: Client;
  send: ClientFrame[];
  /** Stream frames to show, each exactly once. */
  deliver: StreamFrame[];
  /** Streams of which something may have been missed: read the history over HTTP and merge. */
  refill: CountedStream[];
  /** `error` frames, and frames that are not what their type should be. */
  faults: string[];
}

export function createClient(_topics: readonly string[]): Client {
  throw new Error('to come');
}

/** The socket is open. What to send follows `hello`. */
export function opened(_client: Client): Step {
  throw new Error('to come');
}

/** One text frame. */
export function received(_client: Client, _text: string): Step {
  throw new Error('to come');
}

/** The socket is gone, by whatever code (1006 too), or did not open (`openMs` 0). */
export function closed(_client: Client, _openMs: number, _random: Random): { client: Client; reconnectMs: number } {
  throw new Error('to come');
}

/** Other topics from now on: what to send while open. */
export function retopic(_client: Client, _topics: readonly string[]): Step {
  throw new Error('to come');
}

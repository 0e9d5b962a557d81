/**
 * Where those who know of hosts (links, the keeper) meet those who show them (fleet-store, broadcaster). It lives as long as the
 * process and survives the crash of either side: a fleet-store that comes back is filled at once, since every publisher then
 * publishes its whole state under a new state epoch.
 *
 * A host has one publisher at any time. The one that attached with the highest token publishes; whatever another still sends is
 * dropped without a word.
 *
 * Everything here is synchronous: when a call returns, `readFleet` shows it. States handed in must never change afterwards.
 */
import type { ActivityRow } from '../model/activity.ts';
import type { Gap } from '../model/gap.ts';
import type { CountedStream } from '../model/frames.ts';
import type { PatchOp } from '../model/patch.ts';
import type { PerfSample } from '../model/perf.ts';
import type { HostState, PublishedHost } from '../model/state.ts';

export interface PublisherSpec {
  host: string;
  /** From `nextToken()`, drawn when this incarnation began. Lower than the present publisher's: cut off from the start. */
  token: number;
  /** The fleet-store has lost this host, or holds another place of it: draw a new state epoch and call `snapshot` now. */
  republish(): void;
  /** The models of whose own logs somebody reads (at most 4), whenever that changes. Start with `wantedLogs()`. */
  wantLogs?(models: readonly string[]): void;
}

/** One publisher's way in. After `detach` or a later publisher's `attach` every call does nothing. */
export interface PublisherHandle {
  active(): boolean;
  /** A whole state: the first, or the first under a new epoch (seq 1). */
  snapshot(epoch: string, seq: number, state: HostState): void;
  /** The change from seq - 1 to seq, and where it leads. */
  delta(epoch: string, seq: number, ops: readonly PatchOp[], state: HostState): void;
  /** The host is no more. */
  removed(): void;
  activity(rows: readonly ActivityRow[]): void;
  perf(samples: readonly PerfSample[]): void;
  /** `model`: of that model's own log; null: of the host's. `dropped`: UTF-8 bytes lost before this text. */
  log(source: string, model: string | null, text: string, dropped: number): void;
  wantedLogs(): readonly string[];
  /** The host stays as last published, for the next publisher to replace. */
  detach(): void;
}

/** What the fleet-store is to the feed. */
export interface FleetSink {
  /** False: it does not continue what is held, and nothing was changed. */
  delta(host: string, epoch: string, seq: number, ops: readonly PatchOp[], state: HostState): boolean;
  snapshot(host: string, epoch: string, seq: number, state: HostState): void;
  removed(host: string): void;
  get(host: string): PublishedHost | null;
  /** By id. */
  list(): PublishedHost[];
  /** The deltas after `seq` in order, as encoded frames; null: not all are held, or the host is not at that epoch. */
  deltasAfter(host: string, epoch: string, seq: number): readonly string[] | null;
  /** A throw in it is the store's crash, never the publisher's. */
  crash(error: unknown): void;
}

/** What the broadcaster is to the feed. Fleet changes come after the fleet-store holds them. */
export interface BroadcastSink {
  hostSnapshot(host: string): void;
  /** `frame`: the encoded `fleet.delta`. */
  hostDelta(host: string, frame: string): void;
  hostRemoved(host: string): void;
  activity(host: string, rows: readonly ActivityRow[]): void;
  gap(gap: Gap): void;
  perf(host: string, samples: readonly PerfSample[]): void;
  log(host: string, source: string, model: string | null, text: string, dropped: number): void;
  lagged(stream: CountedStream): void;
  crash(error: unknown): void;
}

/** What the broadcaster gets for attaching. */
export interface BroadcastLink {
  fleet(): FleetSink | null;
  /** The models of a host whose own logs have readers. */
  wantLogs(host: string, models: readonly string[]): void;
  detach(): void;
}

export interface Feed {
  nextToken(): number;
  attach(spec: PublisherSpec): PublisherHandle;
  /** Also of a writer: it decides on gaps `rejected`. */
  gap(gap: Gap): void;
  /** Frames of the stream already sent are wrong now (rows were re-keyed): nobody holds a position in it any more. */
  lagged(stream: CountedStream): void;
  /** epoch, seq and state read together, by id; empty while the fleet-store is away. */
  readFleet(): PublishedHost[];
  readHost(host: string): PublishedHost | null;
  attachStore(store: FleetSink): { detach(): void };
  attachBroadcaster(sink: BroadcastSink): BroadcastLink;
}

export interface FeedOptions {
  /** A publisher threw in `republish` or `wantLogs`, or sent a delta that does not continue. For the log. */
  report(error: unknown, host: string): void;
}

export function createFeed(_options: FeedOptions): Feed {
  throw new Error('to come');
}

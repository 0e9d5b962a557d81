/**
 * What goes into a host's reconciler and what comes out of it. The reconciler decides, as data, which boot, which row and
 * which gap (law 2); the link only executes. Every input is answered by a list of effects, to be executed in order.
 */
import type { ActivityRow, StoredRow, WireRow } from '../records/activity.ts';
import type { BootRecord, HostMark } from '../records/batch.ts';
import type { Gap } from '../records/gap.ts';
import type { Generation } from '../host/state.ts';
import type { IdRange } from './watermark.ts';

/** `GET /api/metrics/activity?limit=<limit>&page=<page>`, newest first. */
export interface PageTarget { kind: 'page'; page: number; limit: number }

/** What a `fetch` effect asks the host for. */
export type FetchTarget =
  | PageTarget
  /** `GET /api/metrics`: the whole ring of generations 1 and 2. */
  | { kind: 'ring' };

export type FetchAnswer =
  /** 200 and decoded. `total`: rows that the host holds (null where the answer does not say). Rows in any order. */
  | { kind: 'rows'; generation: Generation | null; rows: WireRow[]; total: number | null }
  /** 404: this release does not know the path. */
  | { kind: 'absent' }
  /** Anything else: a time-out, another status, what does not decode. */
  | { kind: 'failed' };

/** What the writers' queue holds of a host, batches in a persister's hands included. */
export interface QueuedHost {
  boots: BootRecord[];
  rows: StoredRow[];
  gaps: Gap[];
  settled: { bootEpoch: number; range: IdRange }[];
  /** Boots under a number that is not decided yet (negative), oldest first. */
  held: HeldBoot[];
}

export interface HeldBoot {
  /** Negative: -1 is the first. */
  bootEpoch: number;
  generation: Generation;
  /** Rows of the ring that was read when this boot was met. */
  ring: StoredRow[];
  /** Ids of the rows that came after it. */
  laterIds: number[];
}

export type ReconcileInput =
  /** The stream is open (200, `text/event-stream`): before its first event. Nothing of the boot or the generation is known from before. */
  | { type: 'connected' }
  /** `inflight`: requests under way at the end, where that is known for true; null: unknown. */
  | { type: 'ended'; how: 'clean' | 'broken'; inflight: number | null }
  /** Every `logData`. The first of each source on a connection is its history. */
  | { type: 'log'; source: string; text: string }
  /** Every `metrics` message of generations 1 and 2, the first (whole ring) included. */
  | { type: 'rows'; generation: 1 | 2 | null; rows: WireRow[] }
  /** Every `activity` message of generation 3. */
  | { type: 'row-ready'; upstreamId: number }
  | { type: 'fetched'; fetchId: number; answer: FetchAnswer }
  /** The answer to `read-mark`; `mark` null: the database is away. */
  | { type: 'mark'; readId: number; mark: HostMark | null; queued: QueuedHost }
  /** The queue refused this entry: none of it is queued. */
  | { type: 'refused'; entry: ActivityEntry }
  /** The database is ready (again), the persister is a new incarnation, or the queue has room again for a host that was behind. */
  | { type: 'catch-up' }
  /** The host has been silent and answers again: events may have been lost. */
  | { type: 'look' }
  /** The store rejected rows and recorded these gaps itself. */
  | { type: 'rejected'; gaps: Gap[] }
  /** The timer that the last `timer` effect asked for. */
  | { type: 'tick' };

/**
 * One thing to be queued for the activity lane. What it holds may be written in several transactions in order, but boot and gaps
 * go with the first of its rows.
 */
export interface ActivityEntry {
  hostId: string;
  /** Negative: held back by the queue until a `release` says which boot it is. */
  bootEpoch: number;
  /** `ring`: read at a connect or a catch-up; `live`: came over the stream; `import`: the backward import. */
  origin: 'ring' | 'live' | 'import';
  generation: Generation;
  boots: BootRecord[];
  gaps: Gap[];
  rows: StoredRow[];
  /** Ids settled without a row: older than retention. */
  settled: IdRange[];
  /** The boot's floor after these rows (the backward import lowers it); null: as it was. */
  floor: number | null;
}

export type ReconcileEffect =
  /** Ask the host; answer with `fetched`. At most one of each priority is under way; after `ended` the answer is not wanted. `low`: may wait for other hosts and for the queue. */
  | { type: 'fetch'; fetchId: number; target: FetchTarget; priority: 'normal' | 'low' }
  /** `readHostMark` (src/actors/writers/host-mark.ts); answer with `mark`. */
  | { type: 'read-mark'; readId: number; ring: Pick<ActivityRow, 'upstreamId' | 'ts'>[] }
  /** Offer it to the queue's activity lane. If that refuses: input `refused`, at once, and for every further entry of this step: the first holds the boot that they belong to. */
  | { type: 'enqueue'; entry: ActivityEntry }
  /** Tell the queue which boot a held one is: `queue.release`. */
  | { type: 'release'; release: Release }
  /** For the `activity` stream and `rowsArrived`. Every row once, the backward import's not at all. */
  | { type: 'publish'; rows: ActivityRow[]; origin: 'live' | 'ring' }
  /** For the `gaps` stream and the host's totals. `rejected` ones too. */
  | { type: 'gaps'; gaps: Gap[] }
  /** The boot is decided. `bootEpoch` null: not before the database answers. `fresh`: it is another boot than before. */
  | { type: 'boot'; bootEpoch: number | null; fresh: boolean; generation: Generation }
  /** The generation that this connection speaks; comes before `boot`. */
  | { type: 'generation'; generation: Generation }
  /** Frames were sent under a boot that has now become another: the `activity` topic has to say `lagged`. */
  | { type: 'lagged' }
  /** Gap totals as the database has them; once, before the first `gaps` that go on top of it. */
  | { type: 'totals'; mark: HostMark }
  /** Wake with `tick` at this `Moment.mono`; replaces the timer before; null: none. */
  | { type: 'timer'; at: number | null }
  /** Something that should be counted and, sampled, logged. */
  | { type: 'oddity'; what: 'differing-row' | 'id-out-of-range' | 'rows-sent'; upstreamId: number };

/** How a held boot ends up. */
export interface Release {
  hostId: string;
  /** The held (negative) number. */
  held: number;
  bootEpoch: number;
  /** Rows below this id are those of an earlier boot and are dropped. */
  fromId: number;
  boots: BootRecord[];
  gaps: Gap[];
}

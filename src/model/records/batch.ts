/** What persisters write and what a link reads back: the documents that cross the Store seam. */
import type { StoredRow } from './activity.ts';
import type { Gap, GapTotals } from './gap.ts';
import type { PerfSample } from './perf.ts';

/** A boot epoch as stored. Written in the transaction of its first row or gap, or alone (first contact with an empty ring). */
export interface BootRecord {
  hostId: string;
  bootEpoch: number;
  /** When Drover decided it. */
  detectedAt: string;
  /** First id of which we know; the backward import lowers it. */
  floor: number;
  /** Where rows below `floor` are those of an earlier boot, that boot. */
  resumes: number | null;
  generation: 1 | 2 | 3;
}

/** Everything from `floor` up to but without `next` is settled: stored, rejected, or inside a gap. Both only move outwards. */
export interface Watermark {
  hostId: string;
  bootEpoch: number;
  floor: number;
  next: number;
}

export interface LivenessEvent { hostId: string; ts: string; kind: 'liveness' | 'boot' | 'build'; from: string | null; to: string | null; reason: string | null }
export interface ModelEvent { hostId: string; ts: string; model: string; from: string | null; to: string }

/** Rows of one transaction. Any list may be empty. */
export interface Batch {
  boots: BootRecord[];
  activity: StoredRow[];
  gaps: Gap[];
  marks: Watermark[];
  hostEvents: LivenessEvent[];
  modelEvents: ModelEvent[];
  perf: PerfSample[];
}

export interface BatchResult {
  /** Rows that were new to the database. */
  inserted: number;
  /** Rows whose key was there already. */
  conflicts: number;
  /** Rows older than retention: not stored, and settled. */
  expired: number;
  /**
   * Gaps `rejected` of one id, recorded by the store for rows it could not take: those ids are settled, and `marks` of a later batch may pass
   * them. A batch tried again after a commit of unknown outcome names the same gaps again (the same ids).
   */
  rejected: Gap[];
}

/** A host's newest boot, its earlier ones, and what of a ring is stored already. */
export interface HostMark {
  /** Newest first, at most the newest 1,000. Empty: first contact. */
  boots: BootMark[];
  /** Settled ids at or above the newest boot's `next`, ascending: stored, or inside a gap with both ends. */
  settledAbove: number[];
  /** Stored rows that share id and second with a row of the ring asked about, of whatever boot. */
  rows: StoredRow[];
  /** Closed gaps (both ids known), of whatever boot, that overlap the span of the ids of the ring asked about. */
  gapped: { bootEpoch: number; fromId: number; toId: number }[];
  gaps: GapTotals;
}

export interface BootMark extends Watermark {
  resumes: number | null;
  /**
   * The host was deleted after this boot: it is never gone on with. If the newest is closed, the next contact begins boot
   * `bootEpoch` + 1 whatever the ring shows (rows that agree are still resumed, not stored again).
   */
  closed: boolean;
  generation: 1 | 2 | 3;
  /** Highest id stored or inside a gap; null: none. */
  highest: number | null;
  /** `ts` of the row with the highest id; null without rows. Both are remembered when retention has dropped the row. */
  lastTs: string | null;
}

/** 'away': try again when the database is ready. 'partition': `ts` of `table` has none; make it and try again. */
export class StoreError extends Error {
  readonly code: 'away' | 'partition';
  readonly table: string | null;
  readonly ts: string | null;
  constructor(code: 'away' | 'partition', message: string, where?: { table: string; ts: string }, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
    this.table = where?.table ?? null;
    this.ts = where?.ts ?? null;
  }
}

/** One connection to a host as its reconciler sees it. A boot lasts at least as long. */
import type { WireRow } from '../records/activity.ts';
import type { Limits } from '../limits.ts';
import type { Generation } from '../host/state.ts';
import type { BootDecision, RingView } from './decide-boot.ts';
import type { BackwardImport } from './backward-import.ts';
import { createBackwardImport } from './backward-import.ts';
import { isWhole } from './fetch-plan.ts';
import type { Standing } from './merge-mark.ts';
import type { FetchTarget, PageTarget } from './effects.ts';
import type { LiveBoot } from './live-boot.ts';
import type { ProcessKnown } from './log-lines.ts';
import type { RingReader } from './ring-reader.ts';
import { createRingReader } from './ring-reader.ts';
import type { RowChaser } from './row-chaser.ts';
import { createRowChaser } from './row-chaser.ts';
import type { IdSet } from './watermark.ts';
import { idSet } from './watermark.ts';

export type Heard = { type: 'rows'; rows: readonly WireRow[] } | { type: 'ready'; id: number };

/**
 * `asking`: the ring is being read. `marking`: the database is asked. `silent`: the ring is empty although the boot has rows, so
 * that the first row decides. `open`: rows are taken as they come. In all but `open` what is heard waits.
 */
export type Phase = 'asking' | 'marking' | 'silent' | 'open';

export interface Connection {
  readonly limits: Limits['ring'];
  since: number;
  phase: Phase;
  reader: RingReader;
  chaser: RowChaser;
  generation: Generation | null;
  /** While silent: when to look whether rows have come that nobody announced. */
  checkDue: number;
  waiting: Heard[];
  process: ProcessKnown;
  ring: RingView;
  /** Announced here, not in the ring at the connect. */
  heard: IdSet;
  begunAgain: boolean;
  /** The ring was empty when we connected and the boot was not: all that comes is fresh. */
  wasSilent: boolean;
  /** Decided again because rows differed, and found the same: rows that differ are counted alone. */
  tolerant: boolean;
  differed: number;
  fetching: { id: number; target: FetchTarget; for: 'ring' | 'rows' } | null;
  /** Beside `fetching`: it may wait long for its turn. */
  importing: { id: number; target: PageTarget } | null;
  /** Of the boot that is open. */
  backward: BackwardImport;
}

export function newConnection(since: number, limits: Limits['ring']): Connection {
  return {
    limits,
    since,
    phase: 'asking',
    reader: createRingReader(since, null, limits),
    chaser: createRowChaser(since, limits),
    generation: null,
    checkDue: since + limits.checkEveryMs,
    waiting: [],
    process: 'unknown',
    ring: { rows: [], complete: false, endKnown: false },
    heard: idSet(),
    begunAgain: false,
    wasSilent: false,
    tolerant: false,
    differed: 0,
    fetching: null,
    importing: null,
    backward: createBackwardImport(true, limits.pageSize),
  };
}

/** Reads the ring once more on the same connection, to decide again. */
export function askAgain(conn: Connection, now: number): void {
  conn.phase = 'asking';
  conn.reader = createRingReader(now, conn.generation ?? 2, conn.limits);
  conn.fetching = null;
  conn.importing = null;
}

/** Ended this row after the connection began, so that an older one under its id is another row? */
export function freshOn(conn: Connection, boot: LiveBoot | null, decidedBefore: boolean): (id: number) => boolean {
  if (conn.wasSilent) return (id) => boot?.takenHere.has(id) !== true;
  if (!decidedBefore || boot === null) return () => false;
  return (id) => !boot.ringAtConnect.has(id) && !boot.takenHere.has(id) && (conn.ring.complete || conn.heard.has(id));
}

/** Can the rest of a ring that was read in part not change the decision? */
export function isFinal(decision: BootDecision, standing: Standing, ring: RingView, total: number | null, pageSize: number): boolean {
  switch (decision.kind) {
    case 'first':
      return standing.boots.length === 0 && total !== null && !isWhole(total, pageSize);
    case 'same': {
      const [low] = ring.rows;
      const top = decision.boot.highest ?? decision.boot.floor - 1;
      return low === undefined || low.upstreamId <= top + 1;
    }
    case 'wait':
    case 'new':
      return false;
    default:
      return decision satisfies never;
  }
}

/** The ring with the rows that came over the stream meanwhile: a small ring may have passed them already. */
export function withHeard(ring: RingView, waiting: readonly Heard[]): RingView {
  const rows = new Map(ring.rows.map((row) => [row.upstreamId, row]));
  for (const heard of waiting) if (heard.type === 'rows') for (const row of heard.rows) rows.set(row.upstreamId, row);
  if (rows.size === ring.rows.length) return ring;
  return { ...ring, rows: [...rows.values()].sort((a, b) => a.upstreamId - b.upstreamId) };
}

/** Has an id been announced that was settled before this connection? `ring`: as it was at the connect; null: it was empty. */
export function heardAgain(waiting: readonly Heard[], ring: RingView | null, standing: Standing): boolean {
  const [newest] = standing.boots;
  if (newest === undefined) return false;
  const shown = new Set(ring?.rows.map((row) => row.upstreamId));
  const again = (id: number): boolean => !shown.has(id) && (id < newest.floor || newest.settled.has(id));
  return waiting.some((heard) => (heard.type === 'ready' ? again(heard.id) : heard.rows.some((row) => again(row.upstreamId))));
}

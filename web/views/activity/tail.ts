/** The live tail over the pages of history that were read: what is shown, and what waits while somebody reads. Pure; bounded. */
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import type { Gap } from '../../../src/model/records/gap.ts';
import { compareRows, mergeRows } from '../../state/rows.ts';
import { mergeGaps } from './entries.ts';

export interface TailLimits {
  /** Rows that came live and are shown; beyond, the list keeps its newest so many. */
  live: number;
  /** Rows that wait while the tail is paused. */
  waiting: number;
  /** Rows in all; beyond, no older page is read. */
  rows: number;
  gaps: number;
}
export const TAIL_LIMITS: TailLimits = { live: 5_000, waiting: 5_000, rows: 200_000, gaps: 5_000 };

export interface Tail {
  /** Shown, newest first. */
  rows: readonly ActivityRow[];
  gaps: readonly Gap[];
  /** How many of `rows` came live since the list was last read or cut. */
  live: number;
  /** The list was cut at its old end: where history goes on has to be asked anew. */
  cut: boolean;
  /** Not shown yet, as they came. */
  waiting: readonly ActivityRow[];
  /** Let go of while paused, and not read again since. */
  skipped: number;
  paused: boolean;
}

export const EMPTY_TAIL: Tail = { rows: [], gaps: [], live: 0, cut: false, waiting: [], skipped: 0, paused: false };

export function arrived(tail: Tail, rows: readonly ActivityRow[], limits = TAIL_LIMITS): Tail {
  if (rows.length === 0) return tail;
  if (!tail.paused) return shown(tail, rows, limits);
  const waiting = [...tail.waiting, ...rows];
  const over = Math.max(0, waiting.length - limits.waiting);
  return { ...tail, waiting: over === 0 ? waiting : waiting.slice(over), skipped: tail.skipped + over };
}

export function gapsArrived(tail: Tail, gaps: readonly Gap[], limits = TAIL_LIMITS): Tail {
  return gaps.length === 0 ? tail : { ...tail, gaps: mergeGaps(tail.gaps, gaps, limits.gaps) };
}

export function paused(tail: Tail): Tail {
  return tail.paused ? tail : { ...tail, paused: true };
}

/** What waited is shown. After a skip the newest of history has to be read again; until then the skip stays on the record. */
export function resumed(tail: Tail, limits = TAIL_LIMITS): Tail {
  return tail.paused ? shown({ ...tail, paused: false, waiting: [] }, tail.waiting, limits) : tail;
}

/** The newest page: what is older than its end is let go of, so that no hole can lie in what stays. `ends`: nothing is older. */
export function newestRead(tail: Tail, page: readonly ActivityRow[], ends: boolean): Tail {
  const last = page.at(-1);
  const newer = last === undefined || ends ? tail.rows : tail.rows.filter((row) => compareRows(row, last) <= 0);
  return { ...tail, rows: mergeRows(newer, page), live: 0, cut: false, skipped: 0 };
}

export function olderRead(tail: Tail, page: readonly ActivityRow[]): Tail {
  return { ...tail, rows: mergeRows(tail.rows, page), cut: false };
}

function shown(tail: Tail, rows: readonly ActivityRow[], limits: TailLimits): Tail {
  const merged = mergeRows(tail.rows, rows);
  const live = tail.live + merged.length - tail.rows.length;
  if (live <= limits.live) return { ...tail, rows: merged, live };
  return { ...tail, rows: merged.slice(0, limits.live), live: limits.live, cut: tail.cut || merged.length > limits.live };
}

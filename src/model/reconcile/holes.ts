/** Ids of a boot that should be there and are not: when to look for them, and when to give them up. */
import type { Limits } from '../limits.ts';
import type { IdRange } from './watermark.ts';
import { idSet } from './watermark.ts';

interface Hole {
  from: number;
  to: number;
  due: number;
  /** Looks that showed both neighbours (or an empty ring) and not it, and when the first was. */
  looks: number;
  firstLook: number;
  /** False: known from before the connection, of a process that may be another. */
  exact: boolean;
}

/** What one reading of the host showed. */
export interface Shown {
  low: number | null;
  high: number | null;
  /** The host holds nothing below `low` (nothing at all where that is null). */
  endKnown: boolean;
  /** The host held nothing above `high`. */
  topKnown: boolean;
}

export interface LostStretch {
  range: IdRange;
  cause: 'wrap' | 'missing';
  exact: boolean;
}

export interface Holes {
  /** The unsettled ids as they are now. New ones are due after `delayMs`. */
  update(unsettled: readonly IdRange[], now: number, delayMs: number, exact: boolean): void;
  /** The highest hole that is due: fetch newest first. */
  due(now: number): IdRange | null;
  /** When the next one is due; null: none. */
  nextDue(): number | null;
  /** After an answer's rows were settled and `update`d: what is lost for good. Counts a look only where one was due. */
  shown(answer: Shown, now: number): LostStretch[];
  /** Look again at once, if that helps: a page was read that did not reach it. Else later. */
  postpone(range: IdRange, until: number): void;
  clear(): void;
}

/** An empty ring after an announcement is a ring that is switched off; a second look rules out another process's answer. */
const EMPTY_LOOKS = 2;

export function createHoles(limits: Limits['ring']): Holes {
  const lookAgainMs = limits.missingOverMs / Math.max(1, limits.missingFetches - 1);
  let holes: Hole[] = [];
  return {
    update(unsettled, now, delayMs, exact) {
      if (unsettled.length === 0) {
        holes = [];
        return;
      }
      const next: Hole[] = [];
      for (const [from, to] of unsettled) {
        const covered = idSet();
        for (const hole of holes) {
          if (hole.to < from || hole.from > to) continue;
          const piece = { ...hole, from: Math.max(from, hole.from), to: Math.min(to, hole.to) };
          covered.add(piece.from, piece.to);
          next.push(piece);
        }
        for (const [start, end] of covered.missing(from, to)) {
          next.push({ from: start, to: end, due: now + delayMs, looks: 0, firstLook: 0, exact });
        }
      }
      holes = joined(next);
    },
    due(now) {
      for (let i = holes.length - 1; i >= 0; i--) if (holes[i]!.due <= now) return [holes[i]!.from, holes[i]!.to];
      return null;
    },
    nextDue() {
      let due: number | null = null;
      for (const hole of holes) if (due === null || hole.due < due) due = hole.due;
      return due;
    },
    shown(answer, now) {
      const lost: LostStretch[] = [];
      const next: Hole[] = [];
      for (const hole of holes) {
        const { low, high, endKnown } = answer;
        if (low === null || high === null) {
          if (!endKnown || hole.due > now) next.push(hole);
          else if (hole.looks + 1 >= EMPTY_LOOKS) lost.push({ range: [hole.from, hole.to], cause: 'wrap', exact: hole.exact });
          else next.push(looked(hole, now, limits.missingAfterMs));
          continue;
        }
        if (hole.from < low) {
          const below = { ...hole, to: Math.min(hole.to, low - 1) };
          if (endKnown) lost.push({ range: [below.from, below.to], cause: 'wrap', exact: hole.exact });
          else next.push(below);
        }
        const inside = { ...hole, from: Math.max(hole.from, low), to: Math.min(hole.to, high) };
        if (inside.from <= inside.to) {
          if (hole.due > now) next.push(inside);
          else {
            const again = looked(inside, now, lookAgainMs);
            if (again.looks >= limits.missingFetches && now - again.firstLook >= limits.missingOverMs) {
              lost.push({ range: [inside.from, inside.to], cause: 'missing', exact: hole.exact });
            } else next.push(again);
          }
        }
        // Announced, and not in the ring yet: only rows above it could tell that it never comes.
        const above = { ...hole, from: Math.max(hole.from, high + 1) };
        if (above.from <= above.to) next.push(hole.due > now || !answer.topKnown ? above : { ...above, due: now + lookAgainMs });
      }
      holes = joined(next);
      return joinedStretches(lost);
    },
    postpone([from, to], until) {
      for (const hole of holes) if (hole.from <= to && hole.to >= from) hole.due = Math.max(hole.due, until);
    },
    clear() {
      holes = [];
    },
  };
}

function looked(hole: Hole, now: number, againMs: number): Hole {
  return { ...hole, looks: hole.looks + 1, firstLook: hole.looks === 0 ? now : hole.firstLook, due: now + againMs };
}

/** Neighbours that nobody has looked for yet are one hole: a burst of announcements would make one each. */
function joined(holes: readonly Hole[]): Hole[] {
  const result: Hole[] = [];
  for (const hole of holes.toSorted((a, b) => a.from - b.from)) {
    const last = result[result.length - 1];
    if (last !== undefined && last.to + 1 === hole.from && last.exact === hole.exact && last.looks === hole.looks && (hole.looks === 0 || last.firstLook === hole.firstLook)) {
      last.to = hole.to;
      last.due = Math.min(last.due, hole.due);
    } else result.push({ ...hole });
  }
  return result;
}

function joinedStretches(lost: readonly LostStretch[]): LostStretch[] {
  const result: LostStretch[] = [];
  for (const stretch of lost.toSorted((a, b) => a.range[0] - b.range[0])) {
    const last = result[result.length - 1];
    if (last !== undefined && last.range[1] + 1 === stretch.range[0] && last.cause === stretch.cause && last.exact === stretch.exact) {
      last.range = [last.range[0], stretch.range[1]];
    } else result.push({ ...stretch });
  }
  return result;
}

/** When the database was last away and came back, from what its actor went through. */
import type { Transition } from '../../../src/model/status.ts';
import { msOfTime } from '../../../src/model/time.ts';

export interface Away { fromMs: number; toMs: number }

/** Newest last. Its tries in between are part of the same being away. null: it never was, or still is. */
export function lastAway(transitions: readonly Transition[]): Away | null {
  let last: Away | null = null;
  let fromMs: number | null = null;
  for (const { at, to } of transitions) {
    if (to === 'away') fromMs ??= msOfTime(at);
    if (to !== 'ready') continue;
    if (fromMs !== null) last = { fromMs, toMs: msOfTime(at) };
    fromMs = null;
  }
  return fromMs === null ? last : null;
}

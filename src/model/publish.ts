/** When a change of a host's state is worth a delta: time going on alone makes none (contract: `asOf` and below). */
import type { PatchOp } from './patch.ts';
import type { HostState } from './state.ts';
import type { Moment } from './time.ts';

export interface Publisher {
  /** What clients hold: the last state published, with what was held back. */
  readonly state: HostState;
  /** The ops of the next delta, or null when there is none to make. They lead from `state` before to `state` after. */
  next(state: HostState, at: Moment): PatchOp[] | null;
  /** The monotonic moment at which a change that was held back may go alone; null: nothing is held back. */
  dueAt(): number | null;
}

/** `first` goes out as the snapshot at seq 1. */
export function createPublisher(_first: HostState, _at: Moment): Publisher {
  throw new Error('to come');
}

/** The steps that several messages share: which children stop and start together, and what is left of a child that has stopped. */
import type { Child } from './spec.ts';
import type { Job, Purpose, Slot, State } from './state.ts';

/** A child that is gone and is not to come back by itself: a temporary or dynamic one is forgotten, spec and all. */
export function dropSlot(state: State, slot: Slot): void {
  if (state.template || slot.child.restart === 'temporary') state.slots.delete(slot.child.id);
  slot.status = 'undefined';
  slot.pid = null;
  slot.alive = false;
}

export function newJob(purpose: Purpose, stops: string[], starts: Child[]): Job {
  return { purpose, stops, starts, starting: null, stopping: null };
}

/** Stops the child and all that its supervisor's strategy ties to it, in reverse, and starts them again. Temporary ones stay away. */
export function tiedJob(state: State, id: string, purpose: Purpose): Job {
  const { strategy } = state.flags;
  const ids = [...state.slots.keys()].reverse();
  const tied = strategy === 'one_for_all' ? ids : strategy === 'rest_for_one' ? ids.slice(0, ids.indexOf(id) + 1) : [id];
  const starts = tied.map((one) => state.slots.get(one)!.child).filter((child) => child.restart !== 'temporary');
  return newJob(purpose, tied.toReversed(), starts);
}

/** The steps that several messages share: which children stop and start together, and what is left of a child that has stopped. */
import type { Pid } from '../actors/term.ts';
import type { Child, Shutdown } from './spec.ts';
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

/** The child and all that its supervisor's strategy ties to it, the last started first. */
export function tiedTo({ flags: { strategy }, slots }: State, id: string): string[] {
  const ids = [...slots.keys()].reverse();
  return strategy === 'one_for_all' ? ids : strategy === 'rest_for_one' ? ids.slice(0, ids.indexOf(id) + 1) : [id];
}

/** Stops the child and all that are tied to it, in reverse, and starts them again. Temporary ones stay away. */
export function tiedJob(state: State, id: string, purpose: Purpose): Job {
  const tied = tiedTo(state, id);
  const starts = tied.map((one) => state.slots.get(one)!.child).filter((child) => child.restart !== 'temporary');
  return newJob(purpose, tied.toReversed(), starts);
}

/** The next child that lives becomes the one that is told to stop. Returns its `shutdown`; those that are gone are dropped on the way. */
export function stopNext(state: State, job: Job): Shutdown | null {
  for (let id = job.stops.pop(); id !== undefined; id = job.stops.pop()) {
    const slot = state.slots.get(id);
    if (slot?.alive) {
      job.stopping = slot.pid;
      return slot.child.shutdown;
    }
    if (slot) dropSlot(state, slot);
  }
  return null;
}

/** All that live are told to stop together. */
export function stopAll(state: State, job: Job, template: Child): Shutdown {
  const all = new Set<Pid>();
  for (const id of job.stops.splice(0)) {
    const slot = state.slots.get(id);
    if (slot?.alive && slot.pid) all.add(slot.pid);
    else if (slot) dropSlot(state, slot);
  }
  job.stopping = all.size > 0 ? all : null;
  return template.shutdown;
}

/** A child has exited; true: the job waited for it. */
export function noteStopped(job: Job, pid: Pid): boolean {
  const { stopping } = job;
  if (stopping instanceof Set) {
    const waited = stopping.delete(pid);
    if (stopping.size === 0) job.stopping = null;
    return waited;
  }
  if (stopping !== pid) return false;
  job.stopping = null;
  return true;
}

export function pidsOf(stopping: Job['stopping']): Iterable<Pid> {
  if (stopping instanceof Set) return stopping;
  return stopping ? [stopping] : [];
}

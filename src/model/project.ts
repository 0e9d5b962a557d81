import type { HostMemory } from './host-memory.ts';
import type { HostState } from './state.ts';
import type { Moment } from './time.ts';

/** The state to be published. Parts that did not change are the same objects as last time, so that `diff` passes over them. */
export function project(_memory: HostMemory, _at: Moment): HostState {
  throw new Error('to come');
}

/** The monotonic moment at which the projection changes although nothing happens (a row leaves the throughput's window). null: never. */
export function changesAt(_memory: HostMemory, _at: Moment): number | null {
  throw new Error('to come');
}

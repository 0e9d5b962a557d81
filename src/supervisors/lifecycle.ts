/** What monitors are told: every start and every end in the tree, in order. Nobody needs to subscribe to an actor to know of them. */
import type { Reason } from '../actors/term.ts';

export interface LifecycleEvent {
  /**
   * `started`: a worker's start has succeeded; a supervisor has begun, before its children. `start_error`: no `exited` follows
   * (of a supervisor: after its `started`). `ignored`: the start said not now. `exited`: it is gone, crashed or stopped.
   */
  type: 'started' | 'exited' | 'start_error' | 'ignored';
  path: string;
  kind: 'supervisor' | 'worker';
  incarnation: number;
  /** Of `exited` and `start_error`; else null. */
  reason: Reason;
  /** What was thrown, for the log; null where the reason says all. */
  error: unknown;
  /** `Clock.now()`. */
  at: number;
}

export type LifecycleListener = (event: LifecycleEvent) => void;

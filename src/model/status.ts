/** How an actor answers for itself: read by the debug endpoint, the terminal view, the metrics and the tests. */

export interface ActorStatus {
  /** Such as `drover/fleet/hosts/host:gpu1/link`. */
  path: string;
  kind: 'supervisor' | 'worker';
  name: string;
  /** Number of the start attempt at this path, from 1. */
  incarnation: number;
  state: string;
  since: string;
  restarts: {
    /** A supervisor's restarts inside its window now; 0 for a worker. */
    count: number;
    intensity: number | null;
    periodS: number | null;
    /** Times that this actor itself was started again. */
    total: number;
  };
  /** `byHand`: a restart by hand ended it, its own or one that took it along. */
  lastExit: { reason: string; at: string; stack: string | null; byHand?: true } | null;
  /** Messages in the actor's own queue; null: it has none. */
  queued: number | null;
  /** Messages handled by this incarnation. */
  handled: number;
}

/** How it ended, in words: a restart by hand is an orderly end like any other, and its reason does not tell it apart. */
export function exitWords({ reason, byHand }: NonNullable<ActorStatus['lastExit']>): string {
  return byHand === true ? 'restarted by hand' : reason;
}

export interface Transition { at: string; from: string; event: string; to: string }

export interface ActorDetail extends ActorStatus {
  /** The last 50, newest last, names alone. */
  recent: Transition[];
  children: ActorStatus[];
}

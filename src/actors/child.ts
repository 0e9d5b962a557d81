/** What lives under a supervisor: how it is started, what it is given, how it answers for itself. */
import type { AnyActor } from 'xstate';
import type { Clock } from '../model/seams.ts';

/**
 * A running child's window into its own status. The supervisor's registry owns the rest (incarnation, restarts, exits).
 * XState's mailbox can't be read, so an actor with a queue of its own says how long that is.
 */
export interface Probe {
  /** State name for people; also taken from the actor's snapshot where it is a machine. */
  state(to: string, event: string): void;
  handled(count?: number): void;
  /** Called when somebody asks. */
  queued(length: () => number): void;
}

/** What a supervisor hands to a child that it starts. */
export interface ChildContext {
  /** Such as `drover/fleet/hosts/host:gpu1/link`. */
  readonly path: string;
  /** Number of the start attempt at this path, from 1. What an older incarnation still sends is dropped. */
  readonly incarnation: number;
  /** Fires when the child has been stopped or killed. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly probe: Probe;
}

/**
 * A child that has begun (OTP: `{ok, Pid}`), `ignore`, or a start error. The actor comes unstarted; the supervisor observes it,
 * then starts it. Its error is a crash; done is a normal exit.
 * `drains`: on the order to stop the actor gets `{type: 'shutdown'}` and ends by itself (reaches a final state) within its
 * `shutdown` time, else it is killed. Without it the actor is stopped at once.
 * `initialises`: its start has succeeded when it emits `{type: 'started'}` (XState's `emit`), and not before: http when it
 * listens, a supervisor when its children are up. An error before that is a start error, done before that is `ignore`.
 * The actor must be created with `{clock: context.clock}` (startMachine and startWorker do it), or its delays run on real time.
 */
export type Started =
  | { kind: 'ok'; actor: AnyActor; drains?: boolean; initialises?: boolean }
  | { kind: 'ignore' }
  | { kind: 'error'; reason: unknown };

/** A throw or a rejection is a start error. A promise is OTP's slow start: the supervisor's calls and exits wait meanwhile. */
export type Start = (context: ChildContext) => Started | Promise<Started>;

export interface ShutdownEvent { type: 'shutdown' }
export interface StartedEvent { type: 'started' }

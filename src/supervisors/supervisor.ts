/** Supervisors as XState actors: each carries out what its core (core.ts) decides. A tree is started here, and spoken to by path. */
import type { Clock } from '../model/seams.ts';
import type { ChildSpec, DynamicChild, SupervisorSpec } from './spec.ts';
import type { Registry, RestartAnswer } from './registry.ts';
import type { Pid, Reason, Term } from './term.ts';

/** The child API. Answers are OTP's: `'ok'`, `['ok', pid]`, `['error', reason]`; `['exit', reason]` when the supervisor is gone or ends first. */
export type Request =
  | { fn: 'start_child'; child: ChildSpec | DynamicChild }
  | { fn: 'terminate_child'; id: string }
  /** simple_one_for_one: by the child itself. */
  | { fn: 'terminate_child'; pid: Pid }
  | { fn: 'restart_child' | 'delete_child'; id: string }
  | { fn: 'which_children' | 'count_children' }
  /** Not of OTP: terminate_child and restart_child of one and of those that the strategy ties to it, in order, in one step, not counted. */
  | { fn: 'cycle_child'; id: string };

export interface TreeOptions {
  name: string;
  spec: SupervisorSpec;
  clock: Clock;
  /**
   * Asked first when somebody restarts an actor by hand: `null` leaves it to the tree (which refuses dynamic children), a promise
   * is the answer (`host:<id>`: the keeper's).
   */
  restart?: (path: string) => Promise<RestartAnswer> | null;
}

export interface Tree {
  /** `['ok', pid]` or `['error', reason]`. */
  start(): Promise<Term>;
  /** The order to shut down; resolves with the root's reason when all is gone. */
  stop(): Promise<Reason>;
  /** Cuts everything off. */
  kill(): void;
  /** Resolves when the root has ended, whatever the reason. Never rejects. */
  readonly ended: Promise<Reason>;
  /** To the latest incarnation at that path. */
  call(path: string, request: Request): Promise<Term>;
  /** The latest incarnation that runs at that path. */
  whereis(path: string): Pid | null;
  readonly registry: Registry;
}

export function createTree(_options: TreeOptions): Tree {
  throw new Error('not built yet');
}

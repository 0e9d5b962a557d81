/** What a supervisor's core holds between two events: plain data, no clock, no actor. */
import type { Pid, Reason, Term } from '../actors/term.ts';
import type { Child, ChildSpec, DynamicChild, Flags } from './spec.ts';

/** A child that the supervisor knows of. */
export interface Slot {
  readonly child: Child;
  /** `restarting`: its restart failed, a retry waits in the mailbox. `undefined`: known, but not running. */
  status: 'running' | 'restarting' | 'undefined';
  /** While `restarting` the one that ended: terminate_child under simple_one_for_one names it. */
  pid: Pid | null;
  /** false from the moment of its exit, which may be served later: count_children asks for it. */
  alive: boolean;
}

/** The child API. Answers are OTP's: `'ok'`, `['ok', pid]`, `['error', reason]`. */
export type Request =
  | { fn: 'start_child'; child: ChildSpec | DynamicChild }
  | { fn: 'terminate_child'; id: string }
  /** simple_one_for_one: by the child itself. `alive`: whether it runs anywhere at all. */
  | { fn: 'terminate_child'; pid: Pid; alive: boolean }
  | { fn: 'restart_child' | 'delete_child'; id: string }
  | { fn: 'which_children' | 'count_children' }
  /** Not of OTP: terminate_child and restart_child of one and of those that the strategy ties to it, in order, in one step, not counted. */
  | { fn: 'cycle_child'; id: string };

/** Who asked; the core only hands it back. */
export type Caller = number;

export type Message =
  | { type: 'call'; from: Caller; request: Request }
  | { type: 'exit'; id: string; pid: Pid; reason: Reason }
  /** Of the supervisor to itself, after a restart that failed. */
  | { type: 'retry'; id: string; pid: Pid | null }
  /** Of the parent. */
  | { type: 'stop'; reason: Reason };

/** What may come. Messages wait while a start or a stop is pending; the other events are answers to the core's own commands. */
export type Event =
  | { type: 'init' }
  | Message
  | { type: 'started'; pid: Pid }
  | { type: 'ignored' }
  | { type: 'start_error'; reason: Reason }
  /** The armed timer. */
  | { type: 'timeout' }
  /** The mailbox is not served until `resume` (OTP: sys:suspend). */
  | { type: 'suspend' }
  | { type: 'resume' };

export type Command =
  /** Answered by `started`, `ignored` or `start_error`. */
  | { type: 'start'; child: Child }
  /** Answered by its `exit`. `kill`: cut off, and not asked. */
  | { type: 'stop'; pid: Pid; kill: boolean }
  /** One timer at most is armed. */
  | { type: 'arm'; ms: number }
  | { type: 'disarm' }
  | { type: 'reply'; to: Caller; answer: Term }
  /** The supervisor's own start has succeeded. */
  | { type: 'up' }
  /** All children are gone. Before `up` it is a start error. */
  | { type: 'exit'; reason: Reason };

/** What a job is for, and so what its end or its failure leads to. */
export type Purpose =
  | { for: 'init' }
  | { for: 'restart' }
  | { for: 'start_child'; from: Caller }
  | { for: 'terminate_child'; from: Caller }
  | { for: 'restart_child'; from: Caller }
  | { for: 'cycle_child'; from: Caller; id: string }
  | { for: 'end'; reason: Reason };

/** One message being served: children to stop, then children to start, one after another; both lists last first, to be popped. */
export interface Job {
  readonly purpose: Purpose;
  stops: string[];
  starts: Child[];
  starting: Child | null;
  /** Told to stop, not yet gone: one; all at once at the end of a simple_one_for_one. Never an empty set. */
  stopping: Pid | Set<Pid> | null;
}

export interface State {
  readonly flags: Flags;
  /** Of simple_one_for_one. */
  readonly template: Child | null;
  /** In start order. */
  readonly slots: Map<string, Slot>;
  /** Whole seconds of the restarts inside the window, oldest first. */
  readonly restarts: number[];
  readonly mailbox: Message[];
  job: Job | null;
  up: boolean;
  suspended: boolean;
  ended: boolean;
}


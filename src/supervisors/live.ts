/** What is known of a path, and of the incarnation that runs or is being started there: what it has told of itself. */
import type { AnyActor } from 'xstate';
import type { Probe } from '../actors/child.ts';
import type { Pid, Reason, Term } from '../actors/term.ts';
import type { Clock } from '../model/seams.ts';
import type { Child } from './spec.ts';
import type { Request } from './state.ts';

/** What the tree asks of a running supervisor. */
export interface SupervisorControl {
  call(request: Request): Promise<Term>;
  /** In start order. */
  childIds(): readonly string[];
  child(id: string): Child | undefined;
  /** Those that restart with the child, itself among them, in start order. */
  tied(id: string): string[];
  readonly simple: boolean;
  readonly intensity: number;
  readonly periodS: number;
  /** Restarts inside the window now. */
  restarts(): number;
  queued(): number;
  suspend(): void;
  resume(): void;
}

export interface Entry {
  readonly path: string;
  readonly name: string;
  readonly kind: 'supervisor' | 'worker';
  /** Start attempts so far. */
  attempts: number;
  /** Those that succeeded. */
  starts: number;
  live: Live | null;
  lastExit: { reason: Reason; error: unknown; at: number; byHand: boolean } | null;
}

/** A change of state, with its time still a number. */
export interface Moved {
  at: number;
  from: string;
  event: string;
  to: string;
}

export interface Live {
  readonly entry: Entry;
  readonly pid: Pid;
  readonly probe: Probe;
  state: string;
  /** The actor tells its own states. */
  told: boolean;
  /** A person has asked for its end: its restart, or that of one that takes it along. */
  byHand: boolean;
  since: number;
  handled: number;
  recent: readonly Moved[];
  queued: (() => number) | null;
  actor: AnyActor | null;
  supervisor: SupervisorControl | null;
  process: { kill(): void } | null;
}

const RECENT = 50;
const NONE: readonly Moved[] = [];

/** A class, since there may be 10,000: its methods are shared, closures would be three more objects each. */
class LiveProbe implements Probe {
  readonly #live: Live;
  readonly #clock: Clock;
  readonly #changed: () => void;

  constructor(live: Live, clock: Clock, changed: () => void) {
    this.#live = live;
    this.#clock = clock;
    this.#changed = changed;
  }

  state(to: string, event: string): void {
    const live = this.#live;
    live.told = true;
    if (to === live.state || live.entry.live !== live) return;
    const at = this.#clock.now();
    live.recent = [...live.recent.slice(1 - RECENT), { at, from: live.state, event, to }];
    live.state = to;
    live.since = at;
    this.#changed();
  }

  handled(count = 1): void {
    this.#live.handled += count;
  }

  queued(length: () => number): void {
    this.#live.queued = length;
  }
}

/** `changed`: called at every change of state, until the entry has another incarnation or none. */
export function createLive(entry: Entry, clock: Clock, changed: () => void): Live {
  const live = {
    entry,
    pid: { child: entry.path, n: entry.attempts },
    probe: null as unknown as Probe,
    state: 'starting',
    told: false,
    byHand: false,
    since: clock.now(),
    handled: 0,
    recent: NONE,
    queued: null,
    actor: null,
    supervisor: null,
    process: null,
  };
  live.probe = new LiveProbe(live, clock, changed);
  return live;
}

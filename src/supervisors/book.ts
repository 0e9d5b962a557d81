/** What the registry writes down of each path: the numbering of its start attempts, its running process, its last exit. */
import type { AnyActor } from 'xstate';
import type { Probe } from '../actors/child.ts';
import { reasonText } from '../actors/exit.ts';
import type { Pid, Reason, Term } from '../actors/term.ts';
import type { Clock } from '../model/seams.ts';
import type { LifecycleEvent, LifecycleListener } from './lifecycle.ts';
import type { Child } from './spec.ts';
import type { Request } from './state.ts';

/** What the tree asks of a running supervisor. */
export interface SupervisorControl {
  call(request: Request): Promise<Term>;
  /** In start order. */
  childIds(): readonly string[];
  child(id: string): Child | undefined;
  readonly simple: boolean;
  readonly intensity: number;
  readonly periodS: number;
  /** Restarts inside the window now. */
  restarts(): number;
  queued(): number;
  suspend(): void;
  resume(): void;
}

/** A change of state, with times still as numbers. */
export interface Moved {
  at: number;
  from: string;
  event: string;
  to: string;
}

/** One incarnation that runs or is being started. */
export interface Live {
  readonly entry: Entry;
  readonly pid: Pid;
  readonly probe: Probe;
  state: string;
  since: number;
  handled: number;
  recent: Moved[];
  queued: (() => number) | null;
  actor: AnyActor | null;
  supervisor: SupervisorControl | null;
  kill: () => void;
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
  lastExit: { reason: Reason; error: unknown; at: number } | null;
}

export interface Book {
  readonly entries: ReadonlyMap<string, Entry>;
  /** A new start attempt at a path where nothing lives. */
  open(path: string, kind: 'supervisor' | 'worker'): Live;
  /** Its start has succeeded. */
  up(live: Live): void;
  /** A supervisor has begun: told before its children are. */
  begun(live: Live): void;
  /** The end of an incarnation; whatever it still writes is dropped. */
  close(live: Live, type: 'exited' | 'start_error' | 'ignored', reason: Reason, error: unknown): void;
  monitor(listener: LifecycleListener): () => void;
  onChange(listener: () => void): () => void;
}

const RECENT = 50;

/** Entries of paths where nothing lives: their last exits are remembered, the oldest forgotten first. */
const GONE = 10_000;

export function createBook(clock: Clock): Book {
  const entries = new Map<string, Entry>();
  const gone = new Set<string>();
  const monitors = new Set<LifecycleListener>();
  const watchers = new Set<() => void>();

  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };

  const tell = (live: Live, type: LifecycleEvent['type'], reason: Reason, error: unknown): void => {
    if (monitors.size > 0) {
      const { path, kind } = live.entry;
      const event: LifecycleEvent = { type, path, kind, incarnation: live.pid.n, reason, error, at: clock.now() };
      for (const monitor of monitors) monitor(event);
    }
    changed();
  };

  const move = (live: Live, to: string, event: string): void => {
    const at = clock.now();
    live.recent.push({ at, from: live.state, event, to });
    if (live.recent.length > RECENT) live.recent.shift();
    live.state = to;
    live.since = at;
    changed();
  };

  const makeLive = (entry: Entry): Live => {
    const live: Live = {
      entry,
      pid: { child: entry.path, n: entry.attempts },
      probe: {
        state(to, event) {
          if (entry.live === live && to !== live.state) move(live, to, event);
        },
        handled(count = 1) {
          live.handled += count;
        },
        queued(length) {
          live.queued = length;
        },
      },
      state: 'starting',
      since: clock.now(),
      handled: 0,
      recent: [],
      queued: null,
      actor: null,
      supervisor: null,
      kill: () => undefined,
    };
    return live;
  };

  return {
    entries,
    open(path, kind) {
      let entry = entries.get(path);
      if (!entry) {
        entry = { path, name: path.slice(path.lastIndexOf('/') + 1), kind, attempts: 0, starts: 0, live: null, lastExit: null };
        entries.set(path, entry);
      }
      gone.delete(path);
      entry.attempts += 1;
      entry.live = makeLive(entry);
      changed();
      return entry.live;
    },
    begun(live) {
      tell(live, 'started', null, null);
    },
    up(live) {
      live.entry.starts += 1;
      if (live.state === 'starting') move(live, 'running', 'started');
      if (live.entry.kind === 'worker') tell(live, 'started', null, null);
    },
    close(live, type, reason, error) {
      const { entry } = live;
      entry.live = null;
      if (type !== 'ignored') entry.lastExit = { reason, error, at: clock.now() };
      gone.add(entry.path);
      if (gone.size > GONE) {
        for (const oldest of gone) {
          gone.delete(oldest);
          entries.delete(oldest);
          break;
        }
      }
      tell(live, type, reason, error);
    },
    monitor(listener) {
      monitors.add(listener);
      return () => void monitors.delete(listener);
    },
    onChange(listener) {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
  };
}

/** `entry.lastExit` as people read it. */
export function exitText(reason: Reason, error: unknown): { reason: string; stack: string | null } {
  return { reason: reasonText(reason), stack: error instanceof Error ? (error.stack ?? null) : null };
}


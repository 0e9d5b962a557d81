/** What the registry writes down of each path: the numbering of its start attempts, its running incarnation, its last exit. */
import type { Reason } from '../actors/term.ts';
import type { Clock } from '../model/seams.ts';
import type { LifecycleEvent, LifecycleListener } from './lifecycle.ts';
import { createLive } from './live.ts';
import type { Entry, Live } from './live.ts';

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

/** Paths where nothing lives: the last exits of so many are remembered, a tenth more before the oldest are forgotten in one sweep. */
const GONE = 10_000;

/** Ends that an order brings about. A crash that comes in between stays a crash. */
const ORDERED: ReadonlySet<Reason> = new Set(['normal', 'shutdown', 'killed']);

/** A listener's throw is nobody's in the tree: it goes to the process, which logs it whole and drains. */
function heard(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

export function createBook(clock: Clock): Book {
  const entries = new Map<string, Entry>();
  let gone = 0;
  const monitors = new Set<LifecycleListener>();
  const watchers = new Set<() => void>();

  const changed = (): void => {
    for (const watcher of watchers) heard(watcher);
  };

  const tell = (live: Live, type: LifecycleEvent['type'], reason: Reason, error: unknown): void => {
    if (monitors.size > 0) {
      const { path, kind } = live.entry;
      const event: LifecycleEvent = { type, path, kind, incarnation: live.pid.n, reason, error, at: clock.now() };
      for (const monitor of monitors) heard(() => monitor(event));
    }
    changed();
  };

  const sweep = (): void => {
    const dead = [...entries.values()].filter(({ live }) => live === null);
    dead.sort((a, b) => (a.lastExit?.at ?? 0) - (b.lastExit?.at ?? 0));
    for (const { path } of dead.slice(0, dead.length - GONE)) entries.delete(path);
    gone = GONE;
  };

  return {
    entries,
    open(path, kind) {
      let entry = entries.get(path);
      if (!entry) {
        entry = { path, name: path.slice(path.lastIndexOf('/') + 1), kind, attempts: 0, starts: 0, live: null, lastExit: null };
        entries.set(path, entry);
      } else gone -= 1;
      entry.attempts += 1;
      entry.live = createLive(entry, clock, changed);
      changed();
      return entry.live;
    },
    begun(live) {
      tell(live, 'started', null, null);
    },
    up(live) {
      live.entry.starts += 1;
      if (!live.told) live.probe.state('running', 'started');
      if (live.entry.kind === 'worker') tell(live, 'started', null, null);
    },
    close(live, type, reason, error) {
      const { entry } = live;
      entry.live = null;
      if (type !== 'ignored') entry.lastExit = { reason, error, at: clock.now(), byHand: live.byHand && ORDERED.has(reason) };
      gone += 1;
      if (gone > GONE * 1.1) sweep();
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

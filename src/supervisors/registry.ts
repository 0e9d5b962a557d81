/**
 * The live actor tree: every supervisor and worker by path, with its status, its restarts and the last exit of those that are
 * gone. All reads are of what actors have written down; none sends to an actor, so none can block or crash one.
 */
import type { Reason } from '../actors/term.ts';
import type { ActorDetail, ActorStatus } from '../model/status.ts';
import { timeOfMs } from '../model/time.ts';
import { reasonText } from '../actors/exit.ts';
import type { Book } from './book.ts';
import type { LifecycleListener } from './lifecycle.ts';
import type { Live, SupervisorControl } from './live.ts';

export type RestartAnswer =
  | { kind: 'restarted'; incarnation: number }
  | { kind: 'unknown' }
  /** `reason` is a sentence for people. */
  | { kind: 'refused'; reason: string };

/** What a restart by hand would restart, in start order. */
export type RestartPlan = { kind: 'planned'; paths: string[] } | { kind: 'unknown' } | { kind: 'refused'; reason: string };

export interface Registry {
  /** Every actor that runs or is being started, in tree order. */
  list(): ActorStatus[];
  detail(path: string): ActorDetail | null;
  /** Of an actor that is gone; null when nothing is known of the path (at least the last 10,000 are remembered). */
  lastExit(path: string): ActorStatus['lastExit'];
  /** By hand, not counted: terminate_child and restart_child of a static child and of those that its supervisor's strategy ties to it. */
  restart(path: string): Promise<RestartAnswer>;
  /** Of the same restart, without doing it. */
  plan(path: string): RestartPlan;
  monitor(listener: LifecycleListener): () => void;
  /** Told that statuses differ from before: starts, exits, states, restarts. Counters alone tell nothing. Called at once, unthrottled. */
  onChange(listener: () => void): () => void;
}

export interface RegistryOptions {
  book: Book;
  root: string;
  /** Asked first when somebody restarts an actor by hand; null leaves it to the tree, which refuses dynamic children. */
  restart?: (path: string) => Promise<RestartAnswer> | null;
}

export function createRegistry({ book, root, restart }: RegistryOptions): Registry {
  const live = (path: string): Live | null => book.entries.get(path)?.live ?? null;

  const childrenOf = (parent: Live): Live[] =>
    (parent.supervisor?.childIds() ?? []).flatMap((id) => live(`${parent.entry.path}/${id}`) ?? []);

  const walk = (one: Live, into: ActorStatus[]): ActorStatus[] => {
    into.push(statusOf(one));
    for (const child of childrenOf(one)) walk(child, into);
    return into;
  };

  /** Whether the tree itself restarts it: a static child, but for those that are not started again. */
  const judged = (path: string): { kind: 'static'; supervisor: SupervisorControl; id: string } | Exclude<RestartPlan, { kind: 'planned' }> => {
    const cut = path.lastIndexOf('/');
    if (cut < 0) {
      return path === root && live(root) ? { kind: 'refused', reason: 'the root is the program itself: stop and start Drover' } : { kind: 'unknown' };
    }
    const supervisor = live(path.slice(0, cut))?.supervisor;
    const id = path.slice(cut + 1);
    const child = supervisor?.child(id);
    if (!supervisor || !child) return { kind: 'unknown' };
    if (supervisor.simple || child.restart === 'temporary') return { kind: 'refused', reason: `${id} was started for one purpose and is not started again` };
    return child.restartable ? { kind: 'static', supervisor, id } : { kind: 'refused', reason: `${id} can't be restarted by hand` };
  };
  const below = (path: string): string[] => {
    const one = live(path);
    return one ? walk(one, []).map((status) => status.path) : [path];
  };
  const taken = (path: string, { supervisor, id }: { supervisor: SupervisorControl; id: string }): string[] => {
    const parent = path.slice(0, -id.length);
    return supervisor.tied(id).flatMap((one) => below(`${parent}${one}`));
  };
  const byHand = (paths: readonly string[]): void => {
    for (const path of paths) {
      const one = live(path);
      if (one) one.byHand = true;
    }
  };

  return {
    list() {
      const top = live(root);
      return top ? walk(top, []) : [];
    },
    detail(path) {
      const one = live(path);
      if (!one) return null;
      return {
        ...statusOf(one),
        recent: one.recent.map(({ at, from, event, to }) => ({ at: timeOfMs(at), from, event, to })),
        children: childrenOf(one).map(statusOf),
      };
    },
    lastExit(path) {
      const entry = book.entries.get(path);
      return entry ? lastExitOf(entry) : null;
    },
    async restart(path) {
      const delegated = restart?.(path);
      if (delegated) {
        byHand(below(path));
        return delegated;
      }
      const found = judged(path);
      if (found.kind !== 'static') return found;
      const { supervisor, id } = found;
      byHand(taken(path, found));
      const answer = await supervisor.call({ fn: 'cycle_child', id });
      const now = live(path);
      if (Array.isArray(answer) && answer[0] === 'ok' && now) return { kind: 'restarted', incarnation: now.pid.n };
      const [, reason = 'unknown'] = answer as [Reason, Reason?];
      return { kind: 'refused', reason: `${id} was stopped and did not start: ${reasonText(reason)}` };
    },
    plan(path) {
      // Dynamic children are restarted by whoever is asked first, one by one.
      if (restart && live(path) && live(path.slice(0, Math.max(0, path.lastIndexOf('/'))))?.supervisor?.simple) return { kind: 'planned', paths: below(path) };
      const found = judged(path);
      if (found.kind !== 'static') return found;
      return { kind: 'planned', paths: taken(path, found) };
    },
    monitor: (listener) => book.monitor(listener),
    onChange: (listener) => book.onChange(listener),
  };
}

function statusOf({ entry, pid, supervisor, state, since, queued, handled }: Live): ActorStatus {
  return {
    path: entry.path,
    kind: entry.kind,
    name: entry.name,
    incarnation: pid.n,
    state,
    since: timeOfMs(since),
    restarts: {
      count: supervisor?.restarts() ?? 0,
      intensity: supervisor?.intensity ?? null,
      periodS: supervisor?.periodS ?? null,
      total: Math.max(0, entry.starts - 1),
    },
    lastExit: lastExitOf(entry),
    queued: supervisor ? supervisor.queued() : queuedOf(queued),
    handled,
  };
}

/** An actor's own code: its fault must not fail the reader. */
function queuedOf(queued: (() => number) | null): number | null {
  try {
    return queued ? queued() : null;
  } catch {
    return null;
  }
}

function lastExitOf({ lastExit }: Live['entry']): ActorStatus['lastExit'] {
  if (!lastExit) return null;
  const { reason, error, at, byHand } = lastExit;
  return { reason: reasonText(reason), at: timeOfMs(at), stack: error instanceof Error ? (error.stack ?? null) : null, ...(byHand ? { byHand } : {}) };
}

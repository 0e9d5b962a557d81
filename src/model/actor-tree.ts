/** The actor tree for people: filter, order, and a drawing for a terminal. */
import { exitWords, type ActorStatus } from './status.ts';
import { msOfTime } from './time.ts';

export const ACTOR_SORTS = ['path', 'name', 'state', 'since', 'incarnation', 'restarts', 'queued', 'handled', 'lastExit'] as const;
export type ActorSort = (typeof ACTOR_SORTS)[number];

export interface ActorQuery {
  /** In the path, without regard to case. */
  q?: string | undefined;
  states?: readonly string[];
  kind?: ActorStatus['kind'] | undefined;
  /** Absent: tree order. */
  sort?: ActorSort | undefined;
  order?: 'asc' | 'desc' | undefined;
  limit?: number | undefined;
}

const KEYS: Readonly<Record<ActorSort, (actor: ActorStatus) => string | number>> = {
  path: (actor) => actor.path,
  name: (actor) => actor.name,
  state: (actor) => actor.state,
  since: (actor) => actor.since,
  incarnation: (actor) => actor.incarnation,
  restarts: (actor) => actor.restarts.total,
  queued: (actor) => actor.queued ?? -1,
  handled: (actor) => actor.handled,
  lastExit: (actor) => actor.lastExit?.at ?? '',
};

/** `total`: how many passed the filter, before the limit. Equal ones stay in tree order. */
export function selectActors(actors: readonly ActorStatus[], query: ActorQuery): { actors: ActorStatus[]; total: number } {
  const q = query.q?.toLowerCase() ?? '';
  const states = query.states ?? [];
  const found = actors.filter((actor) =>
    (q === '' || actor.path.toLowerCase().includes(q)) && (states.length === 0 || states.includes(actor.state)) && (query.kind === undefined || actor.kind === query.kind));
  const { sort } = query;
  if (sort !== undefined) {
    const key = KEYS[sort];
    found.sort((a, b) => {
      const [left, right] = [key(a), key(b)];
      return left < right ? -1 : left > right ? 1 : 0;
    });
  }
  if (query.order === 'desc') found.reverse();
  return { actors: found.slice(0, query.limit ?? found.length), total: found.length };
}

/** "3 s", "12 min", "5 h", "2 d". */
export function age(sinceIso: string, nowMs: number): string {
  const s = Math.max(0, Math.floor((nowMs - msOfTime(sinceIso)) / 1000));
  if (s < 120) return `${s} s`;
  if (s < 7_200) return `${Math.floor(s / 60)} min`;
  if (s < 172_800) return `${Math.floor(s / 3_600)} h`;
  return `${Math.floor(s / 86_400)} d`;
}

function restarts({ kind, restarts: { count, intensity, periodS, total } }: ActorStatus): string {
  if (kind === 'supervisor' && intensity !== null) return `${count}/${intensity} in ${periodS} s${total > 0 ? `, itself ${total}` : ''}`;
  return String(total);
}

const HEADER = ['ACTOR', 'STATE', 'FOR', 'RESTARTS', 'QUEUED', 'HANDLED', 'LAST EXIT'];

/**
 * A table whose first column is the tree. Actors whose parents are not in the list (filtered) stand by their path. Control characters
 * never reach the terminal: reasons come from outside.
 */
export function drawActors(actors: readonly ActorStatus[], nowMs: number): string {
  const paths = new Set(actors.map(({ path }) => path));
  const lastChild = new Map<string, string>();
  for (const { path } of actors) lastChild.set(parentOf(path), path);
  const label = (path: string, name: string): string => {
    let at = parentOf(path);
    if (!paths.has(at)) return path;
    let text = `${lastChild.get(at) === path ? '└─ ' : '├─ '}${name}`;
    for (let above = parentOf(at); paths.has(above); at = above, above = parentOf(above)) text = `${lastChild.get(above) === at ? '   ' : '│  '}${text}`;
    return text;
  };
  const rows = [HEADER, ...actors.map((actor) => [
    label(actor.path, actor.path.slice(parentOf(actor.path).length).replace(/^\//, '')), actor.state, age(actor.since, nowMs), restarts(actor),
    actor.queued === null ? '' : String(actor.queued), String(actor.handled),
    actor.lastExit === null ? '' : `${oneLine(exitWords(actor.lastExit))} (${age(actor.lastExit.at, nowMs)} ago)`,
  ])];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return `${rows.map((row) => row.map((cell, column) => (column === HEADER.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd()).join('\n')}\n`;
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 120);
}

/** The rows of the tree: which actors stand in sight, how deep, and under whom. Pure. */
import type { ActorStatus } from '../../../src/model/status.ts';
import { HOST } from '../../format/actor-path.ts';

export interface ActorRow {
  status: ActorStatus;
  /** From 0. */
  depth: number;
  /** null: it has no children. */
  open: boolean | null;
  /** Passed the filter, or there is none; else it stands for what is below it. */
  found: boolean;
  /** Among those with the same parent, from 1, and how many they are. */
  place: number;
  places: number;
  /** Actors below it, at any depth. */
  below: number;
}

/** With more hosts each host's own actors are folded away until asked for. */
export const OPEN_HOSTS = 50;

export interface Folding {
  /** `hosts`: each host is folded. null: as they are many or few. */
  all: 'open' | 'hosts' | null;
  /** Paths that are otherwise, by hand. */
  flipped: ReadonlySet<string>;
}

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export interface ActorTree {
  byPath: ReadonlyMap<string, ActorStatus>;
  roots: readonly string[];
  children: ReadonlyMap<string, readonly string[]>;
  /** Hosts that have actors. */
  hosts: number;
}

/** An actor whose supervisor is not known stands as a root, so that none is lost. */
export function treeOf(actors: readonly ActorStatus[]): ActorTree {
  const byPath = new Map(actors.map((status) => [status.path, status]));
  const roots: string[] = [];
  const children = new Map<string, string[]>();
  let hosts = 0;
  for (const { path, name } of actors) {
    if (name.startsWith(HOST)) hosts += 1;
    const parent = parentOf(path);
    const siblings = byPath.has(parent) ? children.get(parent) : roots;
    if (siblings === undefined) children.set(parent, [path]);
    else siblings.push(path);
  }
  // Hosts come and go; what came back last would else stand last.
  for (const siblings of children.values()) if (siblings.every((path) => path.includes(`/${HOST}`))) siblings.sort();
  return { byPath, roots, children, hosts };
}

/** `found`: paths that passed a filter; null: there is none. Those above them stand too, opened. */
export function rowsOf(tree: ActorTree, folding: Folding, found: ReadonlySet<string> | null): ActorRow[] {
  const shown = found === null ? null : withAncestors(found);
  const rows: ActorRow[] = [];
  const add = (paths: readonly string[], depth: number): number => {
    const here = shown === null ? paths : paths.filter((path) => shown.has(path));
    let count = here.length;
    for (const [at, path] of here.entries()) {
      const status = tree.byPath.get(path);
      if (status === undefined) continue;
      const below = tree.children.get(path) ?? [];
      const row: ActorRow = { status, depth, open: below.length === 0 ? null : isOpen(path, tree, folding, found !== null), found: found?.has(path) ?? true, place: at + 1, places: here.length, below: 0 };
      rows.push(row);
      row.below = row.open === true ? add(below, depth + 1) : size(below, tree);
      count += row.below;
    }
    return count;
  };
  add(tree.roots, 0);
  return rows;
}

export function isOpen(path: string, { hosts }: ActorTree, { all, flipped }: Folding, filtered: boolean): boolean {
  const folded = all === 'hosts' || (all === null && hosts > OPEN_HOSTS);
  const byItself = filtered || !folded || !path.includes(`/${HOST}`);
  return flipped.has(path) !== byItself;
}

function size(paths: readonly string[], tree: ActorTree): number {
  let count = paths.length;
  for (const path of paths) count += size(tree.children.get(path) ?? [], tree);
  return count;
}

function withAncestors(paths: ReadonlySet<string>): Set<string> {
  const all = new Set<string>();
  for (const path of paths) for (let at = path; at !== '' && !all.has(at); at = parentOf(at)) all.add(at);
  return all;
}

/** The actor itself, or the nearest one above it that stands in sight; null: none does. */
export function nearestVisible(path: string, visible: ReadonlySet<string>): string | null {
  for (let at = path; at !== ''; at = parentOf(at)) if (visible.has(at)) return at;
  return null;
}

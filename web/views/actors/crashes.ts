/** Crashes as they come: what the tree says now against what it said before. */
import type { ActorStatus } from '../../../src/model/status.ts';
import { isCrash } from '../../format/exits.ts';
import { HOST, nearestVisible } from './actor-rows.ts';

export type Actors = Readonly<Record<string, ActorStatus>>;
export interface Crash { path: string; reason: string }

/** `quarantined`: ids of hosts whose tree gave up. Its actors are gone then, and nothing else in the tree says so. */
export function crashesBetween(before: Actors, after: Actors, quarantined: ReadonlySet<string>): Crash[] {
  const crashes: Crash[] = [];
  for (const [path, { lastExit }] of Object.entries(after)) {
    const known = before[path];
    if (isCrash(lastExit) && known !== undefined && known.lastExit?.at !== lastExit.at) crashes.push({ path, reason: lastExit.reason });
  }
  for (const [path, { name }] of Object.entries(before)) {
    if (after[path] === undefined && name.startsWith(HOST) && quarantined.has(name.slice(HOST.length))) crashes.push({ path, reason: 'gave up' });
  }
  return crashes;
}

/** Where each crash flashes: the row of the actor, or of the nearest one above it. The newest wins. */
export function flashesAt(crashes: ReadonlyMap<string, number>, visible: ReadonlySet<string>): Map<string, number> {
  const flashes = new Map<string, number>();
  for (const [path, at] of crashes) {
    const row = nearestVisible(path, visible);
    if (row !== null) flashes.set(row, Math.max(at, flashes.get(row) ?? 0));
  }
  return flashes;
}

/** Ends as they come: what the tree says now against what it said before. */
import type { ActorStatus } from '../../../src/model/status.ts';
import { isCrash } from '../../format/exits.ts';
import { HOST } from '../../format/actor-path.ts';
import { nearestVisible } from './actor-rows.ts';

export type Actors = Readonly<Record<string, ActorStatus>>;
/** `hand`: a restart by hand. */
export type EndKind = 'crash' | 'hand';
export interface End { path: string; kind: EndKind }
/** `at`: when this page saw it, ms since 1970. */
export interface Flash { kind: EndKind; at: number }

/** `quarantined`: ids of hosts whose tree gave up. Its actors are gone then, and nothing else in the tree says so. */
export function endsBetween(before: Actors, after: Actors, quarantined: ReadonlySet<string>): End[] {
  const ends: End[] = [];
  for (const [path, { lastExit }] of Object.entries(after)) {
    const known = before[path];
    if (lastExit === null || known?.lastExit?.at === lastExit.at) continue;
    // A host's actors leave the tree for a moment when it is restarted by hand.
    if (lastExit.byHand === true) ends.push({ path, kind: 'hand' });
    else if (known !== undefined && isCrash(lastExit)) ends.push({ path, kind: 'crash' });
  }
  for (const [path, { name }] of Object.entries(before)) {
    if (after[path] === undefined && name.startsWith(HOST) && quarantined.has(name.slice(HOST.length))) ends.push({ path, kind: 'crash' });
  }
  return ends;
}

/** Where each flashes: the row of the actor, or of the nearest one above it. A crash goes before a restart by hand, then the newest wins. */
export function flashesAt(ends: ReadonlyMap<string, Flash>, visible: ReadonlySet<string>): Map<string, Flash> {
  const flashes = new Map<string, Flash>();
  for (const [path, flash] of ends) {
    const row = nearestVisible(path, visible);
    if (row === null) continue;
    const there = flashes.get(row);
    if (there === undefined || (there.kind === flash.kind ? flash.at > there.at : flash.kind === 'crash')) flashes.set(row, flash);
  }
  return flashes;
}

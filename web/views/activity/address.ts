/** A row in the address: `row=<host>.<boot>.<id>&at=<ts>`, or `row=gap:<id>&at=<ts>`. By the time a row is found that is not on hand, and its place in the list. */
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { withQuery } from '../../state/api.ts';
import { activityQuery, type Criteria } from './criteria.ts';
import { isGap, timeOf, type Entry } from './entries.ts';

export interface RowAddress { row: string; at: string | null }
const GAP = 'gap:';

export function addressOf(entry: Entry): RowAddress {
  return { row: isGap(entry) ? `${GAP}${entry.id}` : `${entry.hostId}.${entry.bootEpoch ?? '-'}.${entry.upstreamId}`, at: timeOf(entry) };
}

export function isAt(entry: Entry, { row, at }: RowAddress): boolean {
  const own = addressOf(entry);
  // A gap has an id of its own, and may end later than it was first known to.
  return own.row === row && (at === null || isGap(entry) || own.at === at);
}

/** The host that the address names; null: it names no row. */
export function hostOf({ row }: RowAddress): string | null {
  const found = /^([a-z0-9][a-z0-9-]*)\.(?:\d+|-)\.\d+$/.exec(row);
  return found?.[1] ?? null;
}

/** The same request, known by now with its boot. */
export const decides = (row: ActivityRow, undecided: ActivityRow): boolean => row.bootEpoch !== null && row.hostId === undecided.hostId && row.upstreamId === undecided.upstreamId && row.ts === undecided.ts;

/** The query of a link to the entry and its filters. A preset becomes the time at which it begins now, or the link would soon leave its own row out. */
export function linkTo(entry: Entry, criteria: Criteria, now: number): string {
  const asked = activityQuery(criteria, now);
  const from = criteria.last !== null && (asked.from ?? '') > timeOf(entry) ? timeOf(entry) : asked.from;
  return withQuery('', { ...asked, from, ...addressOf(entry) });
}

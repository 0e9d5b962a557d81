/** A row in the address: `row=<host>.<boot>.<id>&at=<ts>`, or `row=gap.<id>`. With the time a row is found that is not on hand. */
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { isGap, type Entry } from './entries.ts';

export interface RowAddress { row: string; at: string | null }
const GAP = 'gap:';

export function addressOf(entry: Entry): RowAddress {
  return isGap(entry) ? { row: `${GAP}${entry.id}`, at: null } : { row: `${entry.hostId}.${entry.bootEpoch ?? '-'}.${entry.upstreamId}`, at: entry.ts };
}

export function isAt(entry: Entry, { row, at }: RowAddress): boolean {
  const own = addressOf(entry);
  return own.row === row && (at === null || own.at === at);
}

/** The host that the address names; null: it names no row. */
export function hostOf({ row }: RowAddress): string | null {
  const found = /^([a-z0-9][a-z0-9-]*)\.(?:\d+|-)\.\d+$/.exec(row);
  return found?.[1] ?? null;
}

/** The same request, known by now with its boot. */
export const decides = (row: ActivityRow, undecided: ActivityRow): boolean => row.bootEpoch !== null && row.hostId === undecided.hostId && row.upstreamId === undecided.upstreamId && row.ts === undecided.ts;

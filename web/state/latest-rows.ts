/** The newest requests of a host or a model, merged by key. */
import { useReducer } from 'react';
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { useRowFeed, type RowFeed, type RowFilter } from './row-feed.ts';

export interface LatestRows extends RowFeed { rows: readonly ActivityRow[] }

export function useLatestRows(filter: RowFilter, limit: number): LatestRows {
  const [rows, take] = useReducer((before: readonly ActivityRow[], more: readonly ActivityRow[]) => newestRows([...before, ...more], limit), []);
  return { ...useRowFeed(filter, limit, take), rows };
}

/** Newest first by (ts, hostId, bootEpoch, upstreamId), each once. A row sent before its boot was decided gives way to the one that tells it. */
export function newestRows(rows: readonly ActivityRow[], limit: number): ActivityRow[] {
  const found = new Map<string, ActivityRow>();
  for (const row of [...rows].sort((a, b) => Number(a.bootEpoch === null) - Number(b.bootEpoch === null))) {
    const key = rowKey(row);
    if (!found.has(key) && !(row.bootEpoch === null && found.has(undecidedKey(row)))) {
      found.set(key, row);
      found.set(undecidedKey(row), row);
    }
  }
  return [...new Set(found.values())].sort(newestFirst).slice(0, limit);
}

export const rowKey = ({ hostId, bootEpoch, upstreamId, ts }: ActivityRow): string => `${hostId} ${bootEpoch ?? '?'} ${upstreamId} ${ts}`;
const undecidedKey = ({ hostId, upstreamId, ts }: ActivityRow): string => `${hostId} ? ${upstreamId} ${ts}`;

function newestFirst(a: ActivityRow, b: ActivityRow): number {
  return order(b.ts, a.ts) || order(b.hostId, a.hostId) || (b.bootEpoch ?? Infinity) - (a.bootEpoch ?? Infinity) || b.upstreamId - a.upstreamId;
}
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Requests in the order of history: newest first by (ts, hostId, bootEpoch, upstreamId), each key once. */
import type { ActivityRow } from '../../src/model/records/activity.ts';

export const rowKey = ({ hostId, bootEpoch, upstreamId, ts }: ActivityRow): string => `${hostId}.${bootEpoch ?? '-'}.${upstreamId}.${ts}`;

/** Negative: `a` is the newer. 0: the same key. A row whose boot is not decided stands above those of its time and host. */
export function compareRows(a: ActivityRow, b: ActivityRow): number {
  if (a.ts !== b.ts) return a.ts > b.ts ? -1 : 1;
  if (a.hostId !== b.hostId) return a.hostId > b.hostId ? -1 : 1;
  if (a.bootEpoch !== b.bootEpoch) return (b.bootEpoch ?? Infinity) - (a.bootEpoch ?? Infinity);
  return b.upstreamId - a.upstreamId;
}

/** `held` is in order, `more` in any. What is held stays the same object; a row with its boot takes the place of the one without. */
export function mergeRows(held: readonly ActivityRow[], more: readonly ActivityRow[]): readonly ActivityRow[] {
  if (more.length === 0) return held;
  const added = [...more].sort(compareRows);
  const merged: ActivityRow[] = [];
  let undecided = false;
  let i = 0;
  for (const row of added) {
    for (let next = held[i]; next !== undefined && compareRows(next, row) <= 0; next = held[i]) {
      merged.push(next);
      i += 1;
      undecided ||= next.bootEpoch === null;
    }
    const last = merged.at(-1);
    if (last === undefined || compareRows(last, row) !== 0) merged.push(row);
    undecided ||= row.bootEpoch === null;
  }
  for (; i < held.length; i += 1) {
    const next = held[i] as ActivityRow;
    merged.push(next);
    undecided ||= next.bootEpoch === null;
  }
  return undecided ? merged.filter((row, at) => row.bootEpoch !== null || !isDecided(merged, at)) : merged;
}

/** Whether the same row with its boot is there: it has the same time and host, so it stands in the same run below. */
function isDecided(rows: readonly ActivityRow[], at: number): boolean {
  const row = rows[at] as ActivityRow;
  for (let i = at + 1; i < rows.length; i += 1) {
    const other = rows[i] as ActivityRow;
    if (other.ts !== row.ts || other.hostId !== row.hostId) return false;
    if (other.bootEpoch !== null && other.upstreamId === row.upstreamId) return true;
  }
  return false;
}

/** Rows and gaps in the order of history: newest first by (ts, hostId, bootEpoch, upstreamId), each key once. */
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import type { Gap } from '../../../src/model/records/gap.ts';

export type Entry = ActivityRow | Gap;
export const isGap = (entry: Entry): entry is Gap => 'cause' in entry;

export const rowKey = ({ hostId, bootEpoch, upstreamId, ts }: ActivityRow): string => `${hostId}.${bootEpoch ?? '-'}.${upstreamId}.${ts}`;
export const entryKey = (entry: Entry): string => (isGap(entry) ? entry.id : rowKey(entry));

/** Where a gap stands: below the first row that came after what is lost. */
export const gapTime = ({ toTs, detectedAt }: Gap): string => toTs ?? detectedAt;

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

export function mergeGaps(held: readonly Gap[], more: readonly Gap[], most: number): readonly Gap[] {
  const byId = new Map([...held, ...more].map((gap) => [gap.id, gap]));
  return [...byId.values()].sort(compareGaps).slice(0, most);
}

function compareGaps(a: Gap, b: Gap): number {
  const [x, y] = [gapTime(a), gapTime(b)];
  if (x !== y) return x > y ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** `whole`: nothing older than the rows exists, so older gaps stand at the end; else they wait for the rows around them. */
export function interleave(rows: readonly ActivityRow[], gaps: readonly Gap[], whole: boolean): readonly Entry[] {
  const oldest = rows.at(-1);
  const shown = whole ? gaps : oldest === undefined ? [] : gaps.filter((gap) => gapTime(gap) >= oldest.ts);
  if (shown.length === 0) return rows;
  const entries: Entry[] = [];
  let i = 0;
  for (const gap of shown) {
    const time = gapTime(gap);
    for (let row = rows[i]; row !== undefined && row.ts >= time; row = rows[i]) {
      entries.push(row);
      i += 1;
    }
    entries.push(gap);
  }
  for (; i < rows.length; i += 1) entries.push(rows[i] as ActivityRow);
  return entries;
}

/** Rows and gaps in the order of history, each once. */
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import type { Gap } from '../../../src/model/records/gap.ts';
import { rowKey } from '../../state/rows.ts';

export type Entry = ActivityRow | Gap;
export const isGap = (entry: Entry): entry is Gap => 'cause' in entry;

export const entryKey = (entry: Entry): string => (isGap(entry) ? entry.id : rowKey(entry));

/** Where a gap stands: below the first row that came after what is lost. */
export const gapTime = ({ toTs, detectedAt }: Gap): string => toTs ?? detectedAt;

/** Its place in the list. */
export const timeOf = (entry: Entry): string => (isGap(entry) ? gapTime(entry) : entry.ts);

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

/** What the filters show, put on disk. Each throws an ApiFault. */
import { exportName } from '../../../src/model/export-name.ts';
import type { Gap } from '../../../src/model/records/gap.ts';
import { api, withQuery } from '../../state/api.ts';
import { activityQuery, gapQuery, sieveOf, type Criteria } from './criteria.ts';
import type { Entry } from './entries.ts';
import { markdownOf } from './markdown.ts';

export type Streamed = 'csv' | 'ndjson';

/** Of everything that passes; `now`: ms since 1970, where a preset of the time ends. */
export const streamAddress = (criteria: Criteria, format: Streamed, now: number): string => withQuery('/api/activity', { ...activityQuery(criteria, now), format });

/** Goes to disk as it comes. One row is asked for before: a browser says nothing of a download that is refused. */
export async function saveStreamed(criteria: Criteria, format: Streamed): Promise<void> {
  const now = Date.now();
  await api(withQuery('/api/activity', { ...activityQuery(criteria, now), limit: 1 }));
  follow(streamAddress(criteria, format, now), exportName('activity', criteria.hosts, now, format));
}

export async function saveGaps(criteria: Criteria): Promise<void> {
  const now = Date.now();
  const { gaps } = await api<{ gaps: Gap[] }>(withQuery('/api/gaps', gapQuery(criteria, now)));
  save(exportName('gaps', criteria.hosts, now, 'ndjson'), 'application/x-ndjson', gaps.filter(sieveOf(criteria, now).gap).map((gap) => `${JSON.stringify(gap)}\n`).join(''));
}

export function saveMarkdown({ hosts }: Criteria, entries: readonly Entry[]): void {
  save(exportName('activity', hosts, Date.now(), 'md'), 'text/markdown', markdownOf(entries));
}

function save(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  follow(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 0);
}

function follow(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

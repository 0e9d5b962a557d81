import type { Sql } from 'postgres';
import type { StoredRow } from '../../model/records/activity.ts';
import type { Gap } from '../../model/records/gap.ts';
import type { ActivityFilter, ActivityQuery, HostEventKey, HostEventQuery, HostEventRow, PerfSteps, TimeRange } from '../../model/records/history.ts';
import type { PerfSample } from '../../model/records/perf.ts';
import { activityPages, readActivity, readActivityRow } from './queries/activity.ts';
import { readGaps } from './queries/gaps.ts';
import { readHostEvents } from './queries/host-events.ts';
import { readPerf } from './queries/perf.ts';
import { readPerfSteps } from './queries/perf-steps.ts';
import { reading } from './store-error.ts';

/** Reads of history, on the pool for reads. All reject with a StoreError 'away' while the database is. */
export interface History {
  /** One page, newest first by (ts, hostId, bootEpoch, upstreamId). */
  activity(query: ActivityQuery): Promise<StoredRow[]>;
  /** Everything that passes the filter, newest first, by pages of 1,000: no transaction is held open between them. */
  activityPages(filter: ActivityFilter): AsyncIterable<StoredRow[]>;
  /** The row of a boot's id; null: none. */
  activityRow(hostId: string, bootEpoch: number, upstreamId: number): Promise<StoredRow | null>;
  /** Gaps whose time overlaps the range, newest first. */
  gaps(query: TimeRange & { limit?: number }): Promise<Gap[]>;
  /** Host and model events, newest first by their key. */
  hostEvents(query: HostEventQuery): Promise<(HostEventRow & { key: HostEventKey })[]>;
  /** Oldest first; of more than `limit` the newest. */
  perf(query: TimeRange & { limit: number }): Promise<PerfSample[]>;
  /** Buckets of `stepS` seconds, aligned to 1970; oldest first; of more than `limit` the newest. Longer where samples are no more (queries/perf-steps.ts). */
  perfSteps(query: TimeRange & { stepS: number; limit: number }): Promise<PerfSteps>;
}

export function createHistory(sql: Sql): History {
  return {
    activity: (query) => reading(() => readActivity(sql, query)),
    async *activityPages(filter) {
      const pages = activityPages(sql, filter);
      for (;;) {
        const page = await reading(() => pages.next());
        if (page.done === true) return;
        yield page.value;
      }
    },
    activityRow: (hostId, bootEpoch, upstreamId) => reading(() => readActivityRow(sql, hostId, bootEpoch, upstreamId)),
    gaps: (query) => reading(() => readGaps(sql, query)),
    hostEvents: (query) => reading(() => readHostEvents(sql, query)),
    perf: (query) => reading(() => readPerf(sql, query)),
    perfSteps: (query) => reading(() => readPerfSteps(sql, query)),
  };
}

/** How a time series is cut into partitions: periods of whole days, counted from 1970, so that a time alone names its period. */
import { LIMITS, type Limits } from '../limits.ts';
import type { PartitionedTable } from '../seams.ts';

const DAY_MS = 86_400_000;

/** Days a partition holds: some dozen partitions within retention, so that planning a query over all of it stays cheap. */
export const PERIOD_DAYS: Record<PartitionedTable, number> = { activity: 7, perf: 1, perf_rollups: 28, model_events: 7, host_events: 28 };

export type RetentionDays = Record<PartitionedTable | 'rejected_rows', number>;

export function retentionDaysOf(days: Limits['retentionDays']): RetentionDays {
  // Stepped answers read roll-ups where there are samples, too: the shorter life would end both.
  return { activity: days.activity, perf: days.perf, perf_rollups: Math.max(days.perf, days.perfRollups), host_events: days.hostEvents, model_events: days.modelEvents, rejected_rows: days.rejectedRows };
}

export const RETENTION_DAYS: RetentionDays = retentionDaysOf(LIMITS.retentionDays);

/** ms since 1970; from inclusive, to exclusive. */
export interface Period { from: number; to: number }

export function periodOf(table: PartitionedTable, ms: number): Period {
  const length = PERIOD_DAYS[table] * DAY_MS;
  const from = Math.floor(ms / length) * length;
  return { from, to: from + length };
}

/** What is older is not stored, and whole partitions of it are dropped. */
export function retentionEdge(days: number, nowMs: number): number {
  return nowMs - days * DAY_MS;
}

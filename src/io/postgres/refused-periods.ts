/** The periods of time that retention would not make a partition for: rows of a host whose clock has gone mad. */
import { type Period, periodOf } from '../../model/records/partition-period.ts';
import type { Clock, PartitionedTable } from '../../model/seams.ts';
import { msOfTime } from '../../model/time.ts';

/** Asked again after that long: old partitions may have gone meanwhile. */
const FORGET_MS = 3_600_000;
/** Beyond, the oldest is forgotten, and asked for again. */
const MOST = 1_000;

export interface RefusedPeriods {
  add(table: PartitionedTable, ts: string): void;
  has(table: PartitionedTable, ts: string): boolean;
}

export function createRefusedPeriods(clock: Clock): RefusedPeriods {
  const tables = new Map<PartitionedTable, Map<Period['from'], number>>();
  const startOf = (table: PartitionedTable, ts: string): number => periodOf(table, msOfTime(ts)).from;
  return {
    add(table, ts) {
      const periods = tables.get(table) ?? new Map<number, number>();
      tables.set(table, periods);
      periods.set(startOf(table, ts), clock.monotonic() + FORGET_MS);
      const [oldest] = periods.keys();
      if (periods.size > MOST && oldest !== undefined) periods.delete(oldest);
    },
    has(table, ts) {
      const periods = tables.get(table);
      // The usual case costs a row nothing: no time is read while nothing was refused.
      if (periods === undefined || periods.size === 0) return false;
      const start = startOf(table, ts);
      const until = periods.get(start);
      if (until === undefined) return false;
      if (clock.monotonic() < until) return true;
      periods.delete(start);
      return false;
    },
  };
}

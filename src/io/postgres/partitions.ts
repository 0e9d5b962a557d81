import type { Sql } from 'postgres';
import type { Clock, PartitionedTable } from '../../model/seams.ts';

export interface Partitions {
  /** As Store.makePartition. */
  make(table: PartitionedTable, ts: string): Promise<'made' | 'exists' | 'refused'>;
  /** Every table's current period and those ahead. */
  makeAhead(): Promise<void>;
  /** Drops whole partitions older than retention; finishes what an earlier process left half done. Returns the names dropped. */
  dropOld(): Promise<string[]>;
}

/** `sql`: a pool of one connection that nobody else uses. */
export function createPartitions(_options: { sql: Sql; clock: Clock; retentionDays?: Partial<Record<PartitionedTable, number>> }): Partitions {
  throw new Error('not written yet');
}

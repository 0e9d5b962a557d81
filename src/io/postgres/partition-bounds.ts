/** The partitions that there are, from the catalogue. */
import type { ISql } from 'postgres';
import type { Period } from '../../model/records/partition-period.ts';
import type { PartitionedTable } from '../../model/seams.ts';

export interface Partition extends Period {
  name: string;
  /** DETACH CONCURRENTLY was interrupted: finish it. */
  detachPending: boolean;
}

/** Of one table, oldest first. The bounds are printed and read by one session, so its date style and time zone don't matter. */
export async function listPartitions(sql: ISql, table: PartitionedTable): Promise<Partition[]> {
  const rows = await sql<{ name: string; pending: boolean; from_ms: number; to_ms: number }[]>`
    SELECT c.relname AS name, i.inhdetachpending AS pending,
      extract(epoch FROM b.bound[1]::timestamptz)::float8 * 1000 AS from_ms,
      extract(epoch FROM b.bound[2]::timestamptz)::float8 * 1000 AS to_ms
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid), $$FROM \\('([^']+)'\\) TO \\('([^']+)'\\)$$) AS b (bound)
    WHERE i.inhparent = to_regclass(${table}) AND b.bound IS NOT NULL
    ORDER BY from_ms`;
  return rows.map((row) => ({ name: row.name, detachPending: row.pending, from: row.from_ms, to: row.to_ms }));
}

export function holding(partitions: readonly Partition[], ms: number): Partition | undefined {
  return partitions.find((partition) => partition.from <= ms && ms < partition.to);
}

/**
 * Sums performance samples up. A batch leaves a mark for each bucket that it brought samples of (perf_rollups_due), in its own
 * transaction. One statement, so one snapshot, makes such a bucket's roll-up whole from its samples and deletes the marks that it
 * saw: with a mark its samples are seen, and a batch that commits later leaves its mark behind. So it may be cut off and done again
 * at any moment, samples may come as late as they like, and neither side waits for the other.
 */
import type { Sql } from 'postgres';
import { periodOf } from '../../model/records/partition-period.ts';
import { ROLLUP_S } from '../../model/records/perf.ts';
import type { Clock } from '../../model/seams.ts';
import { msOfTime, timeOfMs } from '../../model/time.ts';
import { timeText } from './activity-columns.ts';
import { textArray } from './array-text.ts';
import type { Partitions } from './partitions.ts';
import { BUCKET, KNOWN, SPREAD_COLUMNS, SPREADS } from './perf-columns.ts';
import { reading } from './store-error.ts';
import { transaction } from './transaction.ts';

export interface Rollups {
  /** Sums up some of the buckets that are due, the oldest first. Resolves with whether more are. Rejects with a StoreError 'away' for whatever may pass. */
  piece(): Promise<boolean>;
}

/** Buckets in one transaction: some 20,000 samples, 50 ms. */
const PIECE = 200;
/** A bucket is left alone until so long after its end: most samples have come by then. Until it is summed up, answers take the samples. */
const SETTLE_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 2_000;
/** 'drov' as a number, and beside it the lock of partitions.ts. */
const LOCK = { space: 0x64726f76, rollups: 2 };

interface Bucket { hostId: string; ts: string }

/** `sql`: retention's connection. `make`: of the partitions. */
export function createRollups(options: { sql: Sql; clock: Clock; make: Partitions['make']; connectMs?: number | undefined; size?: number }): Rollups {
  const { sql, clock, make, connectMs, size = PIECE } = options;

  const next = (): Promise<Bucket[]> => {
    const now = clock.now();
    // Beyond now lie the samples of a host whose clock is ahead: their marks must not pile up until then.
    return sql.unsafe<Bucket[]>(
      `SELECT d.host_id AS "hostId", ${timeText('d.ts')} AS ts FROM perf_rollups_due d
       WHERE d.ts <= $1::text::timestamptz OR d.ts > $2::text::timestamptz
       GROUP BY d.ts, d.host_id ORDER BY d.ts, d.host_id LIMIT $3`,
      [timeOfMs(now - ROLLUP_S * 1_000 - SETTLE_MS), timeOfMs(now), size],
    );
  };

  /** Makes their partitions. Without the buckets for which none is made, a clock gone mad: their samples are told without a step alone. */
  const placed = async (buckets: readonly Bucket[]): Promise<Bucket[]> => {
    const refused = new Map<number, boolean>();
    for (const { ts } of buckets) {
      const { from } = periodOf('perf_rollups', msOfTime(ts));
      if (!refused.has(from)) refused.set(from, (await make('perf_rollups', ts)) === 'refused');
    }
    return buckets.filter(({ ts }) => refused.get(periodOf('perf_rollups', msOfTime(ts)).from) !== true);
  };

  return {
    piece: () => reading(async () => {
      const buckets = await next();
      if (buckets.length === 0) return false;
      const held = await placed(buckets);
      await transaction(sql, async (tx) => {
        // One at a time over all processes of a database.
        await tx`SELECT set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true), set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true), pg_advisory_xact_lock(${LOCK.space}, ${LOCK.rollups})`;
        await tx.unsafe(SUM_UP, [...arrays(buckets), ...arrays(held)]);
      }, connectMs);
      return buckets.length === size;
    }),
  };
}

function arrays(buckets: readonly Bucket[]): string[] {
  return [textArray(buckets, ({ hostId }) => hostId), textArray(buckets, ({ ts }) => ts)];
}

/**
 * $1, $2: buckets whose marks go; $3, $4: those that are summed up. A roll-up of more samples stays: of some that it was made of
 * nothing is left, and others came when they were gone. LATERAL with a GROUP BY of its own: one walk along the key a bucket,
 * whatever the planner thinks of the table.
 */
const SUM_UP = `
  WITH gone AS (
    DELETE FROM perf_rollups_due d USING unnest($1::text[], $2::timestamptz[]) AS due (host_id, ts) WHERE d.host_id = due.host_id AND d.ts = due.ts
  )
  INSERT INTO perf_rollups AS r (host_id, ts, gpu, samples, ${SPREAD_COLUMNS.join(', ')})
  SELECT due.host_id, due.ts, summed.*
  FROM unnest($3::text[], $4::timestamptz[]) AS due (host_id, ts) CROSS JOIN LATERAL (
    SELECT gpu, count(*), ${SPREADS}
    FROM (SELECT p.gpu, ${KNOWN} FROM perf p WHERE p.host_id = due.host_id AND p.ts >= due.ts AND p.ts < due.ts + ${BUCKET} OFFSET 0) known
    GROUP BY gpu
  ) summed
  ON CONFLICT (host_id, ts, gpu) DO UPDATE SET (samples, ${SPREAD_COLUMNS.join(', ')}) = ROW (excluded.samples, ${SPREAD_COLUMNS.map((column) => `excluded.${column}`).join(', ')})
  WHERE r.samples <= excluded.samples`;

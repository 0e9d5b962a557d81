import type { Sql } from 'postgres';
import { StoreError, type Batch } from '../../model/records/batch.ts';
import { RETENTION_DAYS, retentionEdge, type RetentionDays } from '../../model/records/partition-period.ts';
import type { Clock, PartitionedTable, Random, Store } from '../../model/seams.ts';
import { msOfTime, timeOfMs } from '../../model/time.ts';
import { away, judge, reading, tableOf } from './store-error.ts';
import { holding, listPartitions } from './partition-bounds.ts';
import { readMark } from './read-mark.ts';
import { createRefusedPeriods } from './refused-periods.ts';
import { type BatchPlan, type Refusal, writePlan } from './write-batch.ts';

/** What batches hold rows of. */
type BatchTable = Exclude<PartitionedTable, 'perf_rollups'>;

export interface StoreOptions {
  /** The pool for writers. */
  sql: Sql;
  clock: Clock;
  /** Draws the ids of gaps `rejected`. */
  random: Random;
  /** Asks retention for a partition (partition-queue.ts): the store makes none itself. */
  makePartition: Store['makePartition'];
  retentionDays?: Partial<RetentionDays> | undefined;
  /** For a connection of the pool. Default LIMITS.database.connectMs. */
  connectMs?: number;
}

/** The Store over PostgreSQL. Holds nothing but the periods for which a partition was refused. */
export function createPostgresStore({ sql, clock, random, makePartition, retentionDays, connectMs }: StoreOptions): Store {
  const days: RetentionDays = { ...RETENTION_DAYS, ...retentionDays };
  const refused = createRefusedPeriods(clock);

  const plan = (batch: Batch): BatchPlan => {
    const now = clock.now();
    const made: BatchPlan = {
      batch: { ...batch },
      expired: 0,
      refused: [],
      refusedValues: [],
      newGapId: () => random.id(),
      detectedAt: timeOfMs(now),
      connectMs,
    };
    const sort = <T extends { hostId: string; ts: string }>(table: BatchTable, values: readonly T[]): { kept: T[]; outside: Refusal<T>[] } => {
      // Canonical times order as text.
      const edge = timeOfMs(retentionEdge(days[table], now));
      const kept: T[] = [];
      const outside: Refusal<T>[] = [];
      for (const value of values) {
        if (!CANONICAL.test(value.ts)) outside.push({ row: value, error: `ts: expected a time like 2026-01-31T12:00:00.000000Z, found ${value.ts.slice(0, 40)}` });
        else if (value.ts >= edge) {
          if (refused.has(table, value.ts)) outside.push({ row: value, error: clockError(value.ts) });
          else kept.push(value);
        }
      }
      return { kept, outside };
    };
    const activity = sort('activity', batch.activity);
    made.batch.activity = activity.kept;
    made.expired = batch.activity.length - activity.kept.length - activity.outside.length;
    made.refused = activity.outside;
    const perf = sort('perf', batch.perf);
    const hostEvents = sort('host_events', batch.hostEvents);
    const modelEvents = sort('model_events', batch.modelEvents);
    made.batch.perf = perf.kept;
    made.batch.hostEvents = hostEvents.kept;
    made.batch.modelEvents = modelEvents.kept;
    const values = (source: BatchTable, outside: Refusal<{ hostId: string }>[]): BatchPlan['refusedValues'] =>
      outside.map(({ row, error }) => ({ row: { source, value: row }, error }));
    made.refusedValues = [
      ...values('perf', perf.outside),
      ...values('host_events', hostEvents.outside),
      ...values('model_events', modelEvents.outside),
    ];
    return made;
  };

  /** The database says which table, not which time: the first one that no partition holds. */
  const missing = async (batch: Batch, error: unknown): Promise<StoreError> => {
    const lists: Record<BatchTable, readonly { ts: string }[]> = {
      activity: batch.activity, perf: batch.perf, host_events: batch.hostEvents, model_events: batch.modelEvents,
    };
    const table = tableOf(error);
    if (table === null || !Object.hasOwn(lists, table)) return away(error);
    const named = table as BatchTable;
    const partitions = await reading(() => listPartitions(sql, named));
    const row = lists[named].find(({ ts }) => holding(partitions, msOfTime(ts)) === undefined);
    // Made meanwhile by the one who was asked for it before: to be tried again, like any other.
    if (row === undefined) return new StoreError('away', `a partition of ${named} was missing a moment ago`, undefined, { cause: error });
    return new StoreError('partition', `${named} has no partition for ${row.ts}`, { table: named, ts: row.ts }, { cause: error });
  };

  return {
    readMark: (hostId, ring) => reading(() => readMark(sql, hostId, ring)),
    async writeBatch(batch) {
      const planned = plan(batch);
      try {
        return await writePlan(sql, planned);
      } catch (error) {
        const verdict = judge(error);
        if (verdict === 'bug') throw error;
        throw verdict === 'partition' ? await missing(planned.batch, error) : away(error);
      }
    },
    async makePartition(table, ts) {
      const answer = await makePartition(table, ts);
      if (answer === 'refused') refused.add(table, ts);
      return answer;
    },
  };
}

/** PostgreSQL reads `yesterday` and `infinity` as times, too. */
const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

function clockError(ts: string): string {
  return `clock: ${ts} is too far from now, and as many partitions outside the expected time as are allowed exist`;
}

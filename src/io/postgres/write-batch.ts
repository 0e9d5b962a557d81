/**
 * One batch, one transaction. First all lists at once, one statement a list, sent without waiting for each other (a batch costs
 * three round trips). If a value is refused, the same again step by step: each list under a savepoint, halved down to the value.
 */
import type { ISql, Sql } from 'postgres';
import type { StoredRow } from '../../model/records/activity.ts';
import type { Batch, BatchResult } from '../../model/records/batch.ts';
import type { Gap } from '../../model/records/gap.ts';
import { insertActivity } from './insert-activity.ts';
import { bootProgress, insertBoots, raiseBoots } from './insert-boots.ts';
import { insertGaps, insertHostEvents, insertModelEvents, insertPerf } from './insert-streams.ts';
import { rejectRow, rejectValue } from './reject.ts';
import { judge } from './store-error.ts';
import { transaction } from './transaction.ts';

/** A row that is not even tried. */
export interface Refusal<T> { row: T; error: string }

export interface BatchPlan {
  batch: Batch;
  expired: number;
  /** Of activity; refused rows of the other lists are in `refusedValues`. */
  refused: readonly Refusal<StoredRow>[];
  refusedValues: readonly Refusal<{ source: string; value: { hostId: string } }>[];
  newGapId: () => string;
  detectedAt: string;
  connectMs?: number | undefined;
}

export async function writePlan(sql: Sql, plan: BatchPlan): Promise<BatchResult> {
  try {
    return await transaction(sql, (tx) => writeAtOnce(tx, plan), plan.connectMs);
  } catch (error) {
    if (judge(error) !== 'row') throw error;
    return await transaction(sql, (tx) => writeBisected(tx, plan), plan.connectMs);
  }
}

async function writeAtOnce(tx: ISql, plan: BatchPlan): Promise<BatchResult> {
  const { batch } = plan;
  const progress = bootProgress(batch.activity, batch.gaps, batch.marks);
  // In this order on the wire; the first error is the one that rejects, since answers come in the same order.
  const [inserted] = await Promise.all([
    batch.activity.length === 0 ? 0 : insertActivity(tx, batch.activity),
    ...lists(tx, batch).map((list) => list.write(tx)),
    progress.length === 0 ? undefined : raiseBoots(tx, progress),
  ]);
  const rejected = await rejectRefused(tx, plan);
  return { inserted, conflicts: batch.activity.length - inserted, expired: plan.expired, rejected };
}

async function writeBisected(tx: ISql, plan: BatchPlan): Promise<BatchResult> {
  const { batch } = plan;
  const bad: Refusal<StoredRow>[] = [];
  const kept: StoredRow[] = [];
  let inserted = 0;
  await bisect(tx, batch.activity, async (on, rows) => {
    inserted += await insertActivity(on, rows);
  }, kept, (row, error) => bad.push({ row, error }));
  for (const list of lists(tx, batch)) await list.bisect(plan);
  await bisect(tx, bootProgress(kept, batch.gaps, batch.marks), raiseBoots, [], () => {});
  const rejected = await rejectRefused(tx, { ...plan, refused: [...plan.refused, ...bad] });
  return { inserted, conflicts: kept.length - inserted, expired: plan.expired, rejected };
}

interface ListWriter {
  write(tx: ISql): Promise<void>;
  bisect(plan: BatchPlan): Promise<void>;
}

/** The batch's other lists that hold anything; boots first: the watermarks rise in their rows. */
function lists(tx: ISql, batch: Batch): ListWriter[] {
  const list = <T extends { hostId: string }>(source: string, values: readonly T[], insert: (tx: ISql, values: readonly T[]) => Promise<void>): ListWriter[] =>
    values.length === 0 ? [] : [{
      write: () => insert(tx, values),
      async bisect(plan) {
        const bad: { value: T; error: string }[] = [];
        await bisect(tx, values, insert, [], (value, error) => bad.push({ value, error }));
        for (const { value, error } of bad) await rejectValue(tx, source, value, error, plan.detectedAt);
      },
    }];
  return [
    ...list('boots', batch.boots, insertBoots),
    ...list('gaps', batch.gaps, insertGaps),
    ...list('host_events', batch.hostEvents, insertHostEvents),
    ...list('model_events', batch.modelEvents, insertModelEvents),
    ...list('perf', batch.perf, insertPerf),
  ];
}

/** Every value that can be taken is taken; `log2(n)` statements for each one that cannot. */
async function bisect<T>(
  tx: ISql,
  values: readonly T[],
  insert: (tx: ISql, values: readonly T[]) => Promise<void>,
  kept: T[],
  refuse: (value: T, error: string) => void,
): Promise<void> {
  if (values.length === 0) return;
  try {
    await tx`SAVEPOINT bisect`;
    await insert(tx, values);
    await tx`RELEASE SAVEPOINT bisect`;
    for (const value of values) kept.push(value);
  } catch (error) {
    if (judge(error) !== 'row') throw error;
    await tx`ROLLBACK TO SAVEPOINT bisect`;
    const [only] = values;
    if (values.length === 1 && only !== undefined) {
      refuse(only, error instanceof Error ? error.message : String(error));
      return;
    }
    const middle = values.length >> 1;
    await bisect(tx, values.slice(0, middle), insert, kept, refuse);
    await bisect(tx, values.slice(middle), insert, kept, refuse);
  }
}

async function rejectRefused(tx: ISql, plan: BatchPlan): Promise<Gap[]> {
  const gaps: Gap[] = [];
  for (const { row, error } of plan.refused) {
    const gap = await rejectRow(tx, row, error, plan);
    if (gap !== null) gaps.push(gap);
  }
  for (const { row, error } of plan.refusedValues) await rejectValue(tx, row.source, row.value, error, plan.detectedAt);
  return gaps;
}

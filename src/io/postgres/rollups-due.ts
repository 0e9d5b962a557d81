/** The marks of five minutes whose roll-up is out of date. */
import type { ISql } from 'postgres';
import type { Period } from '../../model/records/partition-period.ts';
import { ROLLUP_S } from '../../model/records/perf.ts';
import { timeOfMs } from '../../model/time.ts';

/** Are there samples of the period that no roll-up holds yet? */
export async function isDue(sql: ISql, { from, to }: Period): Promise<boolean> {
  const [found] = await sql<{ due: boolean }[]>`
    SELECT EXISTS (SELECT FROM perf_rollups_due WHERE ts > ${timeOfMs(from - ROLLUP_S * 1_000)}::text::timestamptz AND ts < ${timeOfMs(to)}::text::timestamptz) AS due`;
  return found?.due === true;
}

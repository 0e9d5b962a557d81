/** What PostgreSQL does not take: kept as text in rejected_rows, and, of activity, inside a gap of one. */
import type { ISql } from 'postgres';
import type { StoredRow } from '../../model/records/activity.ts';
import type { Gap } from '../../model/records/gap.ts';
import { canonicalTime } from '../../model/time.ts';
import { cleanText } from './array-text.ts';
import { GAP_COLUMNS, type GapRecord, toGap } from './gap-columns.ts';
import { insertGaps } from './insert-streams.ts';

/** Characters of a rejected row that are kept. */
const RAW_LIMIT = 100_000;
const MAX_INT4 = 2_147_483_647;

/**
 * The gap that the row's id is in now. A batch tried again finds the one of the first time, and an id that was lost before is
 * not counted twice. null: the id itself is no number that a gap could name; only the text is kept.
 */
export async function rejectRow(tx: ISql, row: StoredRow, error: string, by: { newGapId: () => string; detectedAt: string }): Promise<Gap | null> {
  if (!Number.isSafeInteger(row.upstreamId) || !Number.isInteger(row.bootEpoch) || Math.abs(row.bootEpoch) > MAX_INT4) {
    await rejectValue(tx, 'activity', row, error, by.detectedAt);
    return null;
  }
  const [known] = await tx.unsafe<GapRecord[]>(
    `SELECT ${GAP_COLUMNS} FROM gaps g WHERE g.host_id = $1 AND g.boot_epoch = $2 AND g.from_id <= $3 AND g.to_id >= $3 LIMIT 1`,
    [row.hostId, row.bootEpoch, row.upstreamId],
  );
  const ts = canonicalTime(row.ts);
  const gap: Gap = known !== undefined ? toGap(known) : {
    id: by.newGapId(),
    hostId: row.hostId,
    bootEpoch: row.bootEpoch,
    fromId: row.upstreamId,
    toId: row.upstreamId,
    fromTs: ts,
    toTs: ts,
    lostMin: 1,
    lostMax: 1,
    cause: 'rejected',
    detectedAt: by.detectedAt,
  };
  await tx`
    INSERT INTO rejected_rows (rejected_at, source, host_id, boot_epoch, upstream_id, gap_id, raw, error)
    VALUES (${by.detectedAt}::text::timestamptz, 'activity', ${row.hostId}, ${row.bootEpoch}, ${row.upstreamId}, ${gap.id}, ${rawText(row)}, ${cleanText(error)})
    ON CONFLICT DO NOTHING`;
  if (known === undefined) {
    await insertGaps(tx, [gap]);
    await tx`UPDATE boots SET highest = greatest(highest, ${row.upstreamId}) WHERE host_id = ${row.hostId} AND boot_epoch = ${row.bootEpoch}`;
  }
  return gap;
}

export async function rejectValue(tx: ISql, source: string, value: { hostId: string }, error: string, rejectedAt: string): Promise<void> {
  await tx`
    INSERT INTO rejected_rows (rejected_at, source, host_id, raw, error)
    VALUES (${rejectedAt}::text::timestamptz, ${source}, ${cleanText(value.hostId)}, ${rawText(value)}, ${cleanText(error)})`;
}

/** Rows of one DELETE: each may hold RAW_LIMIT characters, and a statement has its time limit. */
const FORGET_ROWS = 1_000;

/** Deletes what was rejected before `edge` (canonical time). */
export async function forgetRejected(sql: ISql, edge: string): Promise<void> {
  for (;;) {
    const { count } = await sql`DELETE FROM rejected_rows WHERE ctid = ANY (ARRAY(SELECT ctid FROM rejected_rows WHERE rejected_at < ${edge}::text::timestamptz LIMIT ${FORGET_ROWS}))`;
    if (count < FORGET_ROWS) return;
  }
}

/** JSON escapes NUL and lone surrogates. What is nested too deep for it is kept without its metadata. */
function rawText(value: object): string {
  try {
    return JSON.stringify(value).slice(0, RAW_LIMIT);
  } catch {
    return JSON.stringify({ ...value, metadata: null }).slice(0, RAW_LIMIT);
  }
}

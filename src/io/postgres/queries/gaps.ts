/** Gaps, newest first. */
import type { Sql } from 'postgres';
import type { Gap } from '../../../model/records/gap.ts';
import type { TimeRange } from '../../../model/records/history.ts';
import { textArray } from '../array-text.ts';
import { GAP_COLUMNS, type GapRecord, toGap } from '../gap-columns.ts';
import { conditions } from './conditions.ts';

/** Those whose time overlaps the range; a gap without a first time is as old as its host. */
export async function readGaps(sql: Sql, query: TimeRange & { limit?: number | undefined }): Promise<Gap[]> {
  const where = conditions();
  if (query.hosts.length > 0) where.add(`g.host_id = ANY (${where.value(textArray(query.hosts, (host) => host))}::text[])`);
  if (query.from !== null) where.add(`coalesce(g.to_ts, g.detected_at) >= ${where.time(query.from)}`);
  if (query.to !== null) where.add(`coalesce(g.from_ts, '-infinity') < ${where.time(query.to)}`);
  const limit = query.limit === undefined ? '' : ` LIMIT ${where.value(query.limit)}`;
  const records = await sql.unsafe<GapRecord[]>(
    `SELECT ${GAP_COLUMNS} FROM gaps g WHERE true${where.and()} ORDER BY g.detected_at DESC, g.id DESC${limit}`,
    where.values as (string | number)[],
  );
  return records.map(toGap);
}

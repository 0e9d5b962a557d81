/** Pages of activity, newest first by (ts, hostId, bootEpoch, upstreamId). */
import type { Sql } from 'postgres';
import type { StoredRow } from '../../../model/records/activity.ts';
import type { ActivityFilter, ActivityQuery } from '../../../model/records/history.ts';
import { ACTIVITY_COLUMNS, type ActivityRecord, toStoredRow } from '../activity-columns.ts';
import { textArray } from '../array-text.ts';
import { alongIndex, conditions, eachKey } from './conditions.ts';

/** Rows of an export's page: some 0.3 MB, and one more round trip for every thousand rows. */
const PAGE = 1_000;

/**
 * Walks an index backwards from the cursor and stops at the limit, whatever the filter: for hosts, or else for models, once for
 * each of them (a page of some hosts is among the first pages of each); for errors the partial index; else activity_ts.
 * A path has no index of its own: its rows are found along one of the others. Of 1,000,000 rows in 90 days one that is nowhere is
 * not found in 0.1 s; an index would make all indexes a fifth larger, and every insert pay for it.
 */
export async function readActivity(sql: Sql, query: ActivityQuery): Promise<StoredRow[]> {
  const where = conditions();
  if (query.from !== null) where.add(`x.ts >= ${where.time(query.from)}`);
  if (query.to !== null) where.add(`x.ts < ${where.time(query.to)}`);
  if (query.path !== null) where.add(`x.req_path = ${where.value(query.path)}`);
  const { after } = query;
  if (after !== null) {
    const ts = where.time(after.ts);
    // The first condition is for the index, which knows only the time; the second for rows of the same time.
    where.add(`x.ts <= ${ts}`);
    where.add(`(x.ts, x.host_id, x.boot_epoch, x.upstream_id) < (${ts}, ${where.value(after.hostId)}, ${where.value(after.bootEpoch)}::int4, ${where.value(after.upstreamId)}::int8)`);
  }
  const statuses = statusCondition(query);
  if (statuses !== null) where.add(statuses);

  let each = '';
  let along = '';
  if (query.hosts.length > 0) {
    each = eachKey(where, query.hosts);
    along = alongIndex(where, 'x.host_id', query);
    if (query.models.length > 0) where.add(`x.model = ANY (${where.value(textArray(query.models, (model) => model))}::text[])`);
  } else if (query.models.length > 0) {
    each = eachKey(where, query.models);
    where.add('x.model = each.key');
    along = alongIndex(where, 'left(x.model, 128)', query, 'left(each.key, 128)');
  }
  const limit = where.value(query.limit);
  const records = await sql.unsafe<ActivityRecord[]>(
    `SELECT ${ACTIVITY_COLUMNS} FROM ${each} LATERAL (
       SELECT * FROM activity x WHERE true${where.and()} ORDER BY ${along}${newestFirst('x')} LIMIT ${limit}
     ) a ORDER BY ${newestFirst('a')} LIMIT ${limit}`,
    where.values as (string | number)[],
  );
  return records.map(toStoredRow);
}

export async function* activityPages(sql: Sql, filter: ActivityFilter): AsyncGenerator<StoredRow[]> {
  let after: ActivityQuery['after'] = null;
  for (;;) {
    const rows: StoredRow[] = await readActivity(sql, { ...filter, limit: PAGE, after });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < PAGE) return;
    after = last;
  }
}

export async function readActivityRow(sql: Sql, hostId: string, bootEpoch: number, upstreamId: number): Promise<StoredRow | null> {
  const [record] = await sql.unsafe<ActivityRecord[]>(
    `SELECT ${ACTIVITY_COLUMNS} FROM activity a WHERE a.host_id = $1 AND a.boot_epoch = $2::int4 AND a.upstream_id = $3::int8 ORDER BY a.ts DESC LIMIT 1`,
    [hostId, bootEpoch, upstreamId],
  );
  return record === undefined ? null : toStoredRow(record);
}

/** Written with its numbers, so that the planner sees whether activity_not_ok_ts (status <> 200) holds all of them. */
function statusCondition({ statuses, statusClasses }: ActivityFilter): string | null {
  const parts = [
    ...statuses.map((status) => `x.status = ${whole(status)}`),
    ...statusClasses.map((first) => `x.status BETWEEN ${whole(first * 100)} AND ${whole(first * 100 + 99)}`),
  ];
  if (parts.length === 0) return null;
  const ok = statuses.includes(200) || statusClasses.includes(2);
  return `(${parts.join(' OR ')})${ok ? '' : ' AND x.status <> 200'}`;
}

function whole(value: number): number {
  if (!Number.isInteger(value) || Math.abs(value) > 2_147_483_647) throw new RangeError(`a status is a whole number, not ${value}`);
  return value;
}

function newestFirst(alias: string): string {
  return `${alias}.ts DESC, ${alias}.host_id DESC, ${alias}.boot_epoch DESC, ${alias}.upstream_id DESC`;
}

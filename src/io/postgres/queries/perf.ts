/** Performance samples as they came, oldest first. */
import type { Sql } from 'postgres';
import type { TimeRange } from '../../../model/records/history.ts';
import type { PerfSample } from '../../../model/records/perf.ts';
import { timeText } from '../activity-columns.ts';
import { textArray } from '../array-text.ts';
import { METRICS } from '../perf-columns.ts';
import { type Conditions, conditions } from './conditions.ts';

function range(query: TimeRange): Conditions {
  const where = conditions();
  if (query.hosts.length > 0) where.add(`p.host_id = ANY (${where.value(textArray(query.hosts, (host) => host))}::text[])`);
  if (query.from !== null) where.add(`p.ts >= ${where.time(query.from)}`);
  if (query.to !== null) where.add(`p.ts < ${where.time(query.to)}`);
  return where;
}

/** Of more than `limit` the newest. */
export async function readPerf(sql: Sql, query: TimeRange & { limit: number }): Promise<PerfSample[]> {
  const where = range(query);
  const columns = METRICS.map(([name, column]) => `p.${column} AS "${name}"`).join(', ');
  const samples = await sql.unsafe<PerfSample[]>(
    `SELECT p.host_id AS "hostId", ${timeText('p.ts')} AS ts, p.gpu, ${columns}
     FROM perf p WHERE true${where.and()} ORDER BY p.ts DESC, p.host_id DESC, p.gpu DESC NULLS LAST LIMIT ${where.value(query.limit)}`,
    where.values as (string | number)[],
  );
  return [...samples].toReversed();
}

/**
 * Performance in steps. Where the step holds whole roll-ups they are read, and samples where there is no roll-up yet and at the
 * range's ends, which may cut one: all of it one statement, so that a sample is in one of the two, whatever is stored, summed up
 * or dropped meanwhile.
 */
import type { Sql } from 'postgres';
import type { PerfMetric, PerfPoint, PerfSteps, Spread, TimeRange } from '../../../model/records/history.ts';
import { ROLLUP_S } from '../../../model/records/perf.ts';
import { msOfTime, timeOfMs } from '../../../model/time.ts';
import { timeText } from '../activity-columns.ts';
import { textArray } from '../array-text.ts';
import { listPartitions } from '../partition-bounds.ts';
import { BUCKET, KNOWN, METRICS, SPREAD_COLUMNS, SPREADS } from '../perf-columns.ts';
import { type Conditions, conditions } from './conditions.ts';

/**
 * Buckets of `stepS` seconds, counted from 1970, oldest first; of more than `limit` the newest. Reaches the range back to where
 * samples are no more, the step is the next that roll-ups can give. A roll-up counts as of the moment where it begins.
 */
export async function readPerfSteps(sql: Sql, query: TimeRange & { stepS: number; limit: number }): Promise<PerfSteps> {
  const fits = query.stepS % ROLLUP_S === 0;
  const rolled = fits || (await reachesBeyondSamples(sql, query));
  const stepS = fits || !rolled ? query.stepS : Math.ceil(query.stepS / ROLLUP_S) * ROLLUP_S;
  return { stepS, points: await readPoints(sql, { ...query, stepS }, rolled) };
}

/** Is there a roll-up of the range older than all samples? They go by whole partitions. */
async function reachesBeyondSamples(sql: Sql, query: TimeRange): Promise<boolean> {
  const [oldest] = await listPartitions(sql, 'perf');
  const where = conditions();
  within(where, 'r', query, query.from, query.to);
  if (oldest !== undefined) where.add(`r.ts < ${where.time(timeOfMs(oldest.from))}`);
  const [found] = await sql.unsafe<{ there: boolean }[]>(`SELECT EXISTS (SELECT FROM perf_rollups r WHERE true${where.and()}) AS there`, where.values as (string | number)[]);
  return found?.there === true;
}

/** Adds the hosts and a stretch of time to the WHERE of one table. */
function within(where: Conditions, table: string, { hosts }: TimeRange, from: string | null, to: string | null): void {
  if (hosts.length > 0) where.add(`${table}.host_id = ANY (${where.value(textArray(hosts, (host) => host))}::text[])`);
  if (from !== null) where.add(`${table}.ts >= ${where.time(from)}`);
  if (to !== null) where.add(`${table}.ts < ${where.time(to)}`);
}

async function readPoints(sql: Sql, query: TimeRange & { stepS: number; limit: number }, rolled: boolean): Promise<PerfPoint[]> {
  const where = conditions();
  const step = where.value(query.stepS);
  const parts = rolled ? partsOf(where, step, query) : { due: '', selects: [samplesOf(where, step, query, query.from, query.to)] };
  const limit = where.value(query.limit);
  const columns = METRICS.map(([name, column]) => `min(s.${column}_min) AS "${name}_min", sum(s.${column}_avg * s.${column}_count) / sum(s.${column}_count) AS "${name}_avg", max(s.${column}_max) AS "${name}_max"`).join(', ');
  const records = await sql.unsafe<(Record<string, number | null> & { hostId: string; ts: string; gpu: string | null })[]>(
    `${parts.due} SELECT b."hostId", ${timeText('b.bucket')} AS ts, b.gpu, b.* FROM (
       SELECT s.host_id AS "hostId", ${binned(step, 's.ts')} AS bucket, s.gpu, ${columns}
       FROM (${parts.selects.join(' UNION ALL ')}) s
       GROUP BY 1, 2, 3 ORDER BY 2 DESC, 1 DESC, 3 DESC NULLS LAST LIMIT ${limit}
     ) b ORDER BY b.bucket, b."hostId", b.gpu NULLS FIRST`,
    where.values as (string | number)[],
  );
  return records.map((record) => {
    const spreads = METRICS.map(([name]): [PerfMetric, Spread] => [name, { min: record[`${name}_min`] ?? null, avg: record[`${name}_avg`] ?? null, max: record[`${name}_max`] ?? null }]);
    return { hostId: record.hostId, ts: record.ts, gpu: record.gpu, ...(Object.fromEntries(spreads) as Record<PerfMetric, Spread>) };
  });
}

/** Samples of a stretch, summed up by the answer's steps. */
function samplesOf(where: Conditions, step: string, query: TimeRange, from: string | null, to: string | null): string {
  const own = where.part();
  within(own, 'p', query, from, to);
  return `SELECT host_id, ts, gpu, ${SPREADS} FROM (SELECT p.host_id, ${binned(step, 'p.ts')} AS ts, p.gpu, ${KNOWN} FROM perf p WHERE true${own.and()} OFFSET 0) known GROUP BY 1, 2, 3`;
}

const binned = (step: string, ts: string): string => `date_bin(${step} * interval '1 second', ${ts}, '1970-01-01T00:00:00Z')`;

/**
 * `low` and `high`: the first and the last limit between buckets inside the range. What lies between them is whole: roll-ups, and
 * samples of buckets that are due. Before `low` samples alone; behind `high` too, or, where they are gone, the roll-up.
 */
function partsOf(where: Conditions, step: string, query: TimeRange): { due: string; selects: string[] } {
  const { from, to } = query;
  const low = from === null ? null : timeOfMs(Math.ceil(msOfTime(from) / LENGTH_MS) * LENGTH_MS);
  const high = to === null ? null : timeOfMs(Math.floor(msOfTime(to) / LENGTH_MS) * LENGTH_MS);
  const dueWhere = where.part();
  within(dueWhere, 'd', query, low, high);
  const rollupWhere = where.part();
  within(rollupWhere, 'r', query, low, to);
  rollupWhere.add('NOT EXISTS (SELECT FROM due WHERE due.host_id = r.host_id AND due.ts = r.ts)');
  if (high !== null) rollupWhere.add(`(r.ts < ${where.time(high)} OR NOT EXISTS (SELECT FROM perf p WHERE p.host_id = r.host_id AND p.ts >= r.ts AND p.ts < r.ts + ${BUCKET}))`);
  const selects = [
    `SELECT r.host_id, r.ts, r.gpu, ${SPREAD_COLUMNS.map((column) => `r.${column}`).join(', ')} FROM perf_rollups r WHERE true${rollupWhere.and()}`,
    `SELECT due.host_id, due.ts, summed.* FROM due CROSS JOIN LATERAL (
       SELECT gpu, ${SPREADS} FROM (SELECT p.gpu, ${KNOWN} FROM perf p WHERE p.host_id = due.host_id AND p.ts >= due.ts AND p.ts < due.ts + ${BUCKET} OFFSET 0) known GROUP BY gpu
     ) summed`,
  ];
  const oneBucket = low !== null && high !== null && high < low;
  if (from !== null && from !== low) selects.push(samplesOf(where, step, query, from, oneBucket ? to : low));
  if (to !== null && to !== high && !oneBucket) selects.push(samplesOf(where, step, query, high, to));
  return { due: `WITH due AS MATERIALIZED (SELECT DISTINCT d.host_id, d.ts FROM perf_rollups_due d WHERE true${dueWhere.and()})`, selects };
}

const LENGTH_MS = ROLLUP_S * 1_000;

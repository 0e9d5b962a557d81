/** Performance samples, raw and in steps, oldest first. */
import type { Sql } from 'postgres';
import type { PerfMetric, PerfPoint, Spread, TimeRange } from '../../../model/records/history.ts';
import type { PerfSample } from '../../../model/records/perf.ts';
import { timeText } from '../activity-columns.ts';
import { textArray } from '../array-text.ts';
import { type Conditions, conditions } from './conditions.ts';

const COLUMNS: Record<PerfMetric, string> = {
  cpuPct: 'cpu_pct',
  memUsedMb: 'mem_used_mb',
  memTotalMb: 'mem_total_mb',
  swapUsedMb: 'swap_used_mb',
  swapTotalMb: 'swap_total_mb',
  load1: 'load1',
  load5: 'load5',
  load15: 'load15',
  netRxBytes: 'net_rx_bytes',
  netTxBytes: 'net_tx_bytes',
  utilPct: 'util_pct',
  memUtilPct: 'mem_util_pct',
  tempC: 'temp_c',
  vramTempC: 'vram_temp_c',
  fanPct: 'fan_pct',
  powerW: 'power_w',
};
const METRICS = Object.entries(COLUMNS) as [PerfMetric, string][];

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

/** Buckets of `stepS` seconds, counted from 1970; of more than `limit` the newest. */
export async function readPerfSteps(sql: Sql, query: TimeRange & { stepS: number; limit: number }): Promise<PerfPoint[]> {
  const where = range(query);
  const step = where.value(query.stepS);
  const columns = METRICS.flatMap(([name, column]) => [`min(p.${column}) AS "${name}_min"`, `avg(p.${column}) AS "${name}_avg"`, `max(p.${column}) AS "${name}_max"`]).join(', ');
  const records = await sql.unsafe<(Record<string, number | null> & { hostId: string; ts: string; gpu: string | null })[]>(
    `SELECT s."hostId", ${timeText('s.bucket')} AS ts, s.gpu, s.* FROM (
       SELECT p.host_id AS "hostId", date_bin(${step} * interval '1 second', p.ts, '1970-01-01T00:00:00Z') AS bucket, p.gpu, ${columns}
       FROM perf p WHERE true${where.and()}
       GROUP BY 1, 2, 3 ORDER BY 2 DESC, 1 DESC, 3 DESC NULLS LAST LIMIT ${where.value(query.limit)}
     ) s ORDER BY s.bucket, s."hostId", s.gpu NULLS FIRST`,
    where.values as (string | number)[],
  );
  return records.map((record) => {
    const spreads = METRICS.map(([name]): [PerfMetric, Spread] => [name, { min: record[`${name}_min`] ?? null, avg: record[`${name}_avg`] ?? null, max: record[`${name}_max`] ?? null }]);
    return { hostId: record.hostId, ts: record.ts, gpu: record.gpu, ...(Object.fromEntries(spreads) as Record<PerfMetric, Spread>) };
  });
}

/** The metrics of performance samples as columns, and what statements over them share. */
import type { PerfMetric } from '../../model/records/history.ts';
import { ROLLUP_S } from '../../model/records/perf.ts';

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
export const METRICS = Object.entries(COLUMNS) as [PerfMetric, string][];

/** Of the sample `p`. A host may name any number, and PostgreSQL gives up on a sum that overflows: what no counter can reach is unknown. In a subquery with OFFSET 0, or each aggregate works it out again: twice the time. */
export const KNOWN = METRICS.map(([, column]) => `CASE WHEN abs(p.${column}) < 1e30 THEN p.${column} END AS ${column}`).join(', ');

/** The columns of a roll-up that tell of metrics, in this order. */
export const SPREAD_COLUMNS = METRICS.flatMap(([, column]) => [`${column}_min`, `${column}_avg`, `${column}_max`, `${column}_count`]);

/** The same, over KNOWN. */
export const SPREADS = METRICS.map(([, column]) => `min(${column}) AS ${column}_min, avg(${column}) AS ${column}_avg, max(${column}) AS ${column}_max, nullif(count(${column}), 0) AS ${column}_count`).join(', ');

/** The length of a roll-up, in SQL. */
export const BUCKET = `interval '${ROLLUP_S} seconds'`;

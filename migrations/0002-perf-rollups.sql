-- Performance samples summed up by five minutes, kept longer than the samples. Reasons stand in schema.sql.

CREATE TABLE perf_rollups (
  host_id            text COLLATE "C" NOT NULL,
  ts                 timestamptz NOT NULL,
  gpu                text COLLATE "C",
  samples            integer NOT NULL,
  cpu_pct_min double precision, cpu_pct_avg double precision, cpu_pct_max double precision,
  mem_used_mb_min double precision, mem_used_mb_avg double precision, mem_used_mb_max double precision,
  mem_total_mb_min double precision, mem_total_mb_avg double precision, mem_total_mb_max double precision,
  swap_used_mb_min double precision, swap_used_mb_avg double precision, swap_used_mb_max double precision,
  swap_total_mb_min double precision, swap_total_mb_avg double precision, swap_total_mb_max double precision,
  load1_min double precision, load1_avg double precision, load1_max double precision,
  load5_min double precision, load5_avg double precision, load5_max double precision,
  load15_min double precision, load15_avg double precision, load15_max double precision,
  net_rx_bytes_min double precision, net_rx_bytes_avg double precision, net_rx_bytes_max double precision,
  net_tx_bytes_min double precision, net_tx_bytes_avg double precision, net_tx_bytes_max double precision,
  util_pct_min double precision, util_pct_avg double precision, util_pct_max double precision,
  mem_util_pct_min double precision, mem_util_pct_avg double precision, mem_util_pct_max double precision,
  temp_c_min double precision, temp_c_avg double precision, temp_c_max double precision,
  vram_temp_c_min double precision, vram_temp_c_avg double precision, vram_temp_c_max double precision,
  fan_pct_min double precision, fan_pct_avg double precision, fan_pct_max double precision,
  power_w_min double precision, power_w_avg double precision, power_w_max double precision,
  cpu_pct_count integer, mem_used_mb_count integer, mem_total_mb_count integer, swap_used_mb_count integer,
  swap_total_mb_count integer, load1_count integer, load5_count integer, load15_count integer,
  net_rx_bytes_count integer, net_tx_bytes_count integer, util_pct_count integer, mem_util_pct_count integer,
  temp_c_count integer, vram_temp_c_count integer, fan_pct_count integer, power_w_count integer,
  CONSTRAINT perf_rollups_key UNIQUE NULLS NOT DISTINCT (host_id, ts, gpu)
) PARTITION BY RANGE (ts);
CREATE INDEX perf_rollups_ts ON perf_rollups USING brin (ts);

CREATE TABLE perf_rollups_due (
  host_id text COLLATE "C" NOT NULL,
  ts      timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX perf_rollups_due_ts ON perf_rollups_due (ts, host_id);

-- What is stored already.
INSERT INTO perf_rollups_due (host_id, ts)
SELECT DISTINCT host_id, date_bin('5 minutes', ts, '1970-01-01T00:00:00Z') FROM perf;

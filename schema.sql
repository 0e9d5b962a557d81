-- The whole database as it stands. migrations/ lead to it, forward only; a test compares both through the catalogue.
--
-- Times are timestamptz: microseconds, which is what a host's times are cut to. Names and ids are COLLATE "C": keyset pages are
-- ordered by bytes, the same on every server, and compare faster. Numbers that a host does not tell are NULL.
-- Time series have no partition here: retention makes them ahead and on demand (src/io/postgres/partitions.ts) and drops them
-- whole. There is no default partition: DETACH CONCURRENTLY forbids one. History knows hosts by id alone, without a foreign
-- key: it stays when a host is deleted.
-- PostgreSQL 15 or newer (NULLS NOT DISTINCT).

-- One row for every host that the API has added, and for every declared one that we remember something of.
CREATE TABLE hosts (
  id               text COLLATE "C" PRIMARY KEY,
  -- NULL: no API host of that id; the row only holds what is remembered of a declared one.
  base_url         text,
  name             text,
  tags             text[] NOT NULL DEFAULT '{}',
  enabled          boolean NOT NULL DEFAULT true,
  -- A person's word on a declared host: wins over the declaration. NULL: as declared.
  enabled_override boolean,
  -- AES-256-GCM under the key file (src/io/secrets.ts).
  api_key          bytea,
  last_state       jsonb,
  last_state_at    timestamptz,
  created_at       timestamptz NOT NULL
) WITH (
  -- last_state is rewritten every 30 s for every host: room for HOT updates, and vacuum by count, since the table stays small.
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000
);

CREATE TABLE boots (
  host_id     text COLLATE "C" NOT NULL,
  boot_epoch  integer NOT NULL,
  detected_at timestamptz NOT NULL,
  generation  smallint NOT NULL,
  -- Ids from floor up to but without next are settled. Both only move outwards.
  floor       bigint NOT NULL,
  next        bigint NOT NULL,
  -- The boot that holds the rows below floor.
  resumes     integer,
  -- Highest id stored or inside a gap.
  highest     bigint,
  -- The row with the highest id: outlives its partition.
  last_id     bigint,
  last_ts     timestamptz,
  -- The host was deleted after this boot: the next contact begins a new one.
  closed      boolean NOT NULL DEFAULT false,
  PRIMARY KEY (host_id, boot_epoch)
) WITH (
  -- One row a host is updated with every batch, and no index has a changing column: half-empty pages keep that HOT.
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000
);

-- Three orders are read: by boot and id (the key; reconcile), by time, and by time within a host. Ties in time are few, so the
-- last columns of the keyset are left to an incremental sort and the time indexes stay half the size. Errors are rare and
-- looked for: a partial index. A model's name may be anything a client has asked for, longer than an index row may be: cut.
CREATE TABLE activity (
  host_id               text COLLATE "C" NOT NULL,
  boot_epoch            integer NOT NULL,
  upstream_id           bigint NOT NULL,
  ts                    timestamptz NOT NULL,
  model                 text COLLATE "C" NOT NULL,
  req_path              text COLLATE "C",
  status                integer,
  input_tokens          bigint,
  cached_tokens         bigint,
  output_tokens         bigint,
  draft_tokens          bigint,
  draft_accepted_tokens bigint,
  prompt_per_second     double precision,
  tokens_per_second     double precision,
  duration_ms           double precision,
  has_capture           boolean,
  error                 text,
  metadata              jsonb,
  CONSTRAINT activity_key UNIQUE (host_id, boot_epoch, upstream_id, ts)
) PARTITION BY RANGE (ts);
CREATE INDEX activity_ts ON activity (ts);
CREATE INDEX activity_host_ts ON activity (host_id, ts);
CREATE INDEX activity_model_ts ON activity (left(model, 128), ts);
CREATE INDEX activity_not_ok_ts ON activity (ts) WHERE status <> 200;

-- gpu NULL: the system.
CREATE TABLE perf (
  host_id       text COLLATE "C" NOT NULL,
  ts            timestamptz NOT NULL,
  gpu           text COLLATE "C",
  cpu_pct       double precision,
  mem_used_mb   double precision,
  mem_total_mb  double precision,
  swap_used_mb  double precision,
  swap_total_mb double precision,
  load1         double precision,
  load5         double precision,
  load15        double precision,
  net_rx_bytes  double precision,
  net_tx_bytes  double precision,
  util_pct      double precision,
  mem_util_pct  double precision,
  temp_c        double precision,
  vram_temp_c   double precision,
  fan_pct       double precision,
  power_w       double precision,
  CONSTRAINT perf_key UNIQUE NULLS NOT DISTINCT (host_id, ts, gpu)
) PARTITION BY RANGE (ts);
-- Of all hosts at once only stretches of time are read: BRIN costs 5 % of the inserts, a b-tree four times that.
CREATE INDEX perf_ts ON perf USING brin (ts);

-- Performance samples of five minutes (src/model/records/perf.ts) summed up: what stepped answers are made of, and all that is left
-- when the samples are dropped. Each is made whole from its samples, never added to; `ts` is where the bucket begins. Of what no
-- sample told all four are NULL. The counts stand last: between doubles each would be padded to 8 bytes.
CREATE TABLE perf_rollups (
  host_id            text COLLATE "C" NOT NULL,
  ts                 timestamptz NOT NULL,
  gpu                text COLLATE "C",
  -- Only rises: made anew from fewer samples, it would forget those that are gone.
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

-- Buckets with samples that their roll-up does not hold yet: a row for each batch that brought some, written with them. Rows are added
-- and deleted, never updated, so writers and the one who sums up never wait for each other. Answers take such a bucket's samples.
CREATE TABLE perf_rollups_due (
  host_id text COLLATE "C" NOT NULL,
  ts      timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX perf_rollups_due_ts ON perf_rollups_due (ts, host_id);

CREATE TABLE host_events (
  host_id    text COLLATE "C" NOT NULL,
  ts         timestamptz NOT NULL,
  kind       text COLLATE "C" NOT NULL,
  from_state text COLLATE "C",
  to_state   text COLLATE "C",
  reason     text,
  CONSTRAINT host_events_key UNIQUE NULLS NOT DISTINCT (host_id, ts, kind, from_state, to_state)
) PARTITION BY RANGE (ts);
CREATE INDEX host_events_ts ON host_events (ts);

CREATE TABLE model_events (
  host_id    text COLLATE "C" NOT NULL,
  ts         timestamptz NOT NULL,
  model      text COLLATE "C" NOT NULL,
  from_state text COLLATE "C",
  to_state   text COLLATE "C" NOT NULL,
  CONSTRAINT model_events_key UNIQUE NULLS NOT DISTINCT (host_id, ts, model, from_state, to_state)
) PARTITION BY RANGE (ts);
CREATE INDEX model_events_ts ON model_events (ts);

CREATE TABLE gaps (
  id          text COLLATE "C" PRIMARY KEY,
  host_id     text COLLATE "C" NOT NULL,
  boot_epoch  integer NOT NULL,
  from_id     bigint,
  to_id       bigint,
  from_ts     timestamptz,
  to_ts       timestamptz,
  lost_min    bigint NOT NULL,
  lost_max    bigint,
  cause       text NOT NULL,
  detected_at timestamptz NOT NULL
);
CREATE INDEX gaps_host ON gaps (host_id, boot_epoch, to_id);
CREATE INDEX gaps_detected_at ON gaps (detected_at);

-- What PostgreSQL would not take, of whatever table. Of activity: the id counts as settled, inside the gap that is named.
CREATE TABLE rejected_rows (
  rejected_at timestamptz NOT NULL,
  source      text NOT NULL,
  host_id     text COLLATE "C" NOT NULL,
  boot_epoch  integer,
  upstream_id bigint,
  gap_id      text COLLATE "C",
  raw         text NOT NULL,
  error       text NOT NULL,
  -- NULLs are distinct: only activity has a key, so that a batch tried twice is rejected once.
  CONSTRAINT rejected_rows_key UNIQUE (host_id, boot_epoch, upstream_id)
);

-- What has been applied; made by the runner itself (src/io/postgres/migrate.ts).
CREATE TABLE drover_migrations (
  version    integer PRIMARY KEY,
  name       text NOT NULL,
  -- SHA-256 of the file.
  checksum   text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);

-- The first schema: hosts, boots and what they leave behind. Reasons stand in schema.sql.

CREATE TABLE hosts (
  id               text COLLATE "C" PRIMARY KEY,
  base_url         text,
  name             text,
  tags             text[] NOT NULL DEFAULT '{}',
  enabled          boolean NOT NULL DEFAULT true,
  enabled_override boolean,
  api_key          bytea,
  last_state       jsonb,
  last_state_at    timestamptz,
  created_at       timestamptz NOT NULL
) WITH (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000
);

CREATE TABLE boots (
  host_id     text COLLATE "C" NOT NULL,
  boot_epoch  integer NOT NULL,
  detected_at timestamptz NOT NULL,
  generation  smallint NOT NULL,
  floor       bigint NOT NULL,
  next        bigint NOT NULL,
  resumes     integer,
  highest     bigint,
  last_id     bigint,
  last_ts     timestamptz,
  closed      boolean NOT NULL DEFAULT false,
  PRIMARY KEY (host_id, boot_epoch)
) WITH (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000
);

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
CREATE INDEX perf_ts ON perf USING brin (ts);

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

CREATE TABLE rejected_rows (
  rejected_at timestamptz NOT NULL,
  source      text NOT NULL,
  host_id     text COLLATE "C" NOT NULL,
  boot_epoch  integer,
  upstream_id bigint,
  gap_id      text COLLATE "C",
  raw         text NOT NULL,
  error       text NOT NULL,
  CONSTRAINT rejected_rows_key UNIQUE (host_id, boot_epoch, upstream_id)
);

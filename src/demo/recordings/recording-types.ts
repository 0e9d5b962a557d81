/** What a recording holds, read: connections, exchanges, boots, and what was really done. */

export interface RecordedChunk { tMs: number; bytes: Uint8Array }

export interface RecordedConnection {
  conn: number;
  openMs: number;
  port: number;
  status: number;
  headers: [string, string][];
  chunks: RecordedChunk[];
  /** null: it was open when the recording ended. */
  closeMs: number | null;
  close: 'complete' | 'eof' | 'reset' | 'aborted' | null;
}

export interface RecordedExchange {
  name: string;
  tMs: number;
  method: string;
  /** With query. */
  path: string;
  /** 0: there was no answer. */
  status: number;
  headers: [string, string][];
  /** complete, eof, reset, aborted, timeout or refused. */
  ended: string;
  tEndMs: number;
  body: Uint8Array;
  chunks: RecordedChunk[] | null;
}

export interface RecordedBoot {
  port: number;
  /** From 1 in this scenario; a reload of generation 1 or 2 begins another one in the same process. */
  boot: number;
  /** The process's number in truth.json. */
  process: number;
  release: string;
  generation: 1 | 2 | 3;
  readyMs: number;
  endMs: number;
  /** How it ended: a reload ends no process. */
  end: 'SIGKILL' | 'SIGTERM' | 'reload' | 'unknown';
}

/** A row verbatim as the host gave it, whatever its generation. */
export type RecordedRow = Record<string, unknown> & { id: number; timestamp: string };

export interface Scenario {
  folder: string;
  name: string;
  release: string;
  connections: RecordedConnection[];
  exchanges: RecordedExchange[];
  boots: RecordedBoot[];
  endMs: number;
  metricsMaxInMemory: number;
  store: boolean;
  truth: Truth;
}

/** truth.json, as far as it is used. A recording of our own (`drover record`) has boots alone. */
export interface Truth {
  scenario?: string;
  version?: string;
  generation?: number;
  boots?: { port: number; boots: { boot: number; version: string; ready_ms: number; end_ms: number; end_how: string }[] }[];
  steps?: { t_ms: number; do: string; ended?: string }[];
  requests?: TruthRequest[];
  ring_at_end?: { rows_without_request?: number[] };
  config_lines_added?: string[];
  [more: string]: unknown;
}

export interface TruthRequest {
  n: number;
  port: number;
  /** Of the process. */
  boot: number;
  t_sent_ms: number;
  t_done_ms?: number;
  row_id?: number;
  /** In place of row_id: what became of the row. */
  row?: string;
}

/** Recordings of real hosts: a folder a scenario with `events.jsonl`, `http/NN-name.json` and `truth.json`. The format: the README beside them. */

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
  status: number;
  headers: [string, string][];
  ended: string;
  tEndMs: number;
  body: Uint8Array;
  chunks: RecordedChunk[] | null;
}

export interface RecordedBoot {
  port: number;
  /** From 1; a reload of generation 1 or 2 begins another one in the same process. */
  boot: number;
  /** The process's number in truth.json. */
  process: number;
  release: string;
  generation: 1 | 2 | 3;
  readyMs: number;
  endMs: number;
}

/** A row verbatim as the host gave it, whatever its generation. */
export type RecordedRow = Record<string, unknown> & { id: number; timestamp: string };

export interface ExpectedRow {
  port: number;
  /** Number of the boot in `Scenario.boots`; the first one where a store or a reload of generation 3 keeps the ids. */
  boot: number;
  generation: 1 | 2 | 3;
  row: RecordedRow;
}

/** Requests whose rows nobody ever saw: they must lie inside gaps. */
export interface ExpectedLost { boot: number; count: number }

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
  truth: Record<string, unknown>;
}

export function readScenario(_folder: string): Scenario { throw new Error('not yet'); }

/** Every scenario below a folder (`<root>/<release>/<scenario>`, or one scenario itself) that has a truth.json. */
export function listScenarios(_root: string): { release: string; name: string; folder: string }[] { throw new Error('not yet'); }

/** Rows that must be stored, by the rule of the recordings' README: each exactly once, and nothing else. */
export function expectedRows(_scenario: Scenario): ExpectedRow[] { throw new Error('not yet'); }

export function expectedLost(_scenario: Scenario): ExpectedLost[] { throw new Error('not yet'); }

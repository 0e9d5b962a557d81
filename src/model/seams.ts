/**
 * The four seams: everything that a node of Drover takes from outside. Production gives it the real ones (src/io/), the
 * simulation a virtual clock, a seed, simulated hosts and a simulated store, so that a whole node runs from a seed.
 */
import type { ActivityRow } from './records/activity.ts';
import type { Batch, BatchResult, HostMark } from './records/batch.ts';
import type { HostFault } from './host/liveness.ts';

export type TimerId = unknown;

export interface Clock {
  /** Wall clock, ms since 1970. May jump. For what people read; never for durations. */
  now(): number;
  /** ms since some moment; never goes back. For durations. */
  monotonic(): number;
  setTimeout(fn: () => void, ms: number): TimerId;
  clearTimeout(id: TimerId): void;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** An opaque identifier that does not come again (22 characters or so, url-safe). */
  id(): string;
}

/** Where a connected host's bytes go. Exactly one `end` is the last call; nothing pushes back. */
export interface StreamReader {
  chunk(bytes: Uint8Array): void;
  /** `null`: the host ended the body cleanly. */
  end(fault: HostFault | null): void;
}

/** The answer's head has come; the body waits for `start`. */
export interface HostStream {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** Begins to deliver. Without it, abort the signal that `open` was given. */
  start(reader: StreamReader): void;
}

export interface HostAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

export interface GetOptions {
  signal: AbortSignal;
  /** Default 10,000. */
  timeoutMs?: number;
  /** Bytes of body beyond which the answer is a fault `too_large`. Default 32 MiB. */
  maxBytes?: number;
}

/** One host's wire: bytes alone, so that decoding is in the loop. Both reject with a HostError (liveness.ts) and nothing else. */
export interface HostPort {
  /**
   * `GET path`, without an end; default `/api/events`, whose head has to come within 10 s. Any other is a log, which says nothing,
   * not even a head, before its first line. Aborting the signal at any time cuts it, without a further call to the reader.
   */
  open(signal: AbortSignal, path?: string): Promise<HostStream>;
  /** `GET path` (path with query, already encoded). Any status is an answer. */
  get(path: string, options: GetOptions): Promise<HostAnswer>;
}

/** What the database is to links and persisters. One conformance suite holds every implementation (test/store-conformance). */
export interface Store {
  /** Where a host stands, and the stored rows, of whatever boot, that share an id and the second of `ts` with one of `ring`. */
  readMark(hostId: string, ring: readonly Pick<ActivityRow, 'upstreamId' | 'ts'>[]): Promise<HostMark>;
  /**
   * One transaction, in the order boots, activity, gaps, marks, the rest. Rows in error are bisected out, go to rejected_rows and into
   * a gap `rejected`, in the same transaction; a bad value in any other list costs that value alone. May be tried again after any
   * failure, a commit of unknown outcome included: keys, gap ids and watermarks make it the same batch.
   * A mark without a boots row (in this batch or before) does nothing.
   * Rejects with a StoreError (batch.ts) and nothing else: 'away' (connection, resources, shutdown) or 'partition' (make it, try again).
   */
  writeBatch(batch: Batch): Promise<BatchResult>;
  /**
   * Makes the partition of `table` that holds the instant. Idempotent. `'refused'`: too far from the expected time, and 32 such
   * exist; from then on `writeBatch` rejects the rows that belong there (`clock`), so the batch is tried again in any case.
   * Rejects with a StoreError 'away'.
   */
  makePartition(table: PartitionedTable, ts: string): Promise<'made' | 'exists' | 'refused'>;
}

export const PARTITIONED_TABLES = ['activity', 'perf', 'perf_rollups', 'model_events', 'host_events'] as const;
export type PartitionedTable = (typeof PARTITIONED_TABLES)[number];

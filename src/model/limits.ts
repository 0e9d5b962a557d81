/** Every number that decides something, in one place. All are settings; the comments give the unit. */
export const LIMITS = {
  /** Days before whole partitions are dropped, and what the database did not take is forgotten. */
  retentionDays: { activity: 90, perf: 14, perfRollups: 365, hostEvents: 365, modelEvents: 90, rejectedRows: 90 },
  /** Full jitter between 0 and min(cap, base · 2^n). */
  backoff: { baseMs: 500, capMs: 30_000, healthyMs: 10_000 },
  /** Shared by all hosts. */
  reconnect: { underWay: 20, perSecond: 50 },
  /** All hosts' polls fall on the same steps. */
  probe: { everyMs: 15_000, perfEveryMs: 10_000, timeoutMs: 10_000, runningEveryMs: 60_000, failures: 3, failuresMs: 30_000, stepMs: 250 },
  stream: { headersTimeoutMs: 10_000, maxFrameBytes: 32 * 1024 * 1024 },
  /**
   * A tick's text of one log, and a history's, beyond which the oldest is dropped; a history has come whole `historyMs` after its beginning.
   * Of each source `keptChars` are kept for readers who come later, in `keptChunks` pieces at most.
   */
  logs: { tickMs: 50, tickChars: 64 * 1024, historyChars: 100 * 1024, historyMs: 100, keptChars: 16 * 1024, keptChunks: 200 },
  quarantine: { baseMs: 5_000, capMs: 300_000, healthyMs: 600_000 },
  publish: { tickMs: 50, lastContactMs: 10_000, respBytesMs: 1_000, lastStateMs: 30_000 },
  throughputWindowS: 60,
  /** What one host may name at a time; what is more is left out and counted. */
  host: { models: 1_000, requests: 1_000, gpus: 64 },
  ring: { pageSize: 999, firstMetricsMs: 5_000, missingAfterMs: 2_000, missingFetches: 3, missingOverMs: 30_000, ahead: 1_000, checkEveryMs: 600_000 },
  deltaMemory: { count: 256, bytes: 64 * 1024 },
  batch: { rows: 1_000, ms: 250 },
  queueBytes: 64 * 1024 * 1024,
  ws: {
    flushMs: 50, pingMs: 25_000, busyPingMs: 5_000, pongMs: 8_000, bufferBytes: 1024 * 1024, stalledMs: 60_000, terminateMs: 2_000, badFrames: 10, actorsMs: 1_000,
    /** A client names every host that it holds when it comes back: some 3,000 hosts. */
    maxFrameBytes: 256 * 1024,
    /** Bytes of one lossy stream a tick, and owed by one client, beyond which lossy frames are dropped. */
    lossyBytes: 256 * 1024,
    /** Models' own logs open at one host. */
    modelLogs: 4,
    /** Rows in one `activity` frame. */
    rowsPerFrame: 250,
  },
  streamMemory: { count: 10_000, bytes: 4 * 1024 * 1024 },
  drain: { httpMs: 2_000, runsMs: 2_000, linksMs: 1_000, writersMs: 3_000, databaseMs: 1_000 },
  clockPartitions: 32,
  /** Health is asked every `healthMs`; `lockWaitMs`: for another Drover to leave. Back-off as above, reset after `healthyMs` of ready. */
  database: { healthMs: 5_000, answerMs: 5_000, connectMs: 5_000, lockWaitMs: 10_000, baseMs: 200, capMs: 5_000, healthyMs: 10_000 },
} as const;

type Widened<T> = { readonly [K in keyof T]: T[K] extends number ? number : Widened<T[K]> };
/** The same numbers as they are in effect, after the settings. */
export type Limits = Widened<typeof LIMITS>;

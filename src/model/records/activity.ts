/** One request that a host served, as llama-swap recorded it. Unknown is null, never 0 or -1. */

/** What a host says of a row, of whatever generation, before it has a place in a boot. */
export interface WireRow {
  /** The host's own number for it: unique within one boot, not beyond. */
  upstreamId: number;
  /** End of the request: UTC, always 'YYYY-MM-DDTHH:MM:SS.ffffffZ' (so text order is time order). */
  ts: string;
  model: string;
  /** Absent in generation 1. */
  reqPath: string | null;
  status: number | null;
  inputTokens: number | null;
  cachedTokens: number | null;
  outputTokens: number | null;
  draftTokens: number | null;
  draftAcceptedTokens: number | null;
  promptPerSecond: number | null;
  tokensPerSecond: number | null;
  durationMs: number | null;
  hasCapture: boolean | null;
  error: string | null;
  metadata: Record<string, unknown> | null;
}

/** A row with its key: (hostId, bootEpoch, upstreamId, ts). As GET /api/activity and the `activity` frame show it. */
export interface ActivityRow extends WireRow {
  hostId: string;
  /** null only in frames sent before the boot could be decided (no database yet): shown, not merged, never stored. */
  bootEpoch: number | null;
}

export type StoredRow = ActivityRow & { bootEpoch: number };

/** The row in its place. Field by field: a spread with two fields more costs three times as much, and it runs for every row. */
export function placedRow(row: WireRow, hostId: string, bootEpoch: number): StoredRow {
  return {
    hostId,
    bootEpoch,
    upstreamId: row.upstreamId,
    ts: row.ts,
    model: row.model,
    reqPath: row.reqPath,
    status: row.status,
    inputTokens: row.inputTokens,
    cachedTokens: row.cachedTokens,
    outputTokens: row.outputTokens,
    draftTokens: row.draftTokens,
    draftAcceptedTokens: row.draftAcceptedTokens,
    promptPerSecond: row.promptPerSecond,
    tokensPerSecond: row.tokensPerSecond,
    durationMs: row.durationMs,
    hasCapture: row.hasCapture,
    error: row.error,
    metadata: row.metadata,
  };
}

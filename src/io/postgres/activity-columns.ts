/** Activity as it is read: one list of columns and one mapping for pages, exports and reconcile. */
import type { StoredRow } from '../../model/records/activity.ts';

/** SQL of a timestamptz as canonical text. */
export function timeText(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Of `a`, an activity row. */
export const ACTIVITY_COLUMNS = `a.host_id, a.boot_epoch, a.upstream_id, ${timeText('a.ts')} AS ts, a.model, a.req_path, a.status,
  a.input_tokens, a.cached_tokens, a.output_tokens, a.draft_tokens, a.draft_accepted_tokens,
  a.prompt_per_second, a.tokens_per_second, a.duration_ms, a.has_capture, a.error, a.metadata`;

/** Bigints come as text: what is stored came from numbers and is exact as one. */
export interface ActivityRecord {
  host_id: string;
  boot_epoch: number;
  upstream_id: string;
  ts: string;
  model: string;
  req_path: string | null;
  status: number | null;
  input_tokens: string | null;
  cached_tokens: string | null;
  output_tokens: string | null;
  draft_tokens: string | null;
  draft_accepted_tokens: string | null;
  prompt_per_second: number | null;
  tokens_per_second: number | null;
  duration_ms: number | null;
  has_capture: boolean | null;
  error: string | null;
  metadata: Record<string, unknown> | null;
}

export function toStoredRow(record: ActivityRecord): StoredRow {
  return {
    hostId: record.host_id,
    bootEpoch: record.boot_epoch,
    upstreamId: Number(record.upstream_id),
    ts: record.ts,
    model: record.model,
    reqPath: record.req_path,
    status: record.status,
    inputTokens: numberOf(record.input_tokens),
    cachedTokens: numberOf(record.cached_tokens),
    outputTokens: numberOf(record.output_tokens),
    draftTokens: numberOf(record.draft_tokens),
    draftAcceptedTokens: numberOf(record.draft_accepted_tokens),
    promptPerSecond: record.prompt_per_second,
    tokensPerSecond: record.tokens_per_second,
    durationMs: record.duration_ms,
    hasCapture: record.has_capture,
    error: record.error,
    metadata: record.metadata,
  };
}

export function numberOf(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}

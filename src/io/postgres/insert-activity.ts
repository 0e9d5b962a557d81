/** The hot statement: a batch of activity rows. */
import type { ISql } from 'postgres';
import type { StoredRow } from '../../model/records/activity.ts';
import { booleanArray, jsonText, numberArray, textArray } from './array-text.ts';

/** Returns how many were new. */
export async function insertActivity(tx: ISql, rows: readonly StoredRow[]): Promise<number> {
  const result = await tx`
    INSERT INTO activity (host_id, boot_epoch, upstream_id, ts, model, req_path, status, input_tokens, cached_tokens, output_tokens,
      draft_tokens, draft_accepted_tokens, prompt_per_second, tokens_per_second, duration_ms, has_capture, error, metadata)
    SELECT r.host_id, r.boot_epoch, r.upstream_id, r.ts, r.model, r.req_path, r.status, r.input_tokens, r.cached_tokens, r.output_tokens,
      r.draft_tokens, r.draft_accepted_tokens, r.prompt_per_second, r.tokens_per_second, r.duration_ms, r.has_capture, r.error, r.metadata::jsonb
    FROM unnest(
      ${textArray(rows, (row) => row.hostId)}::text[],
      ${numberArray(rows, (row) => row.bootEpoch)}::int4[],
      ${numberArray(rows, (row) => row.upstreamId)}::int8[],
      ${textArray(rows, (row) => row.ts)}::timestamptz[],
      ${textArray(rows, (row) => row.model)}::text[],
      ${textArray(rows, (row) => row.reqPath)}::text[],
      ${numberArray(rows, (row) => row.status)}::int4[],
      ${numberArray(rows, (row) => row.inputTokens)}::int8[],
      ${numberArray(rows, (row) => row.cachedTokens)}::int8[],
      ${numberArray(rows, (row) => row.outputTokens)}::int8[],
      ${numberArray(rows, (row) => row.draftTokens)}::int8[],
      ${numberArray(rows, (row) => row.draftAcceptedTokens)}::int8[],
      ${numberArray(rows, (row) => row.promptPerSecond)}::float8[],
      ${numberArray(rows, (row) => row.tokensPerSecond)}::float8[],
      ${numberArray(rows, (row) => row.durationMs)}::float8[],
      ${booleanArray(rows, (row) => row.hasCapture)}::bool[],
      ${textArray(rows, (row) => row.error)}::text[],
      ${textArray(rows, (row) => (row.metadata === null ? null : jsonText(row.metadata)))}::text[]
    ) AS r (host_id, boot_epoch, upstream_id, ts, model, req_path, status, input_tokens, cached_tokens, output_tokens,
      draft_tokens, draft_accepted_tokens, prompt_per_second, tokens_per_second, duration_ms, has_capture, error, metadata)
    ON CONFLICT DO NOTHING`;
  return result.count;
}

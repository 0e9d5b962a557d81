/** When are two rows under one id the same row? What tells a boot that goes on from one whose ids have begun again. */
import type { WireRow } from '../records/activity.ts';
import { isWholeSecond } from '../time.ts';

/**
 * Id, instant, model, path, status, tokens, duration. Instants at microseconds, or at whole seconds where either side has no
 * more (generation 3 cuts there). A field that one side lacks (generation 1) is not compared; what the host computes on reading
 * (`hasCapture`) or adds in some releases alone (rates, error, metadata) stays out.
 */
export function sameRow(a: WireRow, b: WireRow): boolean {
  return (
    a.upstreamId === b.upstreamId &&
    sameInstant(a.ts, b.ts) &&
    a.model === b.model &&
    agree(a.reqPath, b.reqPath) &&
    agree(a.status, b.status) &&
    a.inputTokens === b.inputTokens &&
    a.outputTokens === b.outputTokens &&
    agree(a.cachedTokens, b.cachedTokens) &&
    agree(a.draftTokens, b.draftTokens) &&
    agree(a.draftAcceptedTokens, b.draftAcceptedTokens) &&
    agree(a.durationMs, b.durationMs)
  );
}

export function sameInstant(a: string, b: string): boolean {
  return isWholeSecond(a) || isWholeSecond(b) ? sameSecond(a, b) : a === b;
}

export function sameSecond(a: string, b: string): boolean {
  return a.slice(0, 19) === b.slice(0, 19);
}

/**
 * A row that any boot can repeat to the byte: no tokens, no time spent. In a process known to be new it proves nothing
 * (`v250/restart-fast` has two such).
 */
export function provesNothing(row: WireRow): boolean {
  return !row.inputTokens && !row.outputTokens && !row.cachedTokens && (row.durationMs ?? 0) < 10;
}

function agree(a: string | number | null, b: string | number | null): boolean {
  return a === null || b === null || a === b;
}

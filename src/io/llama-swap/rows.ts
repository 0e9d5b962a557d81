/**
 * Activity entries, flat (generation 1) or nested (2 and 3), to rows. llama-swap's unknown is -1, or 0 in every field of a row
 * that found nothing: both become null. Text comes as the host sent it: the store takes out what PostgreSQL cannot hold.
 */
import type { WireRow } from '../../model/records/activity.ts';
import { canonicalTime, zoneOffset } from '../../model/time.ts';
import { isDoc, isId, kindOf, sampleOf, text, type BadEntry, type Doc } from './checks.ts';

export interface ReadRows {
  rows: WireRow[];
  /** By the shape of the first row; null: no row. */
  generation: 1 | 2 | null;
  /** Minutes east of UTC in which the first row's time is written; null: no row. */
  offsetMin: number | null;
  /** Entries left out, and rows of which a field was not what it should be (that field is then null). */
  bad: BadEntry[];
}

/** A wrong entry spoils no other one. */
export function readRows(entries: readonly unknown[]): ReadRows {
  const rows: WireRow[] = [];
  const bad: BadEntry[] = [];
  let generation: 1 | 2 | null = null;
  let offsetMin: number | null = null;
  for (const entry of entries) {
    const row = readRow(entry, bad);
    if (row === null) continue;
    rows.push(row);
    generation ??= 'tokens' in (entry as Doc) ? 2 : 1;
    offsetMin ??= zoneOffset((entry as { timestamp: string }).timestamp);
  }
  return { rows, generation, offsetMin, bad };
}

function readRow(entry: unknown, bad: BadEntry[]): WireRow | null {
  if (!isDoc(entry)) return reject(bad, `an activity entry is ${kindOf(entry)}, not an object`, entry);
  const { id, timestamp, model } = entry;
  if (!isId(id)) return reject(bad, 'an activity entry without a whole-number id', entry);
  const ts = typeof timestamp === 'string' ? canonicalTime(timestamp) : null;
  if (ts === null) return reject(bad, `activity ${id}: timestamp is no RFC 3339 time`, entry);
  if (typeof model !== 'string') return reject(bad, `activity ${id}: model is ${kindOf(model)}, not a text`, entry);
  const nested = entry['tokens'];
  if (nested !== undefined && nested !== null && !isDoc(nested)) note(bad, id, 'tokens', nested);
  const tokens = isDoc(nested) ? nested : entry;
  const none = foundNone(tokens);
  const status = entry['resp_status_code'];
  const capture = entry['has_capture'];
  const metadata = entry['metadata'];
  if (status !== undefined && typeof status !== 'number') note(bad, id, 'resp_status_code', status);
  return {
    upstreamId: id,
    ts,
    model,
    reqPath: text(entry['req_path']),
    status: isId(status) && status >= 100 && status <= 999 ? status : null,
    inputTokens: none ? null : number(tokens['input_tokens'], 'input_tokens', id, bad, true),
    cachedTokens: none ? null : number(tokens['cache_tokens'], 'cache_tokens', id, bad, true),
    outputTokens: none ? null : number(tokens['output_tokens'], 'output_tokens', id, bad, true),
    draftTokens: none ? null : number(tokens['draft_tokens'], 'draft_tokens', id, bad, true),
    draftAcceptedTokens: none ? null : number(tokens['draft_acc_tokens'], 'draft_acc_tokens', id, bad, true),
    promptPerSecond: none ? null : number(tokens['prompt_per_second'], 'prompt_per_second', id, bad, false),
    tokensPerSecond: none ? null : number(tokens['tokens_per_second'], 'tokens_per_second', id, bad, false),
    durationMs: number(entry['duration_ms'], 'duration_ms', id, bad, true),
    hasCapture: typeof capture === 'boolean' ? capture : null,
    error: text(entry['error_msg']),
    metadata: isDoc(metadata) ? metadata : null,
  };
}

/** Counts are whole; a negative number is llama-swap's unknown. Numbers that are neither, and other types, are noted. */
function number(value: unknown, field: string, id: number, bad: BadEntry[], whole: boolean): number | null {
  if (typeof value === 'number') {
    if (value < 0) return null;
    if (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) return value;
  } else if (value === undefined || value === null) return null;
  note(bad, id, field, value);
  return null;
}

/** A row that found nothing says 0 in every field, rates and drafts too. */
function foundNone(tokens: Doc): boolean {
  return tokens['output_tokens'] === 0 && tokens['input_tokens'] === 0 && zero(tokens['cache_tokens']) && zero(tokens['prompt_per_second'])
    && zero(tokens['tokens_per_second']) && zero(tokens['draft_tokens']) && zero(tokens['draft_acc_tokens']);
}

function zero(value: unknown): boolean {
  return value === 0 || value === undefined;
}

function reject(bad: BadEntry[], what: string, entry: unknown): null {
  bad.push({ what, sample: sampleOf(entry) });
  return null;
}

function note(bad: BadEntry[], id: number, field: string, value: unknown): void {
  bad.push({ what: `activity ${id}: ${field} is ${kindOf(value)} that it should not be`, sample: sampleOf(value) });
}

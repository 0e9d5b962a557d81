/** A host's activity: the counter, the ring, the store, captures, and the truth that outlives them all. */
import type { Random } from '../model/seams.ts';
import { generationOf, releaseNumber, type Release } from './releases.ts';
import type { ServedRow, SimRow, SimRowInput } from './sim-types.ts';

interface Sequence { boot: number; next: number; ring: ServedRow[] }

export interface RowsOptions {
  random: Random;
  max: number;
  store: boolean;
  remember: 'all' | 'ring';
  timestamp: () => string;
}

const CAPTURES = 100;

/** The superset row; see `wireRow` for what a release sends of it. */
export function createRows({ random, max, store, remember, timestamp }: RowsOptions) {
  const truth: ServedRow[] = [];
  let count = 0;
  let boots = 0;
  let stored: Sequence | null = null;
  let release: Release = 'v250';
  let now: Sequence = { boot: 0, next: 0, ring: [] };
  let captures = new Set<number>();
  const inStore = (): boolean => store && generationOf(release) === 3;

  /** Ids begin again. A process (or a reload of generations 1 and 2) that finds a store takes that up. */
  function begin(next: Release): void {
    release = next;
    captures = new Set();
    if (inStore() && stored !== null) {
      now = stored;
      return;
    }
    boots += 1;
    now = { boot: boots, next: generationOf(release) === 3 ? 1 : 0, ring: [] };
    if (inStore()) stored = now;
  }

  function build(input: SimRowInput): SimRow {
    const status = input.status ?? 200;
    const good = status === 200 && input.error === undefined;
    const output = input.outputTokens ?? (good ? 1 + Math.floor(random.next() * 200) : 0);
    const id = input.id ?? now.next;
    const row: SimRow = {
      id,
      timestamp: input.timestamp ?? timestamp(),
      model: input.model ?? 'alpha-8b-q4',
      req_path: input.reqPath ?? '/v1/chat/completions',
      resp_content_type: input.contentType ?? 'application/json; charset=utf-8',
      resp_status_code: status,
      tokens: {
        cache_tokens: input.cacheTokens ?? 0,
        draft_tokens: input.draftTokens ?? (good ? -1 : 0),
        draft_acc_tokens: input.draftAccTokens ?? (good ? -1 : 0),
        input_tokens: input.inputTokens ?? (good ? 10 + Math.floor(random.next() * 2_000) : 0),
        output_tokens: output,
        prompt_per_second: input.promptPerSecond ?? (good ? 40_000 + random.next() * 10_000 : 0),
        tokens_per_second: input.tokensPerSecond ?? (good ? 20 + random.next() * 180 : 0),
      },
      duration_ms: Math.round(input.durationMs ?? 20 + random.next() * 500),
      has_capture: input.hasCapture ?? (releaseNumber(release) >= 190),
    };
    if (input.error !== undefined) row.error_msg = input.error;
    if (input.metadata !== undefined || input.error === undefined) row.metadata = input.metadata ?? { fifo_priority: '0' };
    return row;
  }

  function keep(row: SimRow): ServedRow {
    const served: ServedRow = { boot: now.boot, release, shown: false, row };
    now.next = Math.max(now.next, row.id + 1);
    count += 1;
    if (remember === 'all') truth.push(served);
    now.ring.push(served);
    // Shifting one by one is O(ring); a ring of 10,000 under load wants slack.
    if (!inStore() && now.ring.length > max * 1.25 + 16) now.ring = now.ring.slice(max === 0 ? now.ring.length : -max);
    if (row.has_capture) {
      captures.add(row.id);
      for (const id of captures) {
        if (captures.size <= CAPTURES) break;
        captures.delete(id);
      }
    }
    return served;
  }

  return {
    begin,
    add: (input: SimRowInput): ServedRow => keep(build(input)),
    twin: (of: SimRow): ServedRow => keep({ ...of, id: now.next }),
    /** Oldest first. */
    ring: (): ServedRow[] => (inStore() ? now.ring : max === 0 ? [] : now.ring.slice(-max)),
    /** The ring is in memory and takes nothing. */
    off: (): boolean => !inStore() && max === 0,
    hasStore: inStore,
    captured: (id: number): boolean => captures.has(id),
    find: (id: number): ServedRow | undefined => now.ring.find((served) => served.row.id === id),
    truth: (): readonly ServedRow[] => (remember === 'all' ? truth : now.ring),
    count: () => count,
  };
}

export type Rows = ReturnType<typeof createRows>;

/** The entry as this release sends it: flat in generation 1, nested in 2 and 3. */
export function wireRow(release: Release, row: SimRow, hasCapture: boolean): Record<string, unknown> {
  const n = releaseNumber(release);
  const { id, timestamp, model, tokens, duration_ms } = row;
  const { cache_tokens, draft_tokens, draft_acc_tokens, input_tokens, output_tokens, prompt_per_second, tokens_per_second } = tokens;
  if (generationOf(release) === 1) {
    const flat = { id, timestamp, model, cache_tokens, input_tokens, output_tokens, prompt_per_second, tokens_per_second, duration_ms };
    return n >= 190 ? { ...flat, has_capture: row.has_capture } : flat;
  }
  return {
    id, timestamp, model, req_path: row.req_path, resp_content_type: row.resp_content_type, resp_status_code: row.resp_status_code,
    tokens: {
      cache_tokens,
      ...(n >= 229 ? { draft_tokens, draft_acc_tokens } : {}),
      input_tokens, output_tokens, prompt_per_second, tokens_per_second,
    },
    duration_ms,
    has_capture: hasCapture,
    ...(n >= 229 && row.error_msg !== undefined ? { error_msg: row.error_msg } : {}),
    ...(n >= 227 && row.metadata !== undefined ? { metadata: row.metadata } : {}),
  };
}

/** The requests of the last minutes, and what they tell of moments at which no sample was taken: the rate of tokens, and how many were in flight. */
import type { HostState } from '../../../src/model/host/state.ts';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { KEPT, momentOf, STEP_MS, type Metric } from './samples.ts';

/** One answer's limit. As many at once may have been cut: the oldest of them is how far back they reach. */
export const ROWS = 1_000;
/** Of one host. */
const MOST = 1_000;
const SPAN_MS = KEPT * STEP_MS;

interface Ended { from: number | null; to: number; tokens: number | null }

export interface RowBook {
  /** In any order, some of them twice. */
  add(rows: readonly ActivityRow[], nowMs: number): void;
  /** Puts what is known where a slot is NaN. */
  fill(host: string, state: HostState, metric: Metric, slots: Float32Array, lastMs: number): void;
}

export function createRowBook(): RowBook {
  /** Of each host by key, about in the order of their ends; `cutAt`: before it some are missing. */
  const hosts = new Map<string, { rows: Map<string, Ended>; cutAt: number }>();
  let cutAt = -Infinity;
  return {
    add(rows, nowMs) {
      if (rows.length >= ROWS) cutAt = Math.max(cutAt, Math.min(...rows.map(({ ts }) => msOfTime(ts))));
      for (const { hostId, upstreamId, ts, durationMs, outputTokens } of rows.toReversed()) {
        const host = hosts.get(hostId) ?? { rows: new Map<string, Ended>(), cutAt: -Infinity };
        hosts.set(hostId, host);
        const to = msOfTime(ts);
        // Without the boot: a row is told again when that is decided.
        host.rows.set(`${upstreamId} ${ts}`, { from: durationMs === null ? null : to - durationMs, to, tokens: outputTokens });
      }
      for (const host of hosts.values()) {
        for (const [key, { to }] of host.rows) {
          if (to < nowMs - 2 * SPAN_MS || to > nowMs + SPAN_MS) host.rows.delete(key);
          else if (host.rows.size > MOST) {
            host.rows.delete(key);
            host.cutAt = Math.max(host.cutAt, to);
          }
        }
      }
    },
    fill(id, state, metric, slots, lastMs) {
      const host = hosts.get(id);
      const rows = [...host?.rows.values() ?? []];
      const completeFrom = Math.max(cutAt, host?.cutAt ?? -Infinity);
      if (metric === 'tokens') fillTokens(rows, slots, lastMs, completeFrom, state.throughput.windowS * 1_000);
      if (metric === 'inflight') fillInflight(rows, state, slots, lastMs, completeFrom);
    },
  };
}

function fillTokens(rows: readonly Ended[], slots: Float32Array, lastMs: number, completeFrom: number, windowMs: number): void {
  for (const [slot, value] of slots.entries()) {
    const at = momentOf(slot, lastMs);
    if (!Number.isNaN(value) || at - windowMs < completeFrom) continue;
    let tokens: number | null = null;
    for (const row of rows) if (row.to > at - windowMs && row.to <= at && row.tokens !== null) tokens = (tokens ?? 0) + row.tokens;
    if (tokens !== null) slots[slot] = tokens / (windowMs / 1_000);
  }
}

/** Those that have ended since, and those that go on. Not known before the host was live, nor where it does not list what goes on. */
function fillInflight(rows: readonly Ended[], { inflight, liveness }: HostState, slots: Float32Array, lastMs: number, completeFrom: number): void {
  const going = Object.values(inflight.requests);
  if (liveness.state !== 'live' || inflight.total !== going.length) return;
  const known = Math.max(completeFrom, msOfTime(liveness.since));
  for (const [slot, value] of slots.entries()) {
    const at = momentOf(slot, lastMs);
    if (!Number.isNaN(value) || at < known) continue;
    slots[slot] = rows.filter(({ from, to }) => from !== null && from <= at && to > at).length + going.filter(({ startedAt }) => msOfTime(startedAt) <= at).length;
  }
}

/** What happened in the fleet since a time, as its history tells. */
import { useCallback, useEffect, useState } from 'react';
import type { HostEventRow } from '../../src/model/records/history.ts';
import type { Gap } from '../../src/model/records/gap.ts';
import { msOfTime, timeOfMs } from '../../src/model/time.ts';
import { api, withQuery } from '../state/api.ts';
import type { Untold } from '../state/last-look.ts';
import { useRetry } from '../state/use-retry.ts';

export interface Happened {
  since: string;
  /** Of a host's history: reaches back so far, as its address says it. */
  range: string;
  /** How often each host went down, by id, the most first. */
  downs: readonly (readonly [host: string, times: number])[];
  /** The history is longer than what was read: there are more downs. */
  more: boolean;
  /** Those in which something may be lost. */
  gaps: readonly Gap[];
}

const MOST = 1_000;
const DOWN = new Set(['down', 'quarantined']);

/** Throws an ApiFault. */
async function askHappened(since: string, signal: AbortSignal): Promise<Happened> {
  const [{ events, nextCursor }, { gaps }] = await Promise.all([
    api<{ events: HostEventRow[]; nextCursor: string | null }>(withQuery('/api/host-events', { from: since, kind: 'liveness', limit: MOST }), { signal }),
    api<{ gaps: Gap[] }>(withQuery('/api/gaps', { from: since }), { signal }),
  ]);
  const downs = new Map<string, number>();
  // From down into quarantine is still the same being down.
  for (const { hostId, from, to } of events) if (to !== null && DOWN.has(to) && !DOWN.has(from ?? '')) downs.set(hostId, (downs.get(hostId) ?? 0) + 1);
  return { since, range: rangeFor(Date.now() - msOfTime(since)), downs: [...downs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)), more: nextCursor !== null, gaps: gaps.filter(({ lostMax }) => lostMax !== 0) };
}

/** null: nothing is asked, or no answer has come; one that fails is asked for again when what failed has mended itself. */
export function useHappened(untold: Untold | null): Happened | null {
  const [happened, setHappened] = useState<Happened | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    if (untold === null) return undefined;
    const abort = new AbortController();
    askHappened(timeOfMs(untold.sinceMs), abort.signal).then((answer) => {
      setHappened(answer);
      setError(null);
    }, (fault: unknown) => {
      if (!abort.signal.aborted) setError(fault);
    });
    return () => abort.abort();
  }, [untold, round]);
  useRetry(untold === null ? null : error, again);
  return happened !== null && untold !== null && msOfTime(happened.since) === untold.sinceMs ? happened : null;
}

const HOUR_MS = 3_600_000;
/** All but the longest. */
const RANGES: readonly (readonly [name: string, ms: number])[] = [['1h', HOUR_MS], ['24h', 24 * HOUR_MS], ['7d', 168 * HOUR_MS]];
const rangeFor = (ms: number): string => RANGES.find(([, reach]) => ms <= reach)?.[0] ?? '30d';

/** Those gaps and what was lost in them; a single one is opened. */
export function gapsAddress(gaps: readonly Gap[], since: string): string {
  const hosts = [...new Set(gaps.map(({ hostId }) => hostId))];
  const [only] = gaps;
  return withQuery('/activity', { from: since, host: hosts.length > 20 ? [] : hosts, row: gaps.length === 1 && only !== undefined ? `gap:${only.id}` : null });
}

/** A host's past as the database tells it: a range of it for the band, and page by page for the list. */
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { Gap } from '../../../src/model/records/gap.ts';
import type { HostEventKind, HostEventRow } from '../../../src/model/records/history.ts';
import { msOfTime, timeOfMs } from '../../../src/model/time.ts';
import { api, withQuery } from '../../state/api.ts';
import { useRetry } from '../../state/use-retry.ts';

interface EventPage { events: HostEventRow[]; nextCursor: string | null }

/** A host that flaps all day has more; its band then begins where these do. */
const BAND_PAGES = 4;
const BAND_KINDS = ['liveness', 'boot', 'build'];
const LIST_ROWS = 50;
const LIST_GAPS = 500;
/** A change is stored a moment after it is published. */
const STORED_MS = [1_000, 5_000, 30_000];

export interface BandHistory { events: readonly HostEventRow[]; gaps: readonly Gap[]; /** ms since 1970: nothing older was read. */ readFrom: number; error: unknown; loading: boolean; reload: () => void }

/** `revision`: changes when something may have happened. */
export function useBandHistory(host: string, rangeMs: number, revision: string): BandHistory {
  const [round, reload] = useReducer((before: number) => before + 1, 0);
  const [held, hold] = useState<{ rangeMs: number; events: HostEventRow[]; gaps: Gap[]; readFrom: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const settled = useStored(revision);
  useEffect(() => {
    const abort = new AbortController();
    const from = Date.now() - rangeMs;
    readBand(host, from, abort.signal).then((answer) => {
      hold({ rangeMs, ...answer });
      setError(null);
    }).catch((fault: unknown) => {
      if (!abort.signal.aborted) setError(fault);
    });
    return () => abort.abort();
  }, [host, rangeMs, settled, round]);
  useRetry(error, reload);
  const mine = held?.rangeMs === rangeMs ? held : null;
  return { events: mine?.events ?? NONE, gaps: mine?.gaps ?? NONE, readFrom: mine?.readFrom ?? Infinity, error, loading: mine === null && error === null, reload };
}
const NONE: readonly never[] = [];

async function readBand(host: string, fromMs: number, signal: AbortSignal): Promise<{ events: HostEventRow[]; gaps: Gap[]; readFrom: number }> {
  const from = timeOfMs(fromMs);
  const { gaps } = await api<{ gaps: Gap[] }>(withQuery('/api/gaps', { host, from }), { signal });
  const events: HostEventRow[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < BAND_PAGES; pages += 1) {
    const page: EventPage = await api<EventPage>(withQuery('/api/host-events', { host, kind: BAND_KINDS, from, limit: 1_000, cursor }), { signal });
    events.push(...page.events);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  const oldest = events.at(-1);
  return { events, gaps, readFrom: cursor === null || oldest === undefined ? fromMs : msOfTime(oldest.ts) };
}

export interface EventPages { events: readonly HostEventRow[]; /** As far back as the events go, newest first. */ gaps: readonly Gap[]; hasOlder: boolean; older: () => void; error: unknown; loading: boolean; reload: () => void }
interface Pages { events: readonly HostEventRow[]; cursor: string | null }
interface HeldPages extends Pages { key: string; gaps: readonly Gap[] }

/** Newest first. What is new goes to the front; if more came than a page, the list begins anew. `kinds` has to stay the same list. */
export function useEventPages(host: string, kinds: readonly HostEventKind[], revision: string): EventPages {
  const [round, reload] = useReducer((before: number) => before + 1, 0);
  const key = `${host} ${kinds.join(' ')}`;
  const [held, hold] = useState<HeldPages | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const settled = useStored(revision);
  const current = useRef<HeldPages | null>(null);
  /** `join` adds the page to what is held; null: it has nothing to do with it any more. Both kinds of pages may be under way at once, so it is asked again after the gaps. */
  const read = useCallback(async (cursor: string | null, join: (page: EventPage, before: HeldPages | null) => Pages | null, signal?: AbortSignal): Promise<void> => {
    const request = signal === undefined ? {} : { signal };
    const mine = (): HeldPages | null => (current.current?.key === key ? current.current : null);
    const page = await api<EventPage>(withQuery('/api/host-events', { host, kind: kinds, limit: LIST_ROWS, cursor }), request);
    const before = mine();
    const pages = join(page, before);
    if (pages === null) return;
    const { gaps } = await api<{ gaps: Gap[] }>(withQuery('/api/gaps', { host, from: pages.cursor === null ? null : pages.events.at(-1)?.ts }), request);
    if (signal?.aborted === true) return;
    const now = mine();
    const both = now === before ? pages : join(page, now);
    if (both === null) return;
    const all = now === before ? gaps : [...gaps, ...(now?.gaps ?? NONE).filter(({ id }) => !gaps.some((gap) => gap.id === id))];
    current.current = { key, ...both, gaps: all.slice(0, LIST_GAPS) };
    hold(current.current);
    setError(null);
  }, [key, host, kinds]);
  useEffect(() => {
    const abort = new AbortController();
    read(null, joined, abort.signal).catch((fault: unknown) => {
      if (!abort.signal.aborted) setError(fault);
    });
    return () => abort.abort();
  }, [read, settled, round]);
  const older = useCallback(() => {
    const cursor = current.current?.cursor ?? null;
    if (cursor === null) return;
    setBusy(true);
    // The list may have begun anew meanwhile.
    read(cursor, (page, before) => (before?.cursor === cursor ? { events: [...before.events, ...page.events], cursor: page.nextCursor } : null)).catch(setError).finally(() => setBusy(false));
  }, [read]);
  useRetry(error, reload);
  const mine = held?.key === key ? held : null;
  return { events: mine?.events ?? NONE, gaps: mine?.gaps ?? NONE, hasOlder: mine !== null && mine.cursor !== null, older, error, loading: busy || (mine === null && error === null), reload };
}

/** The newest page before what is held. */
function joined({ events, nextCursor }: EventPage, before: HeldPages | null): Pages {
  const last = events.at(-1);
  const at = before === null || last === undefined ? -1 : before.events.findIndex((one) => eventKey(one) === eventKey(last));
  return before === null || at < 0 ? { events, cursor: nextCursor } : { events: [...events, ...before.events.slice(at + 1)], cursor: before.cursor };
}

export const eventKey = ({ ts, kind, from, to, reason }: HostEventRow): string => JSON.stringify([ts, kind, from, to, reason]);

/** Counts on some moments after a change, the one before this page came too: the first when it should be stored, the later ones in case that it was not yet. */
function useStored(revision: string): number {
  const [count, again] = useReducer((before: number) => before + 1, 0);
  const timers = useRef(new Map<number, ReturnType<typeof setTimeout>>());
  useEffect(() => {
    for (const ms of STORED_MS) {
      if (timers.current.has(ms)) continue;
      timers.current.set(ms, setTimeout(() => {
        timers.current.delete(ms);
        again();
      }, ms));
    }
  }, [revision]);
  useEffect(() => {
    const waiting = timers.current;
    return () => {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    };
  }, []);
  return count;
}

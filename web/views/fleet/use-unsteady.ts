/** Which hosts are unsteady: their history is read once, and again when the page was away; what happens meanwhile the page sees itself. */
import { useCallback, useEffect, useState } from 'react';
import type { HostEventRow } from '../../../src/model/records/history.ts';
import { timeOfMs } from '../../../src/model/time.ts';
import { api, withQuery } from '../../state/api.ts';
import { connection } from '../../state/connection.ts';
import { useLine } from '../../state/hooks.ts';
import { useRetry } from '../../state/use-retry.ts';
import { createUnsteadyBook, WINDOW_MS, type Unsteady } from './unsteady.ts';

interface EventPage { events: HostEventRow[]; nextCursor: string | null }

const PAGE = 1_000;
/** Of a fleet in which more happens, the newest are enough to see that. */
const PAGES = 3;
/** What is older than the window leaves in such steps. */
const STEP_MS = 15_000;

/** By id; null: the history cannot be read, or was not yet. */
export function useUnsteady(): ReadonlyMap<string, Unsteady> | null {
  const [book] = useState(createUnsteadyBook);
  const [told, tell] = useState<ReadonlyMap<string, Unsteady> | null>(null);
  const [known, setKnown] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  const { state, since } = useLine();
  const open = state === 'open';
  useEffect(() => {
    if (!open) return undefined;
    const abort = new AbortController();
    readLastHour(abort.signal).then(({ events, more }) => {
      book.read(events, more);
      tell(book.tell(Date.now()));
      setKnown(true);
      setError(null);
    }, (fault: unknown) => {
      if (abort.signal.aborted) return;
      setKnown(false);
      setError(fault);
    });
    return () => abort.abort();
  }, [book, open, since, round]);
  useRetry(error, again);
  useEffect(() => {
    const look = (): void => {
      const { client: { fleet: { phase, hosts } } } = connection.getSnapshot().context;
      if (phase !== 'none' && book.see(hosts, Date.now())) tell(book.tell(Date.now()));
    };
    look();
    const { unsubscribe } = connection.subscribe(look);
    const timer = setInterval(() => tell(book.tell(Date.now())), STEP_MS);
    return () => {
      unsubscribe();
      clearInterval(timer);
    };
  }, [book]);
  return known ? told : null;
}

async function readLastHour(signal: AbortSignal): Promise<{ events: readonly HostEventRow[]; more: boolean }> {
  const from = timeOfMs(Date.now() - WINDOW_MS);
  const events: HostEventRow[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const page: EventPage = await api<EventPage>(withQuery('/api/host-events', { from, kind: ['liveness', 'boot'], limit: PAGE, cursor }), { signal });
    events.push(...page.events);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  return { events, more: cursor !== null };
}

/** Asks again by itself while what failed mends itself: a database that is away, a server that restarts. */
import { useEffect, useRef } from 'react';
import { ApiFault } from './api.ts';
import { useDatabase, useLine } from './hooks.ts';

const RETRY_MS = 5_000;

/** At once when the database or the connection is back, else every five seconds. `error`: another object after each failure. */
export function useRetry(error: unknown, reload: () => void): void {
  const database = useDatabase();
  const line = useLine();
  const well = line.state === 'open' && database?.state === 'ready';
  const wasWell = useRef(well);
  useEffect(() => {
    const back = well && !wasWell.current;
    wasWell.current = well;
    if (!(error instanceof ApiFault) || (error.status !== 503 && error.code !== 'unreachable')) return undefined;
    const timer = setTimeout(reload, back ? 0 : RETRY_MS);
    return () => clearTimeout(timer);
  }, [error, reload, well]);
}

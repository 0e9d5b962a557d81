/** Asks again by itself while what failed mends itself: a database that is away, a server that restarts. */
import { useEffect } from 'react';
import { ApiFault } from './api.ts';

const RETRY_MS = 5_000;

/** `error`: another object after each failure. */
export function useRetry(error: unknown, reload: () => void): void {
  useEffect(() => {
    if (!(error instanceof ApiFault) || (error.status !== 503 && error.code !== 'unreachable')) return undefined;
    const timer = setTimeout(reload, RETRY_MS);
    return () => clearTimeout(timer);
  }, [error, reload]);
}

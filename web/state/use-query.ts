/** One answer of the HTTP API for as long as a view stands: asked again when its path or the revision changes and when what failed has mended itself, aborted when nobody waits for it. */
import { useCallback, useEffect, useState } from 'react';
import { api } from './api.ts';
import { useRetry } from './use-retry.ts';

/** `data`: the last answer of this path, also while a newer one is under way or after it failed. */
export interface Query<T> { data: T | null; error: unknown; loading: boolean; reload: () => void }

/** null: nothing is asked. `revision`: whatever tells that the answer of the same path may have changed. */
export function useQuery<T>(path: string | null, revision: string | number = 0): Query<T> {
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<{ path: string | null; asked: string; data: T | null; error: unknown }>({ path: null, asked: '', data: null, error: null });
  const asked = `${round} ${revision}`;
  useEffect(() => {
    if (path === null) return undefined;
    const abort = new AbortController();
    api<T>(path, { signal: abort.signal }).then(
      (data) => setAnswer({ path, asked, data, error: null }),
      (error: unknown) => {
        if (!abort.signal.aborted) setAnswer((before) => ({ path, asked, data: before.path === path ? before.data : null, error }));
      },
    );
    return () => abort.abort();
  }, [path, asked]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const mine = answer.path === path;
  useRetry(mine ? answer.error : null, reload);
  return { data: mine ? answer.data : null, error: mine ? answer.error : null, loading: path !== null && !(mine && answer.asked === asked), reload };
}

/** How much each actor has queued and handled. Counters alone make no delta, so they are asked for while somebody looks. */
import { useEffect, useState } from 'react';
import type { ActorStatus } from '../../../src/model/status.ts';
import { api } from '../../state/api.ts';

export interface Counters { atMs: number; byPath: ReadonlyMap<string, ActorStatus> }

const SMALL = 500;
const EVERY_MS = { small: 3_000, big: 15_000 };

/** null: none has come yet. After a failure the last ones stay, with their time. */
export function useCounters(): Counters | null {
  const [counters, setCounters] = useState<Counters | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    let asking = false;
    let size = 0;
    const ask = async (): Promise<void> => {
      timer = null;
      asking = true;
      try {
        const { actors } = await api<{ actors: ActorStatus[] }>('/debug/actors', { signal: abort.signal });
        size = actors.length;
        setCounters({ atMs: Date.now(), byPath: new Map(actors.map((status) => [status.path, status])) });
      } catch {
        // The banner tells of a Drover that does not answer.
      }
      asking = false;
      arm();
    };
    const arm = (): void => {
      if (asking || timer !== null || abort.signal.aborted || document.visibilityState !== 'visible') return;
      timer = setTimeout(() => void ask(), size > SMALL ? EVERY_MS.big : EVERY_MS.small);
    };
    const shown = (): void => {
      if (document.visibilityState !== 'visible' && timer !== null) {
        clearTimeout(timer);
        timer = null;
      }
      arm();
    };
    document.addEventListener('visibilitychange', shown);
    void ask();
    return () => {
      document.removeEventListener('visibilitychange', shown);
      if (timer !== null) clearTimeout(timer);
      abort.abort();
    };
  }, []);
  return counters;
}

/** Its counters, if they are of this incarnation; else what came with its last change. */
export function freshest(status: ActorStatus, counters: Counters | null): Pick<ActorStatus, 'queued' | 'handled'> {
  const fresh = counters?.byPath.get(status.path);
  return fresh !== undefined && fresh.incarnation >= status.incarnation ? fresh : status;
}

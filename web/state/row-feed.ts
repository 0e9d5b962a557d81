/** Requests of a host, a model or all as they come: the newest of history, then live ones; after a hole history again. */
import { useEffect, useReducer } from 'react';
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { api, withQuery } from './api.ts';
import { onRefill, onStream } from './connection.ts';
import { useTopics } from './hooks.ts';
import { useQuery } from './use-query.ts';

/** `models`: any of them; none: all. */
export interface RowFilter { host?: string; models?: readonly string[] }
/** `loading`: history has not answered yet; live rows come all the same. */
export interface RowFeed { error: unknown; loading: boolean; reload: () => void }

/** A flood is drawn a few times a second. */
const BATCH_MS = 250;
/** Of one batch the oldest are let go of beyond it. */
const BATCH_ROWS = 2_000;
/** A row may have been sent before this page listened and stored after it read: the newest are looked at again. */
const LATE_MS = [1_500, 8_000];
const LATE_ROWS = 100;

/** `take` gets rows in no certain order, some of them twice; it has to stay the same function. */
export function useRowFeed({ host, models = ALL }: RowFilter, limit: number, take: (rows: readonly ActivityRow[]) => void): RowFeed {
  const wanted = JSON.stringify(models);
  const [round, again] = useReducer((before: number) => before + 1, 0);
  const { data, error, loading, reload } = useQuery<{ rows: ActivityRow[] }>(withQuery('/api/activity', { host, model: models, limit }), round);
  useTopics(TOPICS);
  useEffect(() => {
    const model = new Set(JSON.parse(wanted) as string[]);
    let waiting: ActivityRow[] = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    const flush = (): void => {
      timer = null;
      const rows = waiting;
      waiting = [];
      take(rows);
    };
    const endStream = onStream((frame) => {
      if (frame.type !== 'activity' || (host !== undefined && frame.host !== host)) return;
      const rows = model.size === 0 ? frame.rows : frame.rows.filter((row) => model.has(row.model));
      if (rows.length === 0) return;
      waiting = [...waiting, ...rows].slice(-BATCH_ROWS);
      timer ??= setTimeout(flush, BATCH_MS);
    });
    const endRefill = onRefill((stream) => {
      if (stream === 'activity') again();
    });
    return () => {
      endStream();
      endRefill();
      if (timer !== null) clearTimeout(timer);
    };
  }, [host, wanted, take]);
  useEffect(() => {
    if (data === null) return undefined;
    take(data.rows);
    const abort = new AbortController();
    const look = (): void => {
      api<{ rows: ActivityRow[] }>(withQuery('/api/activity', { host, model: JSON.parse(wanted) as string[], limit: LATE_ROWS }), { signal: abort.signal }).then(({ rows }) => take(rows), () => {});
    };
    const timers = LATE_MS.map((ms) => setTimeout(look, ms));
    return () => {
      abort.abort();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [data, host, wanted, take]);
  return { error, loading: loading && data === null, reload };
}

const TOPICS = ['activity'];
const ALL: readonly string[] = [];

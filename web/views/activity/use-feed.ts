/** The feed of one set of criteria and one place, for as long as the view asks for them. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { onStream } from '../../state/connection.ts';
import { useTopics } from '../../state/hooks.ts';
import { FILTER_NAMES, readCriteria, type Criteria } from './criteria.ts';
import { createFeed, type Feed, type FeedState } from './feed.ts';

const TOPICS = ['activity'];
/** Live rows that are remembered over a change of the filters: more than wait for the database in a second. */
const RECENT = 2_000;

/** `anchor`: the time of the row to begin at. */
export function useFeed(params: URLSearchParams, anchor: string | null): { feed: Feed; state: FeedState; criteria: Criteria } {
  const asked = new URLSearchParams(FILTER_NAMES.flatMap((name) => params.getAll(name).map((value) => [name, value]))).toString();
  const [recent] = useState(createRecent);
  const { feed, criteria } = useMemo(() => {
    const wanted = readCriteria(new URLSearchParams(asked));
    return { feed: createFeed(wanted, recent.rows, anchor), criteria: wanted };
  }, [asked, recent, anchor]);
  useTopics(TOPICS);
  useEffect(() => recent.start(), [recent]);
  useEffect(() => feed.start(), [feed]);
  return { feed, criteria, state: useSyncExternalStore(feed.subscribe, feed.state) };
}

function createRecent(): { rows: () => readonly ActivityRow[]; start: () => () => void } {
  let rows: ActivityRow[] = [];
  return {
    rows: () => rows,
    start: () => onStream((frame) => {
      if (frame.type !== 'activity') return;
      for (const row of frame.rows) rows.push(row);
      if (rows.length > 2 * RECENT) rows = rows.slice(-RECENT);
    }),
  };
}

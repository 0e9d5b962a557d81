/** The feed of one set of criteria, for as long as the view asks for them. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useTopics } from '../../state/hooks.ts';
import { readCriteria, type Criteria } from './criteria.ts';
import { createFeed, type Feed, type FeedState } from './feed.ts';
import { FILTER_NAMES } from './criteria.ts';

const TOPICS = ['activity'];

export function useFeed(params: URLSearchParams): { feed: Feed; state: FeedState; criteria: Criteria } {
  const asked = new URLSearchParams(FILTER_NAMES.flatMap((name) => params.getAll(name).map((value) => [name, value]))).toString();
  const { feed, criteria } = useMemo(() => {
    const wanted = readCriteria(new URLSearchParams(asked));
    return { feed: createFeed(wanted), criteria: wanted };
  }, [asked]);
  useTopics(TOPICS);
  useEffect(() => feed.start(), [feed]);
  return { feed, criteria, state: useSyncExternalStore(feed.subscribe, feed.state) };
}

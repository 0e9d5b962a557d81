/** How fast models are at hosts, live. */
import { useCallback, useState } from 'react';
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { useRowFeed, type RowFeed, type RowFilter } from './row-feed.ts';
import { createSpeedBook, type SpeedsByHost } from './speed-book.ts';

/** What history is asked for; more is one answer's limit. */
const HISTORY_ROWS = 1_000;

export interface Speeds extends RowFeed { byHost: SpeedsByHost }

/** Of a model or of all: from the newest 1,000 requests and those that come while the view stands. */
export function useSpeeds(filter: RowFilter): Speeds {
  const [book] = useState(createSpeedBook);
  const [byHost, show] = useState<SpeedsByHost>(book.read);
  const take = useCallback((rows: readonly ActivityRow[]) => {
    book.add(rows);
    show(book.read());
  }, [book]);
  return { ...useRowFeed(filter, HISTORY_ROWS, take), byHost };
}

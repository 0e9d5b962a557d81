/** What stands below the last row, or in place of all rows. */
import type { ReactElement } from 'react';
import { whole } from '../../format/figures.ts';
import { HistoryFault } from '../../ui/history-fault.tsx';
import { Waiting } from '../../ui/notes.tsx';
import type { FeedState } from './feed.ts';
import { TAIL_LIMITS } from './tail.ts';

/** `none`: stands for the rows where there are none. `live`: rows that end from now on are shown. */
export interface ListEndProps { empty: boolean; live: boolean; none: ReactElement; history: FeedState['history']; fault: unknown; retry: () => void }

export function ListEnd({ empty, live, none, history, fault, retry }: ListEndProps): ReactElement | null {
  if (empty) {
    if (fault !== null) return <div className="grid gap-2 p-4"><HistoryFault error={fault} retry={retry}>{BEFORE}</HistoryFault>{live ? <p className="text-soft">Requests that end from now on are shown as they come.</p> : null}</div>;
    if (history === 'reading') return <Waiting what="the history" />;
    return none;
  }
  if (fault !== null) return null;
  switch (history) {
    case 'reading': return <p role="status" className={NOTE}>Reading older requests …</p>;
    case 'full': return <p className={NOTE}>{whole(TAIL_LIMITS.rows)} requests are read, which is as many as this page holds. Choose a range of time to see older ones.</p>;
    case 'whole': return <p className={NOTE}>Nothing older is on record.</p>;
    case 'more': return null;
    default: return history satisfies never;
  }
}

export const BEFORE = 'Requests that ended before lie in the database.';
const NOTE = 'px-4 py-3 text-center text-sm text-faint';

/** The newest requests of a host or a model. */
import { useReducer } from 'react';
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { useRowFeed, type RowFeed, type RowFilter } from './row-feed.ts';
import { mergeRows } from './rows.ts';

export interface LatestRows extends RowFeed { rows: readonly ActivityRow[] }

export function useLatestRows(filter: RowFilter, limit: number): LatestRows {
  const [rows, take] = useReducer((before: readonly ActivityRow[], more: readonly ActivityRow[]) => mergeRows(before, more).slice(0, limit), []);
  return { ...useRowFeed(filter, limit, take), rows };
}

/** Rows and gaps of the tail in one list; the same list until one of them changes. */
import { useMemo } from 'react';
import { interleave, type Entry } from './entries.ts';
import type { FeedState } from './feed.ts';
import type { Tail } from './tail.ts';

export function useEntries({ rows, gaps }: Tail, history: FeedState['history']): readonly Entry[] {
  return useMemo(() => interleave(rows, gaps, history === 'whole'), [rows, gaps, history]);
}

/** What is searched for in some lines, as far as it has been looked for. */
import { useEffect, useMemo, useState } from 'react';
import { createLineSearch, type LineSearch } from './line-search.ts';
import type { LogLine } from './log-book.ts';
import { patternOf, type Range } from './log-search.ts';

export interface Finder {
  /** Where in the line; null: nowhere, or not looked at yet. Another function when more is known. */
  found: (line: LogLine) => readonly Range[] | null;
  /** Something is searched for, and known. */
  on: boolean;
  /** One sentence; null: none. */
  fault: string | null;
}

/** The last expression that could be read holds while another is typed. */
export function useFinder(text: string, lines: readonly LogLine[]): Finder {
  const pattern = useMemo(() => patternOf(text), [text]);
  const [last, keep] = useState(pattern);
  if (pattern.kind !== 'faulty' && pattern !== last) keep(pattern);
  const regex = last.kind === 'found' ? last.regex : null;
  const [told, tell] = useState<{ by: LineSearch; tooLong: boolean } | null>(null);
  const search = useMemo(() => {
    if (regex === null) return null;
    const made: LineSearch = createLineSearch(regex, () => tell({ by: made, tooLong: made.tooLong() }));
    return made;
  }, [regex]);
  useEffect(() => search?.look(lines), [search, lines]);
  useEffect(() => () => search?.end(), [search]);
  return useMemo(() => {
    const tooLong = told?.by === search && told?.tooLong === true;
    // Until a search has found something out, the one before stands.
    const known = search === null || told?.tooLong === true ? null : told;
    return {
      found: (line) => known?.by.found(line) ?? null,
      on: known !== null,
      fault: pattern.kind === 'faulty' ? `Not a regular expression (${pattern.fault}): the last one holds.` : tooLong ? 'This expression takes too long on these lines, so nothing is searched for: say it with fewer repeats.' : null,
    };
  }, [search, pattern, told]);
}

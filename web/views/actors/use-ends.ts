/** The crashes and restarts by hand of the last moments, as the page sees them come. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { endsBetween, type Actors, type Flash } from './ends.ts';

/** A flash takes so long; a row that scrolls into sight later shows none. */
const FLASH_MS = 3_000;
type Seen = ReadonlyMap<string, Flash>;
const recent = (seen: Seen, now: number): Seen => new Map([...seen].filter(([, { at }]) => now - at <= FLASH_MS));

/** By path. */
export function useEnds(actors: Actors | null, quarantined: ReadonlySet<string>, now: number): Seen {
  const before = useRef<Actors | null>(null);
  const [seen, setSeen] = useState<Seen>(new Map());
  useEffect(() => {
    const ends = before.current === null || actors === null || before.current === actors ? [] : endsBetween(before.current, actors, quarantined);
    before.current = actors;
    const at = Date.now();
    if (ends.length > 0) setSeen((held) => new Map([...recent(held, at), ...ends.map(({ path, kind }): [string, Flash] => [path, { kind, at }])]));
  }, [actors, quarantined]);
  return useMemo(() => (seen.size === 0 ? seen : recent(seen, now)), [seen, now]);
}

/** The crashes of the last moments, as the page sees them come. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { crashesBetween, type Actors } from './crashes.ts';

/** A flash takes so long; a row that scrolls into sight later shows none. */
const FLASH_MS = 3_000;
const recent = (seen: ReadonlyMap<string, number>, now: number): ReadonlyMap<string, number> => new Map([...seen].filter(([, at]) => now - at <= FLASH_MS));

/** By path, each with when this page saw it, ms since 1970. */
export function useCrashes(actors: Actors | null, quarantined: ReadonlySet<string>, now: number): ReadonlyMap<string, number> {
  const before = useRef<Actors | null>(null);
  const [seen, setSeen] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    const crashes = before.current === null || actors === null || before.current === actors ? [] : crashesBetween(before.current, actors, quarantined);
    before.current = actors;
    const at = Date.now();
    if (crashes.length > 0) setSeen((held) => new Map([...recent(held, at), ...crashes.map(({ path }): [string, number] => [path, at])]));
  }, [actors, quarantined]);
  return useMemo(() => (seen.size === 0 ? seen : recent(seen, now)), [seen, now]);
}

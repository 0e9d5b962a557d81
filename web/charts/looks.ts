/** Which line looks like what: by the place of what it stands for, whatever else is drawn. */

export interface LineLook { colour: number; dash: number }

export const SERIES_COLOURS = 8;
/** Of lines that share a colour: solid, dashed, dotted, dash and dot. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [8, 3, 2, 3]];

/** More than so many are not told apart. */
const LOOKS = SERIES_COLOURS * DASHES.length;

export const lookAt = (place: number): LineLook => ({ colour: place % SERIES_COLOURS, dash: Math.floor(place / SERIES_COLOURS) % DASHES.length });

/** Of things with these places, all different. Of two so far apart that they would look alike, the later one takes the next look that is free. */
export function looksOf(places: readonly number[]): ReadonlyMap<number, LineLook> {
  const taken = new Set<number>();
  const looks = new Map<number, LineLook>();
  for (const place of places.toSorted((a, b) => a - b)) {
    let look = place % LOOKS;
    while (taken.has(look) && taken.size < LOOKS) look = (look + 1) % LOOKS;
    taken.add(look);
    looks.set(place, lookAt(look));
  }
  return looks;
}

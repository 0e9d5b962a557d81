/** What a chart's marks and shades say to who does not see them: how many there are, and the last of them in full, so that the page does not grow with each. */
import { counted } from '../format/figures.ts';
import type { Mark, Shade } from './marks.ts';

const IN_FULL = 5;

/** Null: nothing to say. `time`: of seconds since 1970. */
export function wordsOfMarks(marks: readonly Mark[], time: (s: number) => string): string | null {
  return listed(marks.toSorted((a, b) => a.at - b.at).map(({ at, label }) => () => `${label} at ${time(at)}`), 'restart or new build', 'restarts or new builds');
}

export function wordsOfShades(shades: readonly Shade[], time: (s: number) => string): string | null {
  return listed(shades.toSorted((a, b) => a.to - b.to).map(({ to, label }) => () => `${label}, until ${time(to)}`), 'stretch with activity lost', 'stretches with activity lost');
}

function listed(texts: readonly (() => string)[], one: string, many: string): string | null {
  if (texts.length === 0) return null;
  const last = texts.slice(-IN_FULL).map((text) => text()).join('; ');
  return texts.length > IN_FULL ? `${counted(texts.length, one, many)}, the last ${IN_FULL}: ${last}.` : `${last}.`;
}

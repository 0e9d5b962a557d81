/** Searching in lines by a regular expression. Pure. */
import type { Span } from './ansi-text.ts';

/** `fault`: what is wrong with it, for people. */
export type Pattern = { kind: 'none' } | { kind: 'found'; regex: RegExp } | { kind: 'faulty'; fault: string };

/** Without regard to case, unless it has a capital letter. */
export function patternOf(text: string): Pattern {
  if (text === '') return { kind: 'none' };
  try {
    return { kind: 'found', regex: new RegExp(text, /\p{Lu}/u.test(text.replaceAll(/\\./g, '')) ? 'gu' : 'giu') };
  } catch (error) {
    return { kind: 'faulty', fault: error instanceof Error ? error.message.replace(/^Invalid regular expression: (?:[^]*\/[a-z]*: )?/, '') : String(error) };
  }
}

export type Range = readonly [from: number, to: number];
const MOST = 200;

/** Where it is found in the text; a line has at most so many marks. What matches nothing marks nothing. */
export function rangesOf(regex: RegExp, text: string): Range[] {
  const ranges: Range[] = [];
  for (const found of text.matchAll(regex)) {
    if (found[0] !== '') ranges.push([found.index, found.index + found[0].length]);
    if (ranges.length === MOST) break;
  }
  return ranges;
}

/** Leaves the expression as it was: one that is global remembers where it stopped. */
export const isFound = (regex: RegExp, text: string): boolean => text.search(regex) !== -1;

/** What a worker is asked, and what it answers: for each text its ranges, null where nothing is found. */
export interface SearchOrder { regex: RegExp; texts: readonly string[] }
export type SearchAnswer = readonly (readonly Range[] | null)[];

export const searched = ({ regex, texts }: SearchOrder): SearchAnswer => texts.map((text) => (isFound(regex, text) ? rangesOf(regex, text) : null));

export interface Piece extends Span { marked: boolean }

/** Spans cut where marks begin and end. */
export function marked(spans: readonly Span[], ranges: readonly Range[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let next = 0;
  for (const { text, look } of spans) {
    const end = at + text.length;
    for (let from = at; from < end;) {
      while (next < ranges.length && ranges[next]![1] <= from) next += 1;
      const range = ranges[next];
      const inside = range !== undefined && range[0] <= from;
      const to = Math.min(end, range === undefined ? end : inside ? range[1] : range[0]);
      pieces.push({ text: text.slice(from - at, to - at), look, marked: inside });
      from = to;
    }
    at = end;
  }
  return pieces;
}

/** The next line that is found, in a circle; null: there is none. `at`: the one to go on from. */
export function nextMatch(matches: readonly number[], at: number | null, by: 1 | -1): number | null {
  if (matches.length === 0) return null;
  if (at === null) return (by === 1 ? matches[0] : matches.at(-1)) ?? null;
  return (by === 1 ? matches.find((id) => id > at) ?? matches[0] : matches.findLast((id) => id < at) ?? matches.at(-1)) ?? null;
}

/** The stretch of time that is looked at: from the address, and how finely it is asked for. */

export const RANGES = [
  { id: '15m', name: '15 min', spanS: 900 }, { id: '1h', name: '1 h', spanS: 3_600 }, { id: '6h', name: '6 h', spanS: 21_600 },
  { id: '24h', name: '24 h', spanS: 86_400 }, { id: '7d', name: '7 d', spanS: 604_800 },
  { id: '30d', name: '30 d', spanS: 2_592_000 }, { id: '90d', name: '90 d', spanS: 7_776_000 }, { id: '1y', name: '1 y', spanS: 31_536_000 },
] as const;
export type RangeId = (typeof RANGES)[number]['id'];
export const USUAL_RANGE: RangeId = '1h';

/** What of them history reaches back to; one that is chosen stays, whatever it reaches. */
export const offered = (keptDays: number, chosen: RangeId | null): (typeof RANGES)[number][] => RANGES.filter(({ id, spanS }) => spanS <= keptDays * 86_400 || id === chosen);

/** `to` null: it follows now. Seconds since 1970. */
export type TimeWindow = { spanS: number; from: number; to: number } | { spanS: number; from: null; to: null };

/** Closer than this nothing more is seen. */
export const LEAST_SPAN_S = 30;

/** `from` and `to` win; broken or reversed they count as absent. */
export function readWindow(params: URLSearchParams): { window: TimeWindow; range: RangeId } {
  const range = RANGES.find(({ id }) => id === params.get('range')) ?? RANGES.find(({ id }) => id === USUAL_RANGE)!;
  const [from, to] = [timeIn(params, 'from'), timeIn(params, 'to')];
  if (from === null || to === null || to <= from) return { window: { spanS: range.spanS, from: null, to: null }, range: range.id };
  return { window: { spanS: to - from, from, to }, range: range.id };
}

function timeIn(params: URLSearchParams, name: string): number | null {
  const ms = Date.parse(params.get(name) ?? '');
  return Number.isNaN(ms) ? null : Math.floor(ms / 1_000);
}

/** As the address and the API take it: 2026-11-21T13:00:00Z. */
export const timeText = (s: number): string => new Date(s * 1_000).toISOString().replace('.000Z', 'Z');

/** A stretch that was drawn with the pointer, in whole seconds and not too small. */
export function zoomed(a: number, b: number): { from: number; to: number } {
  const [from, to] = [Math.floor(Math.min(a, b)), Math.ceil(Math.max(a, b))];
  const missing = Math.max(0, LEAST_SPAN_S - (to - from));
  return { from: from - Math.floor(missing / 2), to: to + Math.ceil(missing / 2) };
}

const SAMPLE_S = 5;
/** Points of a line: more are not told apart. */
const MOST_A_LINE = 720;
const LEAST_A_LINE = 120;
/** Points of all lines in one answer, each about a kilobyte of JSON. */
const MOST_IN_ALL = 8_000;
const STEPS = [10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/** Seconds of one point, null for every sample as it is: of the range, how many lines there are, and the pixels that show them. */
export function stepFor(spanS: number, tracks: number, pixels: number): number | null {
  const most = Math.max(LEAST_A_LINE, Math.min(MOST_A_LINE, Math.round(pixels), Math.floor(MOST_IN_ALL / Math.max(1, tracks))));
  if (spanS <= most * SAMPLE_S) return null;
  return STEPS.find((step) => spanS / step <= most) ?? STEPS.at(-1)!;
}

/** Samples were summed up to it; of what is older than they are kept nothing finer is known. */
const SUMMED_UP_S = 300;

/** The same for a stretch that begins so many days ago, when samples are kept for `samplesDays`. */
export function stepSince(stepS: number | null, daysAgo: number, samplesDays: number): number | null {
  return daysAgo > samplesDays ? Math.max(SUMMED_UP_S, stepS ?? 0) : stepS;
}

/** Now, in steps that a pixel can show, and never more than a minute ahead. */
export function steppedNow(nowMs: number, spanS: number): number {
  const stepS = Math.min(60, Math.max(1, Math.round(spanS / MOST_A_LINE)));
  return Math.ceil(nowMs / 1_000 / stepS) * stepS;
}

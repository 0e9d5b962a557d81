/** What a chart draws, free of how it is drawn. */

/** null: not known, the line breaks. undefined: no sample of this line here, the line goes on. Between a break and the next samples all are null: one null alone would cut no more than its own place out of the line. */
export type Cell = number | null | undefined;

/** The cells of one line, one for each time. A sample that is no summary has the same figure three times. */
export interface PlotLine { min: Cell[]; avg: Cell[]; max: Cell[] }

/** Seconds since 1970. */
export type Stretch = readonly [from: number, to: number];

export interface PlotData {
  /** Seconds since 1970, ascending. */
  x: number[];
  lines: PlotLine[];
  /** Stretches in which no line has a sample. */
  quiet: Stretch[];
  /** Two samples of a line further apart than so many seconds have a gap between them. */
  reachS: number;
}

/** The figure of a line under the crosshair: its sample at or next to the time; none across a break, or too far from it. */
export function cellAt(data: PlotData, line: PlotLine, index: number): number | null {
  const here = line.avg[index];
  if (here !== undefined) return here;
  const [before, after] = [reach(data, line.avg, index, -1), reach(data, line.avg, index, 1)];
  if (before === 'break' || after === 'break') return null;
  if (before === null || after === null) return line.avg[before ?? after ?? -1] ?? null;
  return line.avg[data.x[index]! - data.x[before]! <= data.x[after]! - data.x[index]! ? before : after] ?? null;
}

/** The next sample in a direction; null: none within reach. */
function reach({ x, reachS }: PlotData, cells: readonly Cell[], index: number, step: 1 | -1): number | 'break' | null {
  for (let at = index + step; at >= 0 && at < cells.length && Math.abs(x[at]! - x[index]!) <= reachS; at += step) {
    if (cells[at] === null) return 'break';
    if (cells[at] !== undefined) return at;
  }
  return null;
}

/** Samples with a break on both sides: no line leads to them, so they are drawn as points. */
export function lonely(cells: readonly Cell[]): number[] {
  const told = cells.flatMap((cell, at) => (cell === undefined ? [] : [at]));
  const broken = (at: number | undefined): boolean => at === undefined || cells[at] === null;
  return told.filter((at, index) => !broken(at) && broken(told[index - 1]) && broken(told[index + 1]));
}

export interface Figures { last: number | null; min: number | null; max: number | null; points: number }

/** What sums up a line between two times. */
export function figuresOf(x: readonly number[], line: PlotLine, from: number, to: number): Figures {
  const figures: Figures = { last: null, min: null, max: null, points: 0 };
  for (let at = 0; at < x.length; at += 1) {
    const [min, avg, max] = [line.min[at], line.avg[at], line.max[at]];
    if (x[at]! < from || x[at]! > to || avg === null || avg === undefined) continue;
    figures.points += 1;
    figures.last = avg;
    figures.min = Math.min(figures.min ?? Infinity, min ?? avg);
    figures.max = Math.max(figures.max ?? -Infinity, max ?? avg);
  }
  return figures;
}

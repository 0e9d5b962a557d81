/** Tracks to the lines of one chart: on one axis of time, broken where samples are missing. */
import type { Cell, PlotData, PlotLine, Stretch } from '../../charts/plot-data.ts';
import type { Metric } from './metrics.ts';
import { spreadOf, type TrackPoint } from './track-point.ts';
import type { Track } from './tracks.ts';

/** llama-swap's own least. */
const LEAST_S = 5;
/** So many steps without a sample are a gap: one may be late, and one lost. */
const MISSED = 3;

/** How far a line goes on without a sample, of points that sum up `stepS`. */
export const reachOf = (stepS: number | null): number => MISSED * Math.max(LEAST_S, stepS ?? 0);

interface Known { at: number; min: number | null; avg: number | null; max: number | null }

/** `stepS`: of summed-up points; null for samples as they are. */
export function align(tracks: readonly Track[], metric: Metric, { from, to, stepS }: { from: number; to: number; stepS: number | null }): PlotData {
  const rows = tracks.map(({ points }) => {
    const reachS = MISSED * Math.max(LEAST_S, stepS ?? 0, median(points.slice(1).map(({ at }, index) => at - points[index]!.at)));
    const known = metric.rate ? rates(points, metric, reachS, stepS) : points.map((point) => scaled(point.at, spreadOf(point, metric.field), metric.factor));
    return { reachS, cells: withBreaks(known, reachS) };
  });
  const x = [...new Set(rows.flatMap(({ cells }) => cells.map(({ at }) => at)))].sort((a, b) => a - b);
  const place = new Map(x.map((at, index) => [at, index]));
  const lines = rows.map(({ cells }): PlotLine => {
    const line: PlotLine = { min: empty(x.length), avg: empty(x.length), max: empty(x.length) };
    for (const { at, min, avg, max } of cells) {
      const index = place.get(at)!;
      [line.min[index], line.avg[index], line.max[index]] = [min, avg, max];
    }
    for (const column of [line.min, line.avg, line.max]) breakWhole(column);
    return line;
  });
  const reachS = Math.max(MISSED * LEAST_S, ...rows.map((row) => row.reachS));
  return { x, lines, reachS, quiet: quietOf(rows.flatMap(({ cells }) => cells.filter(({ avg }) => avg !== null).map(({ at }) => at)), from, to, reachS) };
}

/** The track has at least one figure of it. */
export const tells = ({ points }: Track, { field }: Metric): boolean => points.some((point) => spreadOf(point, field).avg !== null);

const empty = (length: number): Cell[] => Array.from({ length }, () => undefined);

/** A break reaches from the sample before it to the sample after it, whatever the other lines of the axis have between: the line stops and begins again at its own. */
function breakWhole(cells: Cell[]): void {
  let after = 0;
  for (let at = 0; at <= cells.length; at += 1) {
    if (at < cells.length && cells[at] === undefined) continue;
    if (cells[at] === null || (after > 0 && cells[after - 1] === null)) cells.fill(null, after, at);
    after = at + 1;
  }
}

function scaled(at: number, { min, avg, max }: { min: number | null; avg: number | null; max: number | null }, factor: number): Known {
  const by = (value: number | null): number | null => (value === null ? null : value * factor);
  return { at, min: by(min), avg: by(avg), max: by(max) };
}

/** Growth a second since the point before; a counter that fell began anew. Of a step that has hardly begun it is not known yet. */
function rates(points: readonly TrackPoint[], { field }: Metric, reachS: number, stepS: number | null): Known[] {
  const end = ({ at, running }: TrackPoint): number => running?.until ?? at + (stepS ?? 0);
  return points.map((point, index) => {
    const before = points[index - 1];
    const [max, last] = [spreadOf(point, field).max, before === undefined ? null : spreadOf(before, field).max];
    const lengthS = before === undefined || point.at - before.at > reachS ? 0 : end(point) - end(before);
    const told = lengthS >= (point.running === undefined ? 1 : Math.min(reachOf(null), stepS ?? 0));
    const rate = max === null || last === null || max < last || !told ? null : (max - last) / lengthS;
    return { at: point.at, min: rate, avg: rate, max: rate };
  });
}

function withBreaks(cells: readonly Known[], reachS: number): Known[] {
  return cells.flatMap((cell, index) => {
    const before = cells[index - 1];
    if (before === undefined || cell.at - before.at <= reachS) return [cell];
    return [{ at: Math.floor((before.at + cell.at) / 2), min: null, avg: null, max: null }, cell];
  });
}

function quietOf(known: number[], from: number, to: number, reachS: number): Stretch[] {
  const times = [from, ...new Set(known.filter((at) => at >= from && at <= to).sort((a, b) => a - b)), to];
  return times.flatMap((at, index): Stretch[] => (index > 0 && at - times[index - 1]! > reachS ? [[times[index - 1]!, at]] : []));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

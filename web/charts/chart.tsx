/** A chart of lines over time: its name, the canvas, a legend with the figures under the crosshair, and the same in words for screen readers. */
import { lazy, Suspense, useCallback, useId, useMemo, useState, type ReactElement } from 'react';
import { UNKNOWN } from '../format/figures.ts';
import { absolute, clockTime } from '../format/times.ts';
import { useZone } from '../state/hooks.ts';
import type { LineLook } from './looks.ts';
import type { Mark, Shade } from './marks.ts';
import { cellAt, figuresOf, type PlotData } from './plot-data.ts';
import { Swatch } from './swatch.tsx';
import { wordsOfMarks, wordsOfShades } from './words.ts';

const Plot = lazy(async () => ({ default: (await import('./plot.tsx')).Plot }));

export interface ChartLine extends LineLook { id: string; label: string }

export interface ChartProps {
  id: string;
  title: string;
  data: PlotData;
  /** As many as `data.lines`. */
  lines: readonly ChartLine[];
  from: number;
  to: number;
  format: (value: number | null) => string;
  tick: (value: number) => string;
  /** The axis of values reaches at least to here. */
  top: number;
  /** Of points that sum up so many seconds; null: samples as they are. */
  stepS: number | null;
  marks?: readonly Mark[];
  shades?: readonly Shade[];
  /** With more marks in sight than so many they are ticks without words, so that they do not bar the lines. */
  marksInFull?: number;
  /** Charts with the same one share their crosshair. */
  group: string;
  height?: number;
  /** What is to be known of all its lines. */
  note?: string;
  onZoom?: (from: number, to: number) => void;
  onZoomOut?: () => void;
}

/** With more lines, bands would hide each other. */
export const MOST_BANDS = 4;
const MARKS_IN_FULL = 12;
const NONE: readonly never[] = [];

export function Chart({ id, title, data, lines, from, to, format, tick, top, stepS, marks = NONE, shades = NONE, marksInFull = MARKS_IN_FULL, group, height = 180, note, onZoom, onZoomOut }: ChartProps): ReactElement {
  const zone = useZone();
  const [cursor, setCursor] = useState<number | null>(null);
  const words = useId();
  const bands = stepS !== null && lines.length <= MOST_BANDS;
  const figures = useMemo(() => data.lines.map((line) => figuresOf(data.x, line, from, to)), [data, from, to]);
  const onCursor = useCallback((index: number | null) => setCursor(index), []);
  const at = cursor === null ? undefined : data.x[cursor];
  const inside = marks.filter((mark) => mark.at >= from && mark.at <= to);
  const lost = shades.filter((shade) => shade.to >= from && shade.from <= to);
  const near = at === undefined ? [] : inside.filter((mark) => Math.abs(mark.at - at) <= (to - from) / 100);
  const values = lines.map((_, index) => (cursor === null || at === undefined ? figures[index]?.last ?? null : cellAt(data, data.lines[index]!, cursor)));
  const crosshair = at === undefined ? null : { at, text: `${clockTime(at * 1_000, zone)}: ${lines.map(({ label }, index) => `${label} ${format(values[index] ?? null)}`).join(', ')}` };
  const moment = (s: number): string => absolute(s * 1_000, zone);
  const drawn = figures.reduce((sum, { points }) => sum + points, 0);

  return (
    <figure data-chart={id} data-points={drawn} data-quiet={data.quiet.length} data-shades={lost.length} data-marks={inside.length} data-from={from} data-to={to} className="panel grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-1 py-2">
      <figcaption className="flex min-h-5 items-baseline justify-between gap-3 px-3">
        <span className="shrink-0 font-medium">{title}</span>
        <span className="min-w-0 grow truncate text-sm text-faint" title={note}>{note}</span>
        {at === undefined ? null : (
          <span className="max-w-3/5 shrink-0 truncate text-sm text-faint">
            {near.length === 0 ? null : <span className="text-soft">{near.map(({ label }) => label).join(', ')} · </span>}<time dateTime={new Date(at * 1_000).toISOString()} title={absolute(at * 1_000, zone)}>{clockTime(at * 1_000, zone)}</time>
          </span>
        )}
      </figcaption>
      <Suspense fallback={<div style={{ height }} />}>
        <Plot data={data} looks={lines} bands={bands} from={from} to={to} marks={marks} shades={shades} marksInFull={marksInFull} top={top} tick={tick} group={group} height={height} label={title} describedBy={words} crosshair={crosshair} onCursor={onCursor} onZoom={onZoom} onZoomOut={onZoomOut} />
      </Suspense>
      <ul aria-hidden="true" className="grid grid-cols-[repeat(auto-fill,minmax(12.5rem,1fr))] gap-x-6 gap-y-0.5 px-3 text-sm">
        {lines.map(({ id: line, label, colour, dash }, index) => (
          <li key={line} className="flex min-w-0 items-center gap-1.5">
            <Swatch colour={colour} dash={dash} />
            <span className="grow truncate text-soft" title={label}>{label}</span>
            <span className="figure" data-value={line}>{format(values[index] ?? null)}</span>
          </li>
        ))}
      </ul>
      <div id={words} className="sr-only">
        {lines.map(({ id: line, label }, index) => {
          const { last, min, max } = figures[index] ?? { last: null, min: null, max: null };
          return <p key={line}>{label}: {last === null ? UNKNOWN : `last ${format(last)}, lowest ${format(min)}, highest ${format(max)}`}.</p>;
        })}
        {[wordsOfMarks(inside, moment), wordsOfShades(lost, moment)].map((text, index) => (text === null ? null : <p key={index}>{text}</p>))}
      </div>
    </figure>
  );
}

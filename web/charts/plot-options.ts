/** uPlot's options for a chart of the cockpit. All colours are asked for at each drawing, so that a redraw follows the theme. */
import type uPlot from 'uplot';
import type { ChartColours } from './colours.ts';
import { DASHES, SERIES_COLOURS, type LineLook } from './looks.ts';
import { placeMarks } from './mark-labels.ts';
import type { Mark, Shade } from './marks.ts';
import type { Stretch } from './plot-data.ts';

/** What the drawing reads anew each time. */
export interface PlotScene {
  colours: ChartColours;
  from: number;
  to: number;
  marks: readonly Mark[];
  shades: readonly Shade[];
  /** More marks than so many are ticks without words. */
  marksInFull: number;
  quiet: readonly Stretch[];
  lonely: readonly (readonly number[])[];
  ticks: (splits: number[], stepS: number) => string[];
}
export interface PlotWants {
  width: number;
  height: number;
  looks: readonly LineLook[];
  /** With a band from the least to the most. */
  bands: boolean;
  top: number;
  tick: (value: number) => string;
  /** Charts with the same key share their crosshair. */
  group: string;
  scene: () => PlotScene;
  onCursor: (index: number | null) => void;
  onZoom: (from: number, to: number) => void;
  onZoomOut: () => void;
}

/** Width of the axis of values: the same in all charts of a page, so that their times stand in line. */
const VALUES_PX = 58;
/** Above the lines: room for what the marks say. */
const MARKS_PX = 16;
/** Beside the lines: half of the longest time of the axis, a day with its minute, whose mark may be the very end. */
const AFTER_PX = 34;
/** Series of a line: its average, and with bands its most and its least. */
export const seriesOf = (line: number, bands: boolean): number => 1 + line * (bands ? 3 : 1);

export function plotOptions({ width, height, looks, bands, top, tick, group, scene, onCursor, onZoom, onZoomOut }: PlotWants): uPlot.Options {
  const colours = (): ChartColours => scene().colours;
  const stroke = (colour: number) => (): string => colours().series[colour % SERIES_COLOURS] ?? colours().soft;
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  const axis = { stroke: () => colours().faint, font: scene().colours.font, grid: { stroke: () => colours().line, width: 1 }, ticks: { show: false } };
  return {
    width, height, ms: 1e-3, padding: [MARKS_PX, AFTER_PX, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: true, range: () => [scene().from, scene().to] },
      y: { range: (_plot, _least, most) => [0, Math.max(top, Number.isFinite(most) && most !== null ? most * 1.05 : 0)] },
    },
    axes: [
      { ...axis, size: 26, gap: 6, space: 84, values: (_plot, splits, _index, _space, stepS) => scene().ticks(splits, stepS) },
      { ...axis, size: VALUES_PX, gap: 6, space: 32, values: (_plot, splits) => splits.map(tick) },
    ],
    series: [
      {},
      ...looks.flatMap(({ colour, dash }, line): uPlot.Series[] => [
        {
          stroke: stroke(colour), width: 1.5, dash: [...DASHES[dash % DASHES.length]!],
          points: { size: 5, width: 0, fill: stroke(colour), show: false, filter: () => [...scene().lonely[line] ?? []] },
        },
        ...(bands ? [edge, edge] : []),
      ]),
    ],
    ...(bands ? { bands: looks.map(({ colour }, line): uPlot.Band => ({ series: [seriesOf(line, true) + 1, seriesOf(line, true) + 2], fill: () => `color-mix(in srgb, ${stroke(colour)()} 22%, transparent)` })) } : {}),
    cursor: {
      y: false,
      // Only the crosshair is shared: each chart's selection is its own.
      sync: { key: group, scales: ['x', null], filters: { pub: (type) => type === 'mousemove', sub: () => true } },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      points: { size: (_plot, series) => ((series - 1) % (bands ? 3 : 1) === 0 ? 6 : 0), width: 0 },
      bind: { dblclick: () => () => { onZoomOut(); return null; } },
    },
    hooks: {
      drawClear: [(plot) => drawBackground(plot, scene())],
      draw: [(plot) => drawMarks(plot, scene())],
      setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
      setSelect: [(plot) => {
        const { left, width: wide } = plot.select;
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        if (wide > 0) onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + wide, 'x'));
      }],
    },
  };
}

/** Times without samples, then what is lost of activity: a veil, and a stripe at the foot. */
function drawBackground(plot: uPlot, { quiet, shades, colours }: PlotScene): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  clip(plot);
  ctx.fillStyle = colours.line;
  ctx.globalAlpha = 0.55;
  for (const [from, to] of quiet) fill(plot, from, to, bbox.top, bbox.height);
  ctx.fillStyle = colours.warn;
  ctx.globalAlpha = 0.07;
  for (const [from, to] of united(shades.filter(({ whole }) => whole))) fill(plot, from, to, bbox.top, bbox.height);
  ctx.globalAlpha = 0.6;
  for (const [from, to] of united(shades)) fill(plot, from, to, bbox.top + bbox.height - 3 * ratio, 3 * ratio);
  ctx.restore();
}

/** Without overlaps, which would be drawn darker. */
function united(shades: readonly Shade[]): Stretch[] {
  const joined: [from: number, to: number][] = [];
  for (const { from, to } of shades.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

function fill(plot: uPlot, from: number, to: number, top: number, height: number): void {
  const left = plot.valToPos(from, 'x', true);
  const width = Math.max(devicePixelRatio, plot.valToPos(to, 'x', true) - left);
  plot.ctx.fillRect(left, top, width, height);
}

const LABEL_PX = 10;
const SHORT_PX = 7;

/** A dashed line for each, its words above it, where the mark before leaves room for them. */
function drawMarks(plot: uPlot, { marks, marksInFull, colours, from, to }: PlotScene): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colours.soft;
  ctx.lineWidth = ratio;
  ctx.font = colours.font.replace('11px', `${LABEL_PX * ratio}px`);
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  const inside = marks.filter(({ at }) => at >= from && at <= to).sort((a, b) => a.at - b.at);
  const short = inside.length > marksInFull;
  ctx.strokeStyle = short ? colours.faint : colours.soft;
  ctx.setLineDash(short ? [] : [3 * ratio, 3 * ratio]);
  const lefts = inside.map(({ at }) => Math.round(plot.valToPos(at, 'x', true)) + ratio / 2);
  const places = short ? null : placeMarks(lefts, inside.map(({ label }) => ctx.measureText(label).width + 8 * ratio), bbox.left + bbox.width);
  for (const [index, left] of lefts.entries()) {
    const place = places?.[index];
    ctx.beginPath();
    ctx.moveTo(left, bbox.top - (place === undefined ? SHORT_PX : place.tall ? MARKS_PX - 2 : 0) * ratio);
    ctx.lineTo(left, bbox.top + (short ? 0 : bbox.height));
    ctx.stroke();
    if (place !== undefined && place.start !== null) ctx.fillText(inside[index]!.label, place.start + 4 * ratio, bbox.top - (MARKS_PX - 3) * ratio);
  }
  ctx.restore();
}

function clip({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

/** The canvas of a chart, drawn by uPlot. Loaded with the first chart that stands. */
import { useEffect, useLayoutEffect, useMemo, useRef, type KeyboardEvent, type ReactElement } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockMinute, clockTime, day } from '../format/times.ts';
import { useZone } from '../state/hooks.ts';
import { themeChanged } from '../state/theme.ts';
import { readColours } from './colours.ts';
import type { LineLook } from './looks.ts';
import type { Mark, Shade } from './marks.ts';
import { lonely, type PlotData } from './plot-data.ts';
import { plotOptions, type PlotScene } from './plot-options.ts';
import { tickLabels } from './time-ticks.ts';

export interface PlotProps {
  data: PlotData;
  looks: readonly LineLook[];
  bands: boolean;
  /** Seconds since 1970. */
  from: number;
  to: number;
  marks: readonly Mark[];
  shades: readonly Shade[];
  marksInFull: number;
  top: number;
  tick: (value: number) => string;
  group: string;
  height: number;
  label: string;
  describedBy: string;
  /** Where the crosshair stands, seconds since 1970, and what it says there; null: nowhere. */
  crosshair: { at: number; text: string } | null;
  /** Where in `data.x` the crosshair stands; null: nowhere. */
  onCursor: (index: number | null) => void;
  onZoom?: ((from: number, to: number) => void) | undefined;
  onZoomOut?: (() => void) | undefined;
}

export function Plot(props: PlotProps): ReactElement {
  const { data, looks, bands, from, to, marks, shades, marksInFull, top, group, height } = props;
  const zone = useZone();
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ ...props, cells: null as uPlot.AlignedData | null });
  const scene = useRef<PlotScene | null>(null);
  // What uPlot cannot change in place.
  const shape = JSON.stringify([looks, bands, top, group]);
  const cells = useMemo(() => [data.x, ...data.lines.flatMap(({ min, avg, max }) => (bands ? [avg, max, min] : [avg]))] as uPlot.AlignedData, [data, bands]);

  const alone = useMemo(() => data.lines.map(({ avg }) => lonely(avg).filter((at) => data.x[at]! >= from && data.x[at]! <= to)), [data, from, to]);
  useLayoutEffect(() => {
    latest.current = { ...props, cells };
    scene.current = {
      colours: scene.current?.colours ?? readColours(), from, to, marks, shades, marksInFull, quiet: data.quiet, lonely: alone,
      ticks: (splits, stepS) => tickLabels(splits, stepS, { second: (ms) => clockTime(ms, zone), minute: (ms) => clockMinute(ms, zone), day: (ms) => day(ms, zone) }),
    };
  });

  useEffect(() => {
    const box = element.current!;
    const now = latest.current;
    const made = new uPlot(plotOptions({
      width: box.clientWidth, height, looks: now.looks, bands: now.bands, top: now.top, tick: now.tick, group: now.group,
      scene: () => scene.current!,
      onCursor: (index) => latest.current.onCursor(index),
      onZoom: (a, b) => latest.current.onZoom?.(a, b),
      onZoomOut: () => latest.current.onZoomOut?.(),
    }), now.cells ?? undefined, box);
    plot.current = made;
    const resized = new ResizeObserver(() => {
      if (box.clientWidth > 0 && box.clientWidth !== made.width) made.setSize({ width: box.clientWidth, height });
    });
    resized.observe(box);
    const rethemed = themeChanged(() => {
      scene.current!.colours = readColours();
      made.redraw(false, true);
    });
    return () => {
      rethemed();
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, height]);

  useEffect(() => {
    plot.current?.batch((drawn: uPlot) => {
      drawn.setData(cells, false);
      drawn.setScale('x', { min: from, max: to });
      drawn.redraw(true, true);
    });
  }, [cells, from, to, marks, shades, marksInFull, zone]);

  // As the pointer does, so that the other charts of the page follow.
  const point = ({ over }: uPlot, left: number): void => {
    const { left: edge, top: above } = over.getBoundingClientRect();
    over.dispatchEvent(new MouseEvent('mousemove', { clientX: edge + left, clientY: above + 1 }));
  };
  const keyed = (event: KeyboardEvent): void => {
    const drawn = plot.current;
    if (drawn === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = drawn.cursor.idx ?? data.x.length - 1;
    const middle = data.x[at] ?? (from + to) / 2;
    switch (event.key) {
      case 'ArrowLeft': case 'ArrowRight': {
        const next = data.x[Math.max(0, Math.min(data.x.length - 1, at + (event.key === 'ArrowLeft' ? -1 : 1)))];
        if (next !== undefined) point(drawn, drawn.valToPos(next, 'x'));
        break;
      }
      case '+': props.onZoom?.(middle - (to - from) / 4, middle + (to - from) / 4); break;
      case '-': props.onZoomOut?.(); break;
      default: return;
    }
    event.preventDefault();
  };
  const { label, describedBy, crosshair } = props;
  return (
    <div
      ref={element} role="slider" aria-label={label} aria-describedby={describedBy} tabIndex={0} style={{ height }} className="min-w-0 overflow-hidden"
      aria-valuemin={from} aria-valuemax={to} aria-valuenow={crosshair?.at ?? to} aria-valuetext={crosshair?.text ?? 'no crosshair'}
      onKeyDown={keyed} onBlur={() => plot.current?.over.dispatchEvent(new MouseEvent('mouseleave'))}
    />
  );
}

/** One metric of some hosts as a chart: a line for each host, or for each of their GPUs. */
import { memo, useMemo, type ReactElement } from 'react';
import { Chart, type ChartLine } from '../../charts/chart.tsx';
import { counted, span } from '../../format/figures.ts';
import { align, tells } from './align.ts';
import type { Happenings } from './use-happenings.ts';
import type { Metric } from './metrics.ts';
import { DASHES } from '../../charts/colours.ts';
import type { Track, Tracks } from './tracks.ts';

/** More lines are no longer told apart. */
const MOST_LINES = 12;

/** What a chart needs of a host, in the order of their colours. */
export interface ChartedHost { id: string; name: string; gpus: readonly { key: string; name: string }[] }

export interface MetricChartProps {
  metric: Metric;
  hosts: readonly ChartedHost[];
  tracks: Tracks;
  from: number;
  to: number;
  stepS: number | null;
  happenings: Pick<Happenings, 'marks' | 'shades'>;
  group: string;
  height?: number;
  onZoom?: (from: number, to: number) => void;
  onZoomOut?: () => void;
}

export const MetricChart = memo(function MetricChart({ metric, hosts, tracks, from, to, stepS, happenings, group, height, onZoom, onZoomOut }: MetricChartProps): ReactElement {
  const found = useMemo(() => hosts.flatMap((host, index) => linesOf(host, index, hosts.length > 1, metric, tracks)), [hosts, metric, tracks]);
  const drawn = useMemo(() => found.slice(0, MOST_LINES), [found]);
  const data = useMemo(() => align(drawn.map(({ track }) => track), metric, { from, to, stepS }), [drawn, metric, from, to, stepS]);
  const lines = useMemo(() => drawn.map(({ line }) => line), [drawn]);
  const left = found.length - drawn.length;
  const note = [...(stepS === null ? [] : [`average of ${span(stepS * 1_000)}${drawn.length <= 4 && metric.rate === undefined ? ', band from lowest to highest' : ''}`]), ...(left === 0 ? [] : [`${counted(left, 'line')} left out: choose fewer hosts`])].join('; ');
  return (
    <Chart
      id={metric.id} title={metric.title} data={data} lines={lines} from={from} to={to} stepS={stepS} format={metric.format} tick={metric.tick} top={metric.top} group={group} note={found.length === 0 ? 'none told in this time' : note}
      marks={happenings.marks} shades={happenings.shades} {...(height === undefined ? {} : { height })} {...(onZoom === undefined ? {} : { onZoom })} {...(onZoomOut === undefined ? {} : { onZoomOut })}
    />
  );
});

/** Several hosts: each its colour, its GPUs by dashes. One host: each GPU its colour. */
function linesOf(host: ChartedHost, index: number, several: boolean, metric: Metric, tracks: Tracks): { track: Track; line: ChartLine }[] {
  const own = [...tracks.values()].filter((track) => track.hostId === host.id && (track.gpu === null) === (metric.of === 'host') && tells(track, metric));
  if (metric.of === 'host') return own.map((track) => ({ track, line: { id: host.id, label: host.name, colour: index, dash: Math.floor(index / 8) } }));
  const order = (key: string): number => {
    const place = host.gpus.findIndex((gpu) => gpu.key === key);
    return place === -1 ? host.gpus.length : place;
  };
  return own
    .toSorted((a, b) => order(a.gpu!) - order(b.gpu!) || (a.gpu! < b.gpu! ? -1 : 1))
    .map((track, place) => {
      const gpu = host.gpus.find(({ key }) => key === track.gpu);
      const name = `${own.length > 1 ? `${place + 1} ` : ''}${shortName(gpu?.name ?? track.gpu!)}`;
      return { track, line: { id: `${host.id} ${track.gpu}`, label: several ? `${host.name} ${own.length > 1 ? place + 1 : ''}`.trim() : name, colour: several ? index : place, dash: several ? place % DASHES.length : Math.floor(place / 8) } };
    });
}

const shortName = (name: string): string => name.replace(/^NVIDIA (?:GeForce )?/, '');

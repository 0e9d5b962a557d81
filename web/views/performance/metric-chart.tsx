/** One metric of some hosts as a chart: a line for each host; of a host alone, one for each of its GPUs. */
import { memo, useMemo, type ReactElement } from 'react';
import { Chart, MOST_BANDS, type ChartLine } from '../../charts/chart.tsx';
import { counted, span } from '../../format/figures.ts';
import { align, reachOf, tells } from './align.ts';
import type { Happenings } from './use-happenings.ts';
import type { Metric, Together } from './metrics.ts';
import { lookAt, SERIES_COLOURS } from '../../charts/looks.ts';
import type { ChartedHost } from './charted-hosts.ts';
import { together } from './together.ts';
import type { Track, Tracks } from './tracks.ts';

/** More lines are no longer told apart. */
const MOST_LINES = 12;

export interface MetricChartProps {
  metric: Metric;
  hosts: readonly ChartedHost[];
  tracks: Tracks;
  from: number;
  to: number;
  stepS: number | null;
  happenings: Pick<Happenings, 'marks' | 'shades'>;
  /** With more marks than so many they are ticks without words. */
  marksInFull?: number;
  group: string;
  height?: number;
  onZoom?: (from: number, to: number) => void;
  onZoomOut?: () => void;
}

export const MetricChart = memo(function MetricChart({ metric, hosts, tracks, from, to, stepS, happenings, marksInFull, group, height, onZoom, onZoomOut }: MetricChartProps): ReactElement {
  const found = useMemo(() => hosts.flatMap((host) => (hosts.length > 1 ? lineOf(host, metric, tracks, stepS) : linesOf(host, metric, tracks))), [hosts, metric, tracks, stepS]);
  const drawn = useMemo(() => found.slice(0, MOST_LINES), [found]);
  const data = useMemo(() => align(drawn.map(({ track }) => track), metric, { from, to, stepS }), [drawn, metric, from, to, stepS]);
  const lines = useMemo(() => drawn.map(({ line }) => line), [drawn]);
  const left = found.length - drawn.length;
  const banded = stepS !== null && drawn.length <= MOST_BANDS && metric.rate === undefined && drawn.some(({ gpus }) => gpus === 1);
  const notes = [
    stepS === null ? 'each sample' : `average of ${span(stepS * 1_000)}${banded ? ', band from lowest to highest' : ''}`,
    ...(metric.together !== undefined && drawn.some(({ gpus }) => gpus > 1) ? [TOGETHER[metric.together]] : []),
    ...(left === 0 ? [] : [`${counted(left, 'line')} left out: choose fewer hosts`]),
  ];
  return (
    <Chart
      id={metric.id} title={metric.title} data={data} lines={lines} from={from} to={to} stepS={stepS} format={metric.format} tick={metric.tick} top={metric.top} group={group} note={found.length === 0 ? 'none told in this time' : notes.join('; ')}
      marks={happenings.marks} shades={happenings.shades} {...(marksInFull === undefined ? {} : { marksInFull })} {...(height === undefined ? {} : { height })} {...(onZoom === undefined ? {} : { onZoom })} {...(onZoomOut === undefined ? {} : { onZoomOut })}
    />
  );
});

const TOGETHER: Readonly<Record<Together, string>> = { mean: 'mean over a host\'s GPUs', sum: 'sum of a host\'s GPUs', highest: 'hottest of a host\'s GPUs' };

/** `gpus`: so many stand in the line; 1 also of what is the host's own. */
interface Line { track: Track; line: ChartLine; gpus: number }

const told = (hostId: string, metric: Metric, tracks: Tracks): Track[] => [...tracks.values()].filter((track) => track.hostId === hostId && (track.gpu === null) === (metric.of === 'host') && tells(track, metric));

/** Of one among several hosts: one line, its GPUs together. */
function lineOf(host: ChartedHost, metric: Metric, tracks: Tracks, stepS: number | null): Line[] {
  const own = told(host.id, metric, tracks);
  const [first] = own;
  if (first === undefined) return [];
  const look = { id: host.id, ...host.look };
  if (own.length === 1 || metric.together === undefined) return [{ track: first, line: { ...look, label: host.name }, gpus: 1 }];
  return [{ track: together(own, metric, metric.together, reachOf(stepS)), line: { ...look, label: `${host.name} (${own.length} GPUs)` }, gpus: own.length }];
}

/** Of a host alone: each GPU its colour, the host's the first. */
function linesOf(host: ChartedHost, metric: Metric, tracks: Tracks): Line[] {
  const own = told(host.id, metric, tracks);
  if (metric.of === 'host') return own.map((track) => ({ track, line: { id: host.id, label: host.name, ...host.look }, gpus: 1 }));
  const first = host.look.dash * SERIES_COLOURS + host.look.colour;
  const order = (key: string): number => {
    const place = host.gpus.findIndex((gpu) => gpu.key === key);
    return place === -1 ? host.gpus.length : place;
  };
  return own
    .toSorted((a, b) => order(a.gpu!) - order(b.gpu!) || (a.gpu! < b.gpu! ? -1 : 1))
    .map((track, place) => {
      const gpu = host.gpus.find(({ key }) => key === track.gpu);
      const label = `${own.length > 1 ? `${place + 1} ` : ''}${shortName(gpu?.name ?? track.gpu!)}`;
      return { track, line: { id: `${host.id} ${track.gpu}`, label, ...lookAt(first + place) }, gpus: 1 };
    });
}

const shortName = (name: string): string => name.replace(/^NVIDIA (?:GeForce )?/, '');

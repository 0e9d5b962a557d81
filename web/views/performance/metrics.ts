/** What is charted of a host or of its GPUs. */
import type { PerfMetric } from '../../../src/model/records/history.ts';
import { bytes, onAxis, percent, rounded, UNKNOWN, withUnit } from '../../format/figures.ts';

export const METRIC_GROUPS = ['gpu', 'gpu-memory', 'gpu-heat', 'cpu', 'memory', 'load', 'network'] as const;
export type MetricGroup = (typeof METRIC_GROUPS)[number];

export const GROUP_NAMES: Record<MetricGroup, string> = {
  'gpu': 'GPU busy', 'gpu-memory': 'GPU memory', 'gpu-heat': 'GPU temperature and power', 'cpu': 'CPU', 'memory': 'Memory', 'load': 'Load', 'network': 'Network',
};

export type Together = 'mean' | 'sum' | 'highest';

export interface Metric {
  id: string;
  group: MetricGroup;
  title: string;
  of: 'host' | 'gpu';
  /** Of a GPU's metric: how the GPUs of a host make one line. */
  together?: Together;
  field: PerfMetric;
  /** From the sample's unit to the chart's. */
  factor: number;
  /** A counter that only rises: charted is its growth a second. */
  rate?: true;
  /** The axis reaches at least to here. */
  top: number;
  format: (value: number | null) => string;
  tick: (value: number) => string;
}

const GIB = 1 / 1_024;
const perSecond = (value: number | null): string => (value === null ? UNKNOWN : `${bytes(value < 1_000 ? Math.round(value) : value)}/s`);
const unit = (name: string) => ({ format: (value: number | null): string => withUnit(value, name), tick: (value: number): string => `${onAxis(value)} ${name}` });
const PERCENT = { factor: 1, top: 100, format: percent, tick: (value: number): string => `${onAxis(value)} %` };
const NETWORK = { group: 'network', of: 'host', factor: 1, rate: true, top: 1_000, format: perSecond, tick: perSecond } as const;

export const METRICS: readonly Metric[] = [
  { id: 'gpu-busy', group: 'gpu', title: 'GPU busy', of: 'gpu', together: 'mean', field: 'utilPct', ...PERCENT },
  { id: 'gpu-memory', group: 'gpu-memory', title: 'GPU memory used', of: 'gpu', together: 'sum', field: 'memUsedMb', factor: GIB, top: 1, ...unit('GiB') },
  { id: 'gpu-temperature', group: 'gpu-heat', title: 'GPU temperature', of: 'gpu', together: 'highest', field: 'tempC', factor: 1, top: 100, ...unit('°C') },
  { id: 'gpu-power', group: 'gpu-heat', title: 'GPU power', of: 'gpu', together: 'sum', field: 'powerW', factor: 1, top: 100, ...unit('W') },
  { id: 'cpu', group: 'cpu', title: 'CPU busy', of: 'host', field: 'cpuPct', ...PERCENT },
  { id: 'memory', group: 'memory', title: 'Memory used', of: 'host', field: 'memUsedMb', factor: GIB, top: 1, ...unit('GiB') },
  { id: 'load', group: 'load', title: 'Load, 1 min', of: 'host', field: 'load1', factor: 1, top: 1, format: rounded, tick: onAxis },
  { ...NETWORK, id: 'network-in', title: 'Network in', field: 'netRxBytes' },
  { ...NETWORK, id: 'network-out', title: 'Network out', field: 'netTxBytes' },
];

/** What is read of a sample or a summary. */
export const PERF_FIELDS: readonly PerfMetric[] = [...new Set(METRICS.map(({ field }) => field))];

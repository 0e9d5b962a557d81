/** One moment, or one step, of a track. */
import type { PerfMetric, Spread } from '../../../src/model/records/history.ts';

/** A sample, or the summary of those in one step, or what of several was put together. `at`: seconds since 1970, whole. */
export interface TrackPoint {
  at: number;
  values: Values;
  /** Of the summary of a step that has not ended, or of which history has not told the end. */
  running?: Running;
}
export type Values = Readonly<Partial<Record<PerfMetric, number | null | Spread>>>;
/** Up to when it sums up, seconds since 1970, and for how many seconds the averages stand. */
export interface Running { until: number; weightS: number }

export function spreadOf({ values }: TrackPoint, field: PerfMetric): Spread {
  const value = values[field] ?? null;
  return typeof value === 'object' && value !== null ? value : { min: value, avg: value, max: value };
}

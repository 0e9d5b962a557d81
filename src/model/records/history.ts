/** What is asked of history, and its documents where they are no rows of another kind. */
import type { PerfSample } from './perf.ts';

/** The key that orders activity: newest first by all four. */
export interface ActivityKey { ts: string; hostId: string; bootEpoch: number; upstreamId: number }

/** An empty list filters nothing. */
export interface ActivityFilter {
  hosts: readonly string[];
  models: readonly string[];
  statuses: readonly number[];
  /** 4 for `4xx`. Joined with `statuses` by or. */
  statusClasses: readonly number[];
  path: string | null;
  /** Inclusive, canonical time. */
  from: string | null;
  /** Exclusive. */
  to: string | null;
}

export interface ActivityQuery extends ActivityFilter {
  limit: number;
  /** Rows strictly after (older than) this key. */
  after: ActivityKey | null;
}

export interface TimeRange { hosts: readonly string[]; from: string | null; to: string | null }

export const HOST_EVENT_KINDS = ['liveness', 'boot', 'build', 'model'] as const;
export type HostEventKind = (typeof HOST_EVENT_KINDS)[number];

export interface HostEventRow {
  hostId: string;
  ts: string;
  kind: HostEventKind;
  from: string | null;
  to: string | null;
  /** Of a model event: the model's key. */
  reason: string | null;
}

/** Orders events: newest first by all four. `id` tells apart what one host did in one microsecond. */
export interface HostEventKey { ts: string; hostId: string; kind: string; id: string }

export type PerfMetric = Exclude<keyof PerfSample, 'hostId' | 'ts' | 'gpu'>;

/** Over the samples that tell the metric; all null where none does. */
export interface Spread { min: number | null; avg: number | null; max: number | null }

/** An empty list of kinds filters nothing. */
export interface HostEventQuery extends TimeRange {
  kinds: readonly HostEventKind[];
  limit: number;
  /** Events strictly after (older than) this key. */
  after: HostEventKey | null;
}

/** One bucket of one host's system (`gpu` null) or GPU; `ts` is where it begins. */
export type PerfPoint = { hostId: string; ts: string; gpu: string | null } & Record<PerfMetric, Spread>;

export interface PerfSteps {
  /** Seconds in a bucket: as asked, or, where samples are no more, the next multiple of ROLLUP_S. */
  stepS: number;
  points: PerfPoint[];
}

/** One metric of every host over the last minutes: samples of what the page holds, once a second, in rings that never grow. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import type { HostState } from '../../../src/model/host/state.ts';
import { isYoung } from '../../ui/tokens-rate.tsx';
import { vramPart } from '../fleet/fleet-filter.ts';

export const METRICS = ['tokens', 'inflight', 'busy', 'memory'] as const;
export type Metric = (typeof METRICS)[number];

export const STEP_MS = 1_000;
export const KEPT = 180;
/** In a ring: looked at, and not known. NaN is a moment at which nobody looked. */
export const UNTOLD = -1;

/** The moment of a ring's slot, ms since 1970; `lastMs`: of the newest. */
export const momentOf = (slot: number, lastMs: number): number => lastMs - (KEPT - 1 - slot) * STEP_MS;

/** null: not known now. Shares are percentages. */
export function metricOf(state: HostState, metric: Metric): number | null {
  // Remembered figures are no samples of this second.
  if (state.asOf !== null) return null;
  switch (metric) {
    case 'tokens': return state.throughput.rows === 0 ? null : state.throughput.outputTokensPerSecond;
    case 'inflight': return state.inflight.total;
    case 'busy': {
      const known = Object.values(state.gpus).flatMap(({ utilPct }) => (utilPct === null ? [] : [utilPct]));
      return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
    }
    case 'memory': {
      const part = vramPart(state);
      return part === null ? null : part * 100;
    }
    default: return metric satisfies never;
  }
}

export interface Samples {
  /** Takes a sample of each host; seconds that were skipped since the last stay NaN, a second one within the same second replaces the first. `known` false: of none. */
  take(fleet: ReadonlyMap<string, HeldHost>, atMs: number, known: boolean): void;
  /** Oldest first, NaN or UNTOLD where it has no value; all hosts have the same number. */
  read(host: string, metric: Metric): Float32Array;
}

export function createSamples(): Samples {
  const hosts = new Map<string, Record<Metric, Float32Array>>();
  let lastMs: number | null = null;
  return {
    take(fleet, atMs, known) {
      const steps = lastMs === null ? 1 : Math.min(KEPT, Math.max(0, Math.round((atMs - lastMs) / STEP_MS)));
      lastMs = atMs;
      for (const id of hosts.keys()) if (!fleet.has(id)) hosts.delete(id);
      for (const [id, { state }] of fleet) {
        let rings = hosts.get(id);
        if (rings === undefined) {
          rings = { tokens: unknown(), inflight: unknown(), busy: unknown(), memory: unknown() };
          hosts.set(id, rings);
        }
        for (const metric of METRICS) {
          const ring = rings[metric];
          ring.copyWithin(0, steps);
          ring.fill(NaN, KEPT - steps);
          ring[KEPT - 1] = known && !(metric === 'tokens' && isYoung(state, atMs)) ? metricOf(state, metric) ?? UNTOLD : NaN;
        }
      }
    },
    read: (host, metric) => hosts.get(host)?.[metric] ?? NONE,
  };
}

const unknown = (): Float32Array => new Float32Array(KEPT).fill(NaN);
const NONE = unknown();

/** The lines of a sparkline in a box of `KEPT - 1` × 1, one `M…L…` for each stretch that is known. */
export function pathOf(values: Float32Array, max: number): string {
  let path = '';
  let drawing = false;
  for (const [x, value] of values.entries()) {
    if (Number.isNaN(value) || value === UNTOLD) {
      drawing = false;
      continue;
    }
    const y = (1 - Math.min(1, value / max)).toFixed(3);
    // A lone sample is a line of no length, which a round cap makes a dot.
    path += drawing ? `L${x} ${y}` : `M${x} ${y}L${x} ${y}`;
    drawing = true;
  }
  return path;
}

/** A host's GPUs as one line. */
import type { Metric, Together } from './metrics.ts';
import { spreadOf, type TrackPoint } from './track-point.ts';
import type { Track } from './tracks.ts';

/** Each GPU's sample has a time of its own; those of one round lie no further apart. */
const ROUND_S = 2;

/** At each round what its GPUs tell; one that is silent for no longer than `heldS` counts with what it told last. A point is one figure: lowest and highest of several GPUs are no band around their mean. */
export function together(tracks: readonly Track[], { field }: Metric, way: Together, heldS: number): Track {
  const told = tracks.flatMap(({ points }, gpu) => points.map((point) => ({ at: point.at, gpu, value: spreadOf(point, field).avg }))).sort((a, b) => a.at - b.at);
  const last = tracks.map(() => ({ at: -Infinity, value: null as number | null }));
  const points: TrackPoint[] = [];
  let round: { from: number; gpus: Set<number> } | null = null;
  const end = (at: number): void => {
    const values = last.filter((one) => at - one.at <= heldS).flatMap(({ value }) => (value === null ? [] : [value]));
    points.push({ at, values: { [field]: combined(values, way) } });
  };
  let before = 0;
  for (const { at, gpu, value } of told) {
    if (round !== null && (at - round.from > ROUND_S || round.gpus.has(gpu))) {
      end(before);
      round = null;
    }
    round ??= { from: at, gpus: new Set() };
    round.gpus.add(gpu);
    last[gpu] = { at, value };
    before = at;
  }
  if (round !== null) end(before);
  return { hostId: tracks[0]?.hostId ?? '', gpu: null, points };
}

function combined(values: readonly number[], way: Together): number | null {
  if (values.length === 0) return null;
  const sum = values.reduce((all, value) => all + value, 0);
  switch (way) {
    case 'mean': return sum / values.length;
    case 'sum': return sum;
    case 'highest': return Math.max(...values);
    default: return way satisfies never;
  }
}

/** Performance as the page holds it: for each host and each of its GPUs the points in order, merged of history and of what comes live. */
import type { PerfPoint } from '../../../src/model/records/history.ts';
import type { PerfSample } from '../../../src/model/records/perf.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { withSteps } from './running-step.ts';
import type { TrackPoint } from './track-point.ts';

export interface Track { hostId: string; gpu: string | null; points: readonly TrackPoint[] }
export type Tracks = ReadonlyMap<string, Track>;

export const NO_TRACKS: Tracks = new Map();
/** A host id has no space. */
export const trackKey = (hostId: string, gpu: string | null): string => (gpu === null ? hostId : `${hostId} ${gpu}`);

/** With what came live: each sample a point of its own, or, with `stepS`, in the summary of its step. What is held already stays. */
export function withSamples(tracks: Tracks, samples: readonly PerfSample[], stepS: number | null = null): Tracks {
  return eachTrack(tracks, samples, (held, incoming) => (stepS === null ? inOrder([...held, ...incoming.map(whole)]) : withSteps(held, incoming, stepS)));
}

/**
 * With an answer of history that begins at `from`: it takes the place of what is held from there on, but for what is newer than
 * the answer knew. `stepS` is how far its last point reaches, `askedAt` when it was asked for (seconds since 1970).
 */
export function withHistory(tracks: Tracks, answer: readonly (PerfSample | PerfPoint)[], from: number, { stepS, askedAt = -Infinity }: { stepS: number | null; askedAt?: number }): Tracks {
  return eachTrack(tracks, answer, (held, incoming) => {
    const last = whole(incoming.at(-1)!);
    const known = last.at + (stepS ?? 1);
    if (stepS !== null && askedAt > last.at && askedAt < known) last.running = { until: askedAt, weightS: askedAt - last.at };
    return inOrder([...held.filter(({ at }) => at < from), ...incoming.slice(0, -1).map(whole), last, ...held.filter(({ at }) => at >= from && at >= known)]);
  });
}

/** Without what is older; the same object where nothing is. */
export function since(tracks: Tracks, from: number): Tracks {
  const after = new Map<string, Track>();
  let cut = false;
  for (const [key, track] of tracks) {
    const keep = track.points.findIndex(({ at }) => at >= from);
    if (keep !== 0) cut = true;
    if (keep !== -1) after.set(key, keep === 0 ? track : { ...track, points: track.points.slice(keep) });
  }
  return cut ? after : tracks;
}

/** `incoming` of `merge`: at least one, to the fraction of a second. */
function eachTrack(tracks: Tracks, values: readonly (PerfSample | PerfPoint)[], merge: (held: readonly TrackPoint[], incoming: TrackPoint[]) => readonly TrackPoint[]): Tracks {
  const incoming = new Map<string, Track & { points: TrackPoint[] }>();
  for (const one of values) {
    const key = trackKey(one.hostId, one.gpu);
    let track = incoming.get(key);
    if (track === undefined) incoming.set(key, (track = { hostId: one.hostId, gpu: one.gpu, points: [] }));
    track.points.push({ at: msOfTime(one.ts) / 1_000, values: one });
  }
  const after = new Map(tracks);
  for (const [key, track] of incoming) after.set(key, { ...track, points: merge(tracks.get(key)?.points ?? [], track.points) });
  return after;
}

const whole = ({ at, values }: TrackPoint): TrackPoint => ({ at: Math.floor(at), values });

/** One point a second: of two, the first in the list. */
function inOrder(points: readonly TrackPoint[]): TrackPoint[] {
  const sorted = points.toSorted((a, b) => a.at - b.at);
  return sorted.filter(({ at }, index) => index === 0 || sorted[index - 1]!.at !== at);
}

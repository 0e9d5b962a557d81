/** What the history of performance tells of GPUs at moments at which no sample was taken. */
import type { PerfMetric } from '../../../src/model/records/history.ts';
import { spreadOf, type TrackPoint } from '../performance/track-point.ts';
import type { Track, Tracks } from '../performance/tracks.ts';
import { momentOf, type Metric } from './samples.ts';

/** A sample holds until the next one should long have come, seconds. */
const REACH_S = 15;

/** Puts what is known where a slot is NaN. `stepS`: of summed-up points. */
export function fillGpus(tracks: Tracks, stepS: number | null, host: string, metric: Metric, slots: Float32Array, lastMs: number): void {
  const cards = [...tracks.values()].filter(({ hostId, gpu }) => hostId === host && gpu !== null);
  const reachS = Math.max(REACH_S, stepS ?? 0);
  for (const [slot, value] of slots.entries()) {
    if (!Number.isNaN(value)) continue;
    const atS = momentOf(slot, lastMs) / 1_000;
    const known = cards.flatMap((card) => pointAt(card, atS, reachS) ?? []);
    const found = metric === 'busy' ? mean(known) : metric === 'memory' ? used(known) : null;
    if (found !== null) slots[slot] = found;
  }
}

function pointAt({ points }: Track, atS: number, reachS: number): TrackPoint | null {
  const point = points.findLast(({ at }) => at <= atS);
  return point === undefined || atS - point.at > reachS ? null : point;
}

const of = (point: TrackPoint, field: PerfMetric): number | null => spreadOf(point, field).avg;

function mean(points: readonly TrackPoint[]): number | null {
  const known = points.map((point) => of(point, 'utilPct')).filter((one) => one !== null);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
}

/** Percent of all their memory. */
function used(points: readonly TrackPoint[]): number | null {
  let [part, whole] = [0, 0];
  for (const point of points) {
    const [memUsedMb, memTotalMb] = [of(point, 'memUsedMb'), of(point, 'memTotalMb')];
    if (memUsedMb === null || memTotalMb === null) continue;
    part += memUsedMb;
    whole += memTotalMb;
  }
  return whole === 0 ? null : (100 * part) / whole;
}

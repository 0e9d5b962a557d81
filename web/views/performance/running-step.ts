/** The step that is not over: what comes live is added to its summary, until history tells it whole. */
import { PERF_FIELDS } from './metrics.ts';
import { spreadOf, type TrackPoint, type Values } from './track-point.ts';

/** llama-swap's usual interval: how long a sample stands for when none before it is known. */
const USUAL_S = 5;
/** A longer silence is a gap: the sample after it does not stand for all of it. */
const LONGEST_S = 15;

/** A sample counts for the time since the one before it, so it need not be known how many history has summed up. One of a step before the last changes nothing, nor one that is summed up already. */
export function withSteps(held: readonly TrackPoint[], samples: readonly TrackPoint[], stepS: number): TrackPoint[] {
  const points = [...held];
  for (const { at, values } of samples.toSorted((a, b) => a.at - b.at)) {
    const step = Math.floor(at / stepS) * stepS;
    const last = points.at(-1);
    const before = last?.running ?? null;
    if (last !== undefined && (step < last.at || (before !== null && at <= before.until))) continue;
    const lengthS = before === null ? USUAL_S : Math.min(LONGEST_S, at - before.until);
    if (last?.at !== step) points.push({ at: step, values: summary(values), running: { until: at, weightS: lengthS } });
    else points[points.length - 1] = joined(last, values, at, lengthS);
  }
  return points;
}

function joined(point: TrackPoint, sample: Values, at: number, lengthS: number): TrackPoint {
  const heldS = point.running?.weightS ?? at - point.at;
  const values = Object.fromEntries(PERF_FIELDS.map((field) => {
    const [held, { avg: value }] = [spreadOf(point, field), spreadOf({ at, values: sample }, field)];
    if (value === null) return [field, held];
    if (held.min === null || held.avg === null || held.max === null) return [field, { min: value, avg: value, max: value }];
    return [field, { min: Math.min(held.min, value), avg: (held.avg * heldS + value * lengthS) / (heldS + lengthS), max: Math.max(held.max, value) }];
  }));
  return { at: point.at, values, running: { until: at, weightS: heldS + lengthS } };
}

const summary = (values: Values): Values => Object.fromEntries(PERF_FIELDS.map((field) => [field, spreadOf({ at: 0, values }, field)]));

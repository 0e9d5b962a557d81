/** From events to stretches of time: what a host's liveness was over a range. */
import { LIVENESS_STATES, type Liveness, type LivenessState } from '../../../src/model/host/liveness.ts';
import { standstillMs } from '../../../src/model/host/standstill.ts';
import type { HostEventRow } from '../../../src/model/records/history.ts';
import { msOfTime } from '../../../src/model/time.ts';

/** Times are ms since 1970; `state` null: not known. */
export interface Stretch {
  state: LivenessState | null;
  from: number;
  to: number;
  /** False: at its end Drover began anew, or the host was removed; how long it was not watched before that, nobody knows. */
  sure: boolean;
}
export interface BandRange { from: number; to: number; /** Nothing older was read. */ readFrom: number }

/** `events`: newest first, of any kind. What is live now goes on to the end, stored or not; `now` null: the host was removed, nobody knows when. */
export function stretchesOf(events: readonly HostEventRow[], now: Pick<Liveness, 'state' | 'since'> | null, { from, to, readFrom }: BandRange): Stretch[] {
  const begin = Math.min(to, Math.max(from, readFrom));
  const found: Stretch[] = begin > from ? [{ state: null, from, to: begin, sure: true }] : [];
  const changes = events.filter(({ kind, ts }) => kind === 'liveness' && msOfTime(ts) > begin && msOfTime(ts) <= to)
    .map((event): Change => ({ at: msOfTime(event.ts), before: asState(event.from), after: asState(event.to), anew: event.from === null, awayMs: standstillMs(event.reason) })).reverse();
  const last = changes.at(-1);
  if (now !== null) {
    const since = Math.min(to, Math.max(begin, msOfTime(now.since)));
    // What was published a moment ago may not be stored yet.
    if (last === undefined || (last.after !== now.state && since > last.at)) changes.push({ at: since, before: last?.after ?? null, after: now.state, anew: false, awayMs: 0 });
  }
  let [at, state] = [begin, changes[0]?.before ?? null];
  for (const change of changes) {
    const left = Math.max(at, change.at - change.awayMs);
    if (left > at) found.push({ state, from: at, to: left, sure: !change.anew });
    if (change.at > left) found.push({ state: null, from: left, to: change.at, sure: true });
    [at, state] = [change.at, change.after];
  }
  if (to > at) found.push({ state, from: at, to, sure: now !== null });
  return found;
}

interface Change { at: number; before: LivenessState | null; after: LivenessState | null; anew: boolean; /** So long before it Drover itself stood still. */ awayMs: number }

/** The part of the known time until `now` that a host was in each state, most first; empty: nothing is known. */
export function sharesOf(stretches: readonly Stretch[], now: number): [state: LivenessState, part: number][] {
  const sums = new Map<LivenessState, number>();
  let known = 0;
  for (const { state, from, to, sure } of stretches) {
    const ms = Math.min(to, now) - from;
    if (state === null || !sure || ms <= 0) continue;
    sums.set(state, (sums.get(state) ?? 0) + ms);
    known += ms;
  }
  return [...sums].map(([state, ms]): [LivenessState, number] => [state, ms / known]).sort((a, b) => b[1] - a[1]);
}

function asState(word: string | null): LivenessState | null {
  return LIVENESS_STATES.find((state) => state === word) ?? null;
}

/** Behind one name another process may answer on a stream that never ended: an id that is given again is the sign. */
import { expect, test } from 'vitest';
import type { WireRow } from '../src/model/records/activity.ts';
import type { HostMark } from '../src/model/records/batch.ts';
import type { ReconcileEffect, ReconcileInput } from '../src/model/reconcile/effects.ts';
import { createReconciler } from '../src/model/reconcile/reconciler.ts';
import { row } from './support/rows.ts';

const timeOf = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000000Z`;
const stored = Array.from({ length: 10 }, (_, index) => row({ upstreamId: index + 1, ts: timeOf(index) }));
const wireRow = (upstreamId: number, minute: number): WireRow => {
  const { hostId: _, bootEpoch: __, ...rest } = row({ upstreamId, ts: timeOf(minute) });
  return rest;
};
/** Rows 1 to 10 of boot 1 are stored. */
const MARK: HostMark = {
  boots: [{ hostId: 'gpu1', bootEpoch: 1, floor: 1, next: 11, resumes: null, closed: false, generation: 3, highest: 10, lastTs: timeOf(9) }],
  settledAbove: [], rows: stored, gapped: [], gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null },
};

/** Answers whatever is asked with the ring of the moment. Gives the rows that were queued, by boot. */
function drive(act: (step: (input: ReconcileInput) => void, show: (ring: WireRow[]) => void) => void): [bootEpoch: number, upstreamId: number][] {
  let ids = 0;
  let mono = 0;
  let ring: WireRow[] = [];
  const reconciler = createReconciler({ hostId: 'gpu1', newId: () => `gap-${(ids += 1)}` });
  const taken: [number, number][] = [];
  const step = (input: ReconcileInput): void => {
    mono += 1_000;
    for (const effect of reconciler.step([input], { wall: Date.UTC(2026, 0, 1, 1) + mono, mono })) answer(effect);
  };
  const answer = (effect: ReconcileEffect): void => {
    if (effect.type === 'enqueue') taken.push(...effect.entry.rows.map(({ bootEpoch, upstreamId }): [number, number] => [bootEpoch, upstreamId]));
    if (effect.type === 'fetch') step({ type: 'fetched', fetchId: effect.fetchId, answer: { kind: 'rows', generation: 3, rows: ring, total: ring.length } });
    if (effect.type === 'read-mark') {
      const rows = stored.filter((known) => effect.ring.some(({ upstreamId, ts }) => upstreamId === known.upstreamId && ts === known.ts));
      step({ type: 'mark', readId: effect.readId, mark: { ...MARK, rows }, queued: { boots: [], rows: [], gaps: [], settled: [], held: [] } });
    }
    if (effect.type === 'timer' && effect.at !== null && effect.at <= mono + 1_000) step({ type: 'tick' });
  };
  act(step, (rows) => {
    ring = rows;
  });
  return taken;
}

test.each([['the host says nothing more', []], ['the next id follows', [4]]] as const)('an id that was stored before this connection is announced on it: a new boot, with all that its ring holds (%s)', (_name, more) => {
  const taken = drive((step, show) => {
    // The ring wrapped while nobody looked, so that it shows ids 4 to 10 alone.
    show(stored.slice(3).map(({ upstreamId }) => wireRow(upstreamId, upstreamId - 1)));
    step({ type: 'connected' });
    step({ type: 'log', source: 'proxy', text: 'the history\n' });
    show([wireRow(1, 40), wireRow(2, 41), wireRow(3, 42)]);
    step({ type: 'row-ready', upstreamId: 3 });
    if (more.length > 0) show([wireRow(1, 40), wireRow(2, 41), wireRow(3, 42), wireRow(4, 43)]);
    for (const id of more) step({ type: 'row-ready', upstreamId: id });
    step({ type: 'tick' });
    step({ type: 'tick' });
  });
  expect(taken).toEqual([1, 2, 3, ...more].map((id) => [2, id]));
});

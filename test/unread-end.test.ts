/** A connection that ends before its ring was read proves nothing of the boot: neither how much was lost at its end, nor that it goes on. */
import { expect, test } from 'vitest';
import type { WireRow } from '../src/model/records/activity.ts';
import type { HostMark } from '../src/model/records/batch.ts';
import type { Gap } from '../src/model/records/gap.ts';
import type { ReconcileEffect, ReconcileInput } from '../src/model/reconcile/effects.ts';
import { createReconciler } from '../src/model/reconcile/reconciler.ts';
import { row } from './support/rows.ts';

/** Rows 1 to 10 of boot 1 are stored. */
const MARK: HostMark = {
  boots: [{ hostId: 'gpu1', bootEpoch: 1, floor: 1, next: 11, resumes: null, closed: false, generation: 3, highest: 10, lastTs: '2026-01-01T00:00:10.000000Z' }],
  settledAbove: [], rows: [], gapped: [], gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null },
};

const timeOf = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000000Z`;
const stored = Array.from({ length: 10 }, (_, index) => row({ upstreamId: index + 1, ts: timeOf(index) }));
const wireRow = (upstreamId: number, minute: number): WireRow => {
  const { hostId: _, bootEpoch: __, ...rest } = row({ upstreamId, ts: timeOf(minute) });
  return rest;
};

/** Two connections; whatever the reconciler asks for is answered after the history has come. */
function drive(readFirst: boolean, histories = ['the history\n', 'another history\n']): Gap[] {
  let ids = 0;
  let mono = 0;
  const reconciler = createReconciler({ hostId: 'gpu1', newId: () => `gap-${(ids += 1)}` });
  const gaps: Gap[] = [];
  let ring: WireRow[] = [];
  const asked: ReconcileEffect[] = [];
  const settle = (): void => { for (let effect = asked.shift(); effect !== undefined; effect = asked.shift()) answer(effect); };
  const queued = { boots: [], rows: [], gaps: [], settled: [], held: [] };
  const step = (input: ReconcileInput): void => {
    mono += 1_000;
    asked.push(...reconciler.step([input], { wall: Date.UTC(2026, 0, 1, 1) + mono, mono }));
  };
  const answer = (effect: ReconcileEffect): void => {
    if (effect.type === 'gaps') gaps.push(...effect.gaps);
    if (effect.type === 'fetch') step({ type: 'fetched', fetchId: effect.fetchId, answer: { kind: 'rows', generation: 3, rows: ring, total: ring.length } });
    if (effect.type === 'read-mark') step({ type: 'mark', readId: effect.readId, mark: { ...MARK, rows: ring.length === 1 ? [] : stored }, queued: { ...queued, held: [] } });
    if (effect.type === 'timer' && effect.at !== null && effect.at <= mono + 1_000) step({ type: 'tick' });
  };
  // Boot 1 went on to id 20 while nobody looked; it ends cleanly, with nothing under way.
  ring = Array.from({ length: 20 }, (_, index) => wireRow(index + 1, index));
  step({ type: 'connected' });
  step({ type: 'log', source: 'proxy', text: histories[0]! });
  if (readFirst) settle();
  asked.length = 0;
  step({ type: 'ended', how: 'clean', inflight: 0 });
  ring = [wireRow(1, 40)];
  step({ type: 'connected' });
  step({ type: 'log', source: 'proxy', text: histories[1]! });
  step({ type: 'tick' });
  settle();
  return gaps.filter(({ toId }) => toId === null);
}

test('a clean end after the ring was read: what was under way', () => {
  expect(drive(true)).toMatchObject([{ lostMin: 0, lostMax: 0 }]);
});

test('a clean end before the ring was read: unbounded', () => {
  expect(drive(false)).toMatchObject([{ lostMin: 0, lostMax: null }]);
});

test('the process of a connection that ended before anything was decided is no boot\'s: the next one does not prove that the boot goes on', () => {
  const history = 'one\ntwo\nthree\nfour\n';
  expect(drive(false, [history, history])).toMatchObject([{ bootEpoch: 1, fromId: 11, toId: null, cause: 'restart' }]);
});

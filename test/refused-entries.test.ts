/** A ring that the queue takes in part: what is queued begins with the boot that it belongs to, or the rows would belong to none. */
import { expect, test } from 'vitest';
import { createReconciling } from '../src/actors/link/reconciling.ts';
import { createWriterQueue } from '../src/actors/writers/writer-queue.ts';
import { createSimHost } from '../src/demo/sim-host.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { ActivityEntry } from '../src/model/reconcile/effects.ts';
import { virtualClock } from './support/virtual-clock.ts';
import { seeded } from './support/wall.ts';

test('after a refused entry nothing further of that step is queued, and all of it when there is room', async () => {
  const clock = virtualClock();
  const random = seeded(1);
  const host = createSimHost({ clock, random, release: 'v250' });
  host.start();
  for (let left = 350; left > 0; left -= 1) host.record();
  const port = host.port();
  const queue = createWriterQueue();
  const taken: ActivityEntry[] = [];
  let refusals = 1;
  const reconciling = createReconciling({
    hostId: 'h', clock, newId: () => random.id(), limits: LIMITS.ring,
    store: { readMark: async () => ({ boots: [], settledAbove: [], rows: [], gapped: [], gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null } }) },
    queue: {
      ...queue,
      offerActivity(entry) {
        refusals -= 1;
        if (refusals >= 0) return 'refused';
        taken.push(entry);
        return queue.offerActivity(entry);
      },
    },
    get: (path) => port.get(path, { signal: new AbortController().signal, timeoutMs: 1_000 }),
    lowPriority: (granted) => granted(() => undefined),
    rows: () => undefined, gaps: () => undefined, totals: () => undefined, boot: () => undefined, wire: () => undefined, lagged: () => undefined, oddity: () => undefined,
    crash(error) { throw error; },
  });
  reconciling.input({ type: 'connected' });
  await clock.run(2_000);
  expect(refusals).toBe(0);
  expect(taken).toEqual([]);
  reconciling.input({ type: 'catch-up' });
  await clock.run(10_000);
  expect(taken[0]!.boots).toHaveLength(1);
  expect(taken.flatMap(({ rows }) => rows.map(({ upstreamId }) => upstreamId)).toSorted((one, other) => one - other)).toEqual(host.ring());
  reconciling.close();
});

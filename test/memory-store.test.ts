import { expect, test } from 'vitest';
import { createMemoryStore } from './sim/memory-store.ts';
import { storeConformance } from './store-conformance.ts';
import { counterRandom } from './support/counter-random.ts';
import { batch, boot, row } from './support/rows.ts';
import { virtualClock } from './support/virtual-clock.ts';

storeConformance('in memory', async () => {
  const store = createMemoryStore({ clock: virtualClock(), random: counterRandom() });
  return {
    store,
    activity: async () => store.activity(),
    gaps: async () => store.gaps(),
    counts: async () => {
      const { hostEvents, modelEvents, perf } = store.events();
      return { hostEvents: hostEvents.length, modelEvents: modelEvents.length, perf: perf.length, rejected: new Set(store.rejected().map(({ row: { hostId, upstreamId } }) => `${hostId}/${upstreamId}`)).size };
    },
    closeBoots: async (hostId) => store.closeBoots(hostId),
    close: async () => {},
  };
});

test('breaks before the commit and after it, and can be away', async () => {
  const store = createMemoryStore({ clock: virtualClock(), random: counterRandom() });
  store.faults.commits = ['lost', 'kept'];
  const lost = batch({ boots: [boot()], activity: [row({ upstreamId: 1 })] });
  const kept = batch({ boots: [boot()], activity: [row({ upstreamId: 2 })] });
  await expect(store.writeBatch(lost)).rejects.toMatchObject({ code: 'away' });
  await expect(store.writeBatch(kept)).rejects.toMatchObject({ code: 'away' });
  expect(store.activity().map(({ upstreamId }) => upstreamId)).toEqual([2]);
  store.faults.away = true;
  await expect(store.readMark('gpu1', [])).rejects.toMatchObject({ code: 'away' });
});

test('takes its time on the clock', async () => {
  const clock = virtualClock();
  const store = createMemoryStore({ clock, random: counterRandom() });
  store.faults.delayMs = 500;
  let written = false;
  const done = store.writeBatch(batch({ activity: [row()] })).then(() => (written = true));
  await clock.run(499);
  expect(written).toBe(false);
  await clock.run(1);
  expect(written).toBe(true);
  await done;
});

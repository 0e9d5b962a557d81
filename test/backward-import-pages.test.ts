/** The backward import page by page, on a virtual clock: nothing twice, nothing skipped, nobody hindered. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost } from '../src/demo/sim-types.ts';
import type { ActivityEntry } from '../src/model/reconcile/effects.ts';
import { seededRandom } from './sim/seeded-random.ts';
import { startLinked, watched, type Linked } from './support/linked.ts';

let linked: Linked;
let host: SimHost;
let port: ReturnType<typeof watched>;
const entries: ActivityEntry[] = [];
beforeEach(async () => {
  linked = await startLinked();
  entries.length = 0;
  host = createSimHost({ clock: linked.clock, random: seededRandom(9), requestLog: false, store: true });
  host.start();
});
afterEach(() => linked.stop());
const connect = async (): Promise<void> => {
  port = watched(host.port(), linked.clock);
  await linked.add('gpu1', port);
};
const drain = (): void => {
  const lane = linked.queue.lane('activity');
  for (let taken = lane.take(1_000); taken.length > 0; taken = lane.take(1_000)) {
    entries.push(...taken);
    lane.done();
  }
};
const ids = (of = entries): number[] => of.flatMap(({ rows }) => rows.map(({ upstreamId }) => upstreamId));
const ascending = (list: number[]): number[] => list.toSorted((a, b) => a - b);
const served = (): number[] => ascending(host.served().map(({ row }) => row.id));

test('all rows of a store with deleted stretches come once, while new ones push them to later pages', async () => {
  for (let i = 0; i < 6_000; i += 1) host.record(i < 4_500 && i % 1_500 === 700 ? { id: (host.ring().at(-1) ?? 0) + 900 } : {});
  await connect();
  for (let i = 0; i < 200; i += 1) {
    host.record();
    await linked.clock.run(100);
    drain();
  }
  await linked.clock.run(5_000);
  drain();
  expect(ascending(ids())).toEqual(served());
  const imported = entries.filter(({ origin }) => origin === 'import');
  expect(ids(imported).length).toBeGreaterThan(4_000);
  expect(imported.at(-1)!.floor).toBe(1);
  expect(entries.flatMap(({ gaps }) => gaps)).toEqual([]);
  const shown = new Set(linked.activity.flatMap((frame) => frame.ids));
  expect(ids(imported).filter((id) => shown.has(id))).toEqual([]);
  // When the end is reached nothing more is asked for.
  const asked = port.gets.length;
  await linked.clock.run(20_000);
  expect(port.gets.slice(asked).filter(({ path }) => path.startsWith('/api/metrics/activity'))).toEqual([]);
});

test('waits while the writers do not keep up; live rows do not', async () => {
  for (let i = 0; i < 8_000; i += 1) host.record();
  await connect();
  await linked.clock.run(60_000);
  const { queued } = linked.queue.figures();
  expect(queued).toBeGreaterThan(1_998);
  expect(queued).toBeLessThan(4_000);
  const live = host.record()!;
  await linked.clock.run(1_000);
  expect(linked.activity.at(-1)!.ids).toEqual([live.id]);
  for (let i = 0; i < 20; i += 1) {
    drain();
    await linked.clock.run(2_000);
  }
  drain();
  expect(ascending(ids())).toEqual(served());
});

test('a page that the queue refuses is fetched again when there is room', async () => {
  for (let i = 0; i < 6_000; i += 1) host.record();
  const { offerActivity } = linked.queue;
  let refusals = 0;
  let full = true;
  linked.queue.offerActivity = (entry) => {
    // From the middle of a page on.
    if (full && entry.origin === 'import' && entry.rows[0]!.upstreamId < 4_500) {
      refusals += 1;
      return 'refused';
    }
    return offerActivity(entry);
  };
  await connect();
  for (let i = 0; i < 30; i += 1) {
    await linked.clock.run(1_000);
    drain();
    if (i !== 10) continue;
    full = false;
    linked.directory.tell('gpu1', { type: 'catch-up' });
  }
  drain();
  expect(refusals).toBeGreaterThan(0);
  expect(ascending(ids())).toEqual(served());
  // None of it was taken for a hole.
  expect(entries.filter(({ origin }) => origin === 'live')).toEqual([]);
  expect(entries.flatMap(({ gaps }) => gaps)).toEqual([]);
});

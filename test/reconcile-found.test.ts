/** Days that random histories found, each made short. */
import { expect, test } from 'vitest';
import type { SimHost } from '../src/demo/sim-types.ts';
import type { HostPlan } from './sim/history.ts';
import { brokenLaws } from './sim/laws.ts';
import { act, createDay, liveDays, passes, plan, serve, world } from './sim/day.ts';

liveDays();

const stored = (): string[] => world!.store.activity('h0').map(({ bootEpoch, upstreamId }) => `${bootEpoch}/${upstreamId}`);
const gaps = (): { bootEpoch: number; fromId: number | null; toId: number | null; cause: string }[] =>
  world!.store.gaps('h0').map(({ bootEpoch, fromId, toId, cause }) => ({ bootEpoch, fromId, toId, cause }));

/** Beside it a host of the second generation. */
async function begin(one: HostPlan, queueBytes?: number): Promise<SimHost> {
  const { hosts } = createDay([one, plan({ release: 'v217' })], queueBytes);
  await passes(2);
  return hosts[0]!;
}
async function lawsHold(): Promise<void> {
  await world!.heal();
  expect(brokenLaws(world!)).toEqual([]);
}

test('a boot without rows is not left because its first announcements were dropped', async () => {
  const host = await begin(plan({ requestLog: false }));
  host.dropNext(4, { kinds: ['activity'], aftermath: false });
  act({ do: 'unreachable', host: 0, fault: 'hang', forMs: 60_000 });
  serve(host, 8);
  await passes(120);
  expect(stored()).toEqual(['1/1', '1/2', '1/3', '1/4', '1/5', '1/6', '1/7', '1/8']);
  expect(gaps()).toEqual([]);
  await lawsHold();
});

test('a boot that was announced further than the ring now goes is over: its rows are lost, and nothing else', async () => {
  const host = await begin(plan({ requestLog: false }));
  act({ do: 'unreachable', host: 0, fault: 'hang', forMs: 20_000 });
  serve(host, 8);
  await passes(1);
  host.restart('kill', { downMs: 50 });
  await passes(1);
  serve(host, 2);
  await passes(120);
  expect(stored()).toEqual(['2/1', '2/2']);
  expect(gaps()).toEqual([{ bootEpoch: 1, fromId: 1, toId: 8, cause: 'restart' }, { bootEpoch: 1, fromId: 9, toId: null, cause: 'restart' }]);
});

test('a boot that goes on with a store is met anew while the database is away: no row twice', async () => {
  const host = await begin(plan({ store: true }));
  serve(host, 1);
  await passes(5);
  host.upgrade('v235', { downMs: 500 });
  await passes(30);
  host.upgrade('v250', { downMs: 500 });
  await passes(30);
  act({ do: 'store-away', forMs: 60_000 });
  act({ do: 'kill-drover', downMs: 10 });
  await passes(120);
  serve(host, 1);
  await passes(5);
  expect(stored()).toEqual(['1/1', '3/2']);
  expect(gaps().filter(({ toId }) => toId !== null)).toEqual([]);
  await lawsHold();
});

test('a host that is added again begins where its old boot ends: no row twice', async () => {
  const host = await begin(plan());
  serve(host, 3);
  await passes(2);
  act({ do: 'kill-drover', downMs: 1_000 });
  world!.store.closeBoots('h0');
  await passes(10);
  serve(host, 2);
  await passes(5);
  expect(stored()).toEqual(['1/1', '1/2', '1/3', '2/4', '2/5']);
  await lawsHold();
});

test('a process in which no row was met yet is not the boot\'s: the next connection to it proves nothing', async () => {
  const host = await begin(plan());
  serve(host, 2);
  await passes(2);
  act({ do: 'kill-drover', downMs: 5_000 });
  host.restart('kill', { downMs: 50 });
  await passes(60);
  host.endStreams('cut');
  await passes(60);
  serve(host, 3);
  await passes(5);
  expect(stored()).toEqual(['1/1', '1/2', '2/1', '2/2', '2/3']);
  await lawsHold();
});

test.each(['connected', 'not connected'])('nor one that was met while the database was away (%s when it is back)', async (then) => {
  const host = await begin(plan());
  serve(host, 2);
  await passes(2);
  act({ do: 'store-away', forMs: 100_000 });
  act({ do: 'kill-drover', downMs: 5_000 });
  host.restart('kill', { downMs: 50 });
  await passes(60);
  host.endStreams('cut');
  await passes(30);
  if (then === 'not connected') act({ do: 'unreachable', host: 0, fault: 'refuse', forMs: 30_000 });
  await passes(60);
  host.endStreams('cut');
  await passes(60);
  serve(host, 3);
  await passes(5);
  expect(stored()).toEqual(['1/1', '1/2', '2/1', '2/2', '2/3']);
  await lawsHold();
});

test.each([['v217', 0], ['v250', 1]] as const)('what a full queue refused of a boot met without the database is no loss of the boot before it (%s)', async (release, low) => {
  const host = await begin(plan({ release }), 200_000);
  serve(host, 2);
  await passes(2);
  act({ do: 'store-away', forMs: 100_000 });
  act({ do: 'kill-drover', downMs: 5_000 });
  host.restart('kill', { downMs: 50 });
  await passes(60);
  act({ do: 'rows', host: 1, count: 1_500, everyMs: 1, kind: 'plain' });
  await passes(10);
  serve(host, 8);
  await passes(60);
  expect(stored()).toEqual([low, low + 1].map((id) => `1/${id}`).concat(Array.from({ length: 8 }, (_, id) => `2/${low + id}`)));
  expect(gaps()).toEqual([{ bootEpoch: 1, fromId: low + 2, toId: null, cause: 'restart' }]);
  await lawsHold();
});

test('ids announced without a ring and without the database go on with the boot before', async () => {
  const host = await begin(plan({ release: 'v238', ring: 0 }));
  serve(host, 20);
  await passes(10);
  act({ do: 'store-away', forMs: 100_000 });
  act({ do: 'kill-drover', downMs: 2_000 });
  await passes(20);
  serve(host, 1);
  await passes(120);
  expect(gaps()).toEqual([{ bootEpoch: 1, fromId: 1, toId: 20, cause: 'wrap' }, { bootEpoch: 1, fromId: 21, toId: 21, cause: 'wrap' }]);
  await lawsHold();
});

test('ids that lie between a boot and one met without the database may be of both: how many are lost nobody knows', async () => {
  const host = await begin(plan({ release: 'v220', ring: 1 }));
  serve(host, 1);
  await passes(2);
  act({ do: 'store-away', forMs: 100_000 });
  serve(host, 8);
  await passes(2);
  host.restart('kill', { downMs: 50 });
  act({ do: 'kill-drover', downMs: 2_000 });
  await passes(20);
  host.dropNext(5, { kinds: ['metrics'], aftermath: false });
  act({ do: 'rows', host: 0, count: 20, everyMs: 300, kind: 'plain' });
  await passes(120);
  expect(world!.store.gaps('h0').map(({ fromId, toId, lostMin, lostMax }) => ({ fromId, toId, lostMin, lostMax }))).toEqual([{ fromId: 1, toId: 4, lostMin: 4, lostMax: null }]);
  await lawsHold();
});

test('a message that the host never let out is no row that anybody could have seen', async () => {
  const host = await begin(plan({ release: 'v235', ring: 0 }));
  host.reverseNext(7);
  host.record();
  host.restart('term', { downMs: 500 });
  expect(host.served().map(({ shown }) => shown)).toEqual([false]);
  await passes(30);
  host.reverseNext(2);
  serve(host, 2);
  await passes(5);
  expect(host.served().map(({ shown }) => shown)).toEqual([false, true, true]);
});

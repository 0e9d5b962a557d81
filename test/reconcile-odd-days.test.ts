/** Days of hosts that change: another release, another process, another machine, a store that goes and comes. */
import { expect, test } from 'vitest';
import type { Release } from '../src/demo/releases.ts';
import { canonicalTime } from '../src/model/time.ts';
import { act, begin, boots, gaps, ids, lawsHold, liveDays, passes, plan, range, serve, world } from './sim/day.ts';

liveDays();

test('a restart that repeats a row to the byte: two rows', async () => {
  const { hosts: [host], clock } = await begin(plan());
  await clock.run(1_000 - (clock.now() % 1_000));
  const row = host!.record({ status: 404, model: 'no-such-model', durationMs: 0, inputTokens: 0, outputTokens: 0 });
  await passes(0.3);
  host!.restart('kill', { downMs: 5 });
  host!.record();
  await clock.run(10);
  host!.recordTwin({ ...row! });
  await passes(60);
  const twins = world!.store.activity().filter(({ model }) => model === 'no-such-model');
  expect(twins.map(({ bootEpoch, upstreamId }) => [bootEpoch, upstreamId])).toEqual([[1, 1], [2, 1]]);
});

test('a store outlives SIGKILL: one boot', async () => {
  const { hosts: [host] } = await begin(plan({ store: true }));
  serve(host!, 4);
  await passes(2);
  host!.restart('kill', { downMs: 300 });
  await passes(40);
  serve(host!, 2);
  await passes(10);
  expect(boots()).toEqual([1]);
  expect(ids(1)).toEqual(range(1, 6));
  expect(gaps()).toEqual([]);
});

test('a downgrade and back to the store: its rows are not stored again', async () => {
  const { hosts: [host] } = await begin(plan({ store: true }));
  serve(host!, 4);
  await passes(2);
  host!.upgrade('v208', { downMs: 300 });
  await passes(40);
  serve(host!, 2);
  await passes(10);
  host!.upgrade('v250', { downMs: 300 });
  await passes(40);
  serve(host!, 3);
  await passes(10);
  expect(ids(1)).toEqual(range(1, 4));
  expect(ids(2)).toEqual([0, 1]);
  expect(ids(3)).toEqual(range(5, 7));
  expect(world!.store.boots('h0').map(({ resumes }) => resumes)).toEqual([1, null, null]);
  await lawsHold();
});

test('a downgrade and back, each while nobody looks: the boot between ends after it began', async () => {
  const { hosts: [host] } = await begin(plan({ store: true }));
  serve(host!, 4);
  await passes(2);
  act({ do: 'kill-drover', downMs: 3_000 });
  serve(host!, 2);
  await passes(2);
  host!.upgrade('v208');
  await passes(5);
  serve(host!, 2);
  await passes(2);
  act({ do: 'kill-drover', downMs: 3_000 });
  await passes(1);
  serve(host!, 3);
  const lost = host!.served().slice(-3);
  await passes(1);
  host!.upgrade('v250');
  await passes(40);
  expect([ids(1), ids(2), ids(3)]).toEqual([range(1, 4), [0, 1], [5, 6]]);
  const gap = world!.store.gaps('h0').find(({ bootEpoch, toId }) => bootEpoch === 2 && toId === null);
  expect(gap).toMatchObject({ fromId: 2, lostMin: 0, lostMax: null });
  for (const { row } of lost) expect([gap!.fromTs! < canonicalTime(row.timestamp)!, canonicalTime(row.timestamp)! < gap!.toTs!]).toEqual([true, true]);
  await lawsHold();
});

test('a row announced and not read before a downgrade: the store brings it back, so that it was never lost for certain', async () => {
  const { hosts: [host] } = await begin(plan({ store: true }));
  serve(host!, 4);
  await passes(2);
  serve(host!, 1);
  await passes(0.03);
  host!.upgrade('v208');
  await passes(5);
  expect(gaps().map(({ fromId, toId, lostMin }) => ({ fromId, toId, lostMin }))).toEqual([{ fromId: 5, toId: 5, lostMin: 0 }, { fromId: 6, toId: null, lostMin: 0 }]);
  host!.upgrade('v250');
  await passes(40);
  expect(ids(3)).toEqual([5]);
  await lawsHold();
});

test('v208, v235, v250 and v208 again at one port', async () => {
  const { hosts: [host] } = await begin(plan({ release: 'v208' }));
  for (const release of ['v235', 'v250', 'v208', null] as (Release | null)[]) {
    serve(host!, 3);
    await passes(5);
    if (release !== null) host!.upgrade(release, { downMs: 500 });
    await passes(40);
  }
  expect([ids(1), ids(2), ids(3), ids(4)]).toEqual([range(0, 2), range(0, 2), range(1, 3), range(0, 2)]);
  expect(gaps().map(({ cause, lostMin }) => ({ cause, lostMin }))).toEqual(Array.from({ length: 3 }, () => ({ cause: 'restart', lostMin: 0 })));
});

test('two machines behind one name: what was met before is not stored again', async () => {
  const { hosts: [host, other] } = await begin(plan(), plan());
  serve(host!, 4);
  serve(other!, 6);
  await passes(2);
  expect(world!.store.activity('h0')).toHaveLength(4);
  for (const machine of [other, null, other, null]) {
    host!.fault(machine === null ? null : { kind: 'other-host', host: machine! });
    host!.endStreams('cut');
    other!.endStreams('cut');
    await passes(40);
  }
  serve(host!, 2);
  await passes(10);
  const rows = world!.store.activity('h0');
  expect(rows).toHaveLength(4 + 6 + 2);
  expect(new Set(rows.map((row) => `${row.upstreamId} ${row.ts} ${row.durationMs} ${row.inputTokens}`)).size).toBe(12);
});

test('a ring of several pages, met whole and caught up whole', async () => {
  const { hosts: [host] } = await begin(plan({ ring: 3_000 }));
  act({ do: 'unreachable', host: 0, fault: 'refuse', forMs: 5_000 });
  serve(host!, 2_500);
  await passes(60);
  expect(ids(1)).toEqual(range(1, 2_500));
  act({ do: 'unreachable', host: 0, fault: 'refuse', forMs: 5_000 });
  serve(host!, 1_500);
  await passes(60);
  expect(ids(1)).toEqual(range(1, 4_000));
  expect(gaps()).toEqual([]);
});

test('in flight at a clean end: that many may be lost', async () => {
  const { hosts: [host] } = await begin(plan({ release: 'v235' }));
  serve(host!, 2);
  host!.request({ durationMs: 600_000 });
  host!.request({ durationMs: 600_000 });
  await passes(5);
  host!.restart('term', { downMs: 500 });
  await passes(40);
  serve(host!, 1);
  await passes(5);
  expect(gaps()).toEqual([{ bootEpoch: 1, fromId: 2, toId: null, lostMin: 0, lostMax: 2, cause: 'restart' }]);
});

test('a wrap while Drover was dead: how much is lost nobody knows, since the process may be another', async () => {
  const { hosts: [host] } = await begin(plan({ release: 'v235', ring: 10 }));
  serve(host!, 5);
  await passes(2);
  act({ do: 'kill-drover', downMs: 5_000 });
  serve(host!, 30);
  await passes(30);
  expect(gaps()).toEqual([{ bootEpoch: 1, fromId: 5, toId: 24, lostMin: 20, lostMax: null, cause: 'wrap' }]);
});

test('a store that comes back while the database is away: its rows are not stored again', async () => {
  const { hosts: [host] } = await begin(plan({ store: true }));
  serve(host!, 4);
  await passes(2);
  host!.upgrade('v208', { downMs: 300 });
  await passes(40);
  serve(host!, 2);
  await passes(10);
  act({ do: 'store-away', forMs: 200_000 });
  host!.upgrade('v250', { downMs: 300 });
  await passes(40);
  serve(host!, 3);
  await passes(200);
  expect([ids(1), ids(2), ids(3)]).toEqual([range(1, 4), [0, 1], range(5, 7)]);
  expect(world!.store.boots('h0')[0]).toMatchObject({ bootEpoch: 3, floor: 5, resumes: 1 });
  await lawsHold();
});

test('ids that begin again behind a ring that is off', async () => {
  const { hosts: [host] } = await begin(plan({ release: 'v235', ring: 0 }));
  serve(host!, 3);
  await passes(2);
  host!.reload();
  await passes(40);
  serve(host!, 2);
  await passes(10);
  expect([ids(1), ids(2)]).toEqual([range(0, 2), range(0, 1)]);
  expect(gaps().map(({ cause, lostMin }) => ({ cause, lostMin }))).toEqual([{ cause: 'reload', lostMin: 0 }]);
});

test('a small ring that has passed the ids that begin again: they were announced', async () => {
  const { hosts: [host] } = await begin(plan({ ring: 5, requestLog: false }));
  serve(host!, 1);
  await passes(2);
  host!.restart('kill', { downMs: 5 });
  await passes(40);
  serve(host!, 20);
  await passes(10);
  expect([ids(1), ids(2)]).toEqual([[1], range(16, 20)]);
  expect(gaps().map(({ bootEpoch, fromId, toId, lostMin }) => ({ bootEpoch, fromId, toId, lostMin }))).toEqual([
    { bootEpoch: 1, fromId: 2, toId: null, lostMin: 0 },
    { bootEpoch: 2, fromId: 1, toId: 15, lostMin: 15 },
  ]);
});

/** The days that killed simpler rules of reconciling, each lived through by real links on a virtual clock. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Release } from '../src/demo/releases.ts';
import type { SimHost } from '../src/demo/sim-types.ts';
import type { Gap } from '../src/model/records/gap.ts';
import { canonicalTime } from '../src/model/time.ts';
import type { HostPlan, SimEvent } from './sim/history.ts';
import { brokenLaws } from './sim/laws.ts';
import { REFUSED_MODEL, createWorld, type World } from './sim/world.ts';

let world: World | null = null;
afterEach(() => {
  world?.end();
  world = null;
});

const SECOND = 1_000;
const plan = (more: Partial<HostPlan> = {}): HostPlan => ({ release: 'v250', ring: 1_000, store: false, requestLog: true, ...more });

/** A fleet that has been live for two seconds. */
async function begin(...hosts: HostPlan[]): Promise<World> {
  world = createWorld({ seed: 7, hosts, queueBytes: 64 * 1024 * 1024, lengthMs: 0, events: [] });
  await world.clock.run(2 * SECOND);
  return world;
}

const serve = (host: SimHost, count: number): void => {
  for (let i = 0; i < count; i++) host.record();
};
type Act<T> = T extends unknown ? Omit<T, 'at'> : never;
const act = (event: Act<SimEvent>): void => world!.act({ at: 0, ...event });
const passes = (seconds: number): Promise<void> => world!.clock.run(seconds * SECOND);
/** The watcher's line loses deltas: what it lost last shows with the next one, at the latest with the next contact. */
async function lawsHold(): Promise<void> {
  world!.watcher.heal();
  await passes(30);
  expect(brokenLaws(world!)).toEqual([]);
}
const ids = (bootEpoch: number, host = 'h0'): number[] => world!.store.activity(host).filter((row) => row.bootEpoch === bootEpoch).map((row) => row.upstreamId);
const boots = (host = 'h0'): number[] => world!.store.boots(host).map(({ bootEpoch }) => bootEpoch).reverse();
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const gaps = (host = 'h0'): Pick<Gap, 'bootEpoch' | 'fromId' | 'toId' | 'lostMin' | 'lostMax' | 'cause'>[] =>
  world!.store.gaps(host).map(({ bootEpoch, fromId, toId, lostMin, lostMax, cause }) => ({ bootEpoch, fromId, toId, lostMin, lostMax, cause }));
const marks = (host = 'h0'): { floor: number; next: number }[] => world!.store.boots(host).map(({ floor, next }) => ({ floor, next })).reverse();

const first: Record<Release, number> = { 'v170': 0, 'v208': 0, 'v217': 0, 'v220': 0, 'v235': 0, 'v238': 1, 'v240': 1, 'v250': 1, 'after-v250': 1 };
const EACH: Release[] = ['v208', 'v235', 'v250'];

describe.each(EACH)('%s', (release) => {
  const low = first[release];

  test('an idle host through ten blips: one boot, no gap', async () => {
    const { hosts: [host] } = await begin(plan({ release }));
    serve(host!, 3);
    await passes(2);
    for (let blip = 0; blip < 10; blip++) {
      host!.endStreams(blip % 2 === 0 ? 'cut' : 'complete');
      await passes(40);
    }
    expect(boots()).toEqual([1]);
    expect(ids(1)).toEqual(range(low, low + 2));
    expect(gaps()).toEqual([]);
    await lawsHold();
  });

  test('the ring wraps while Drover is away: the lost stretch, to the id', async () => {
    const { hosts: [host] } = await begin(plan({ release, ring: 20 }));
    serve(host!, 12);
    await passes(2);
    act({ do: 'unreachable', host: 0, fault: 'refuse', forMs: 5_000 });
    serve(host!, 35);
    await passes(60);
    serve(host!, 8);
    await passes(10);
    expect(boots()).toEqual([1]);
    expect(ids(1)).toEqual([...range(low, low + 11), ...range(low + 27, low + 54)]);
    expect(gaps()).toEqual([{ bootEpoch: 1, fromId: low + 12, toId: low + 26, lostMin: 15, lostMax: 15, cause: 'wrap' }]);
    expect(marks()).toEqual([{ floor: low, next: low + 55 }]);
  });

  test('killed and started again: the same ids are stored again, the end of the boot is only possibly lost', async () => {
    const { hosts: [host] } = await begin(plan({ release }));
    serve(host!, 3);
    await passes(2);
    host!.restart('kill', { downMs: 300 });
    await passes(60);
    serve(host!, 2);
    await passes(10);
    expect(ids(1)).toEqual(range(low, low + 2));
    expect(ids(2)).toEqual(range(low, low + 1));
    expect(gaps()).toEqual([{ bootEpoch: 1, fromId: low + 3, toId: null, lostMin: 0, lostMax: null, cause: 'restart' }]);
    await lawsHold();
  });

  test('Drover is killed: nothing twice, nothing lost', async () => {
    const { hosts: [host] } = await begin(plan({ release }));
    serve(host!, 5);
    act({ do: 'kill-drover', downMs: 3_000 });
    serve(host!, 5);
    await passes(30);
    expect(boots()).toEqual([1]);
    expect(ids(1)).toEqual(range(low, low + 9));
    expect(gaps()).toEqual([]);
  });

  test('Drover is killed while the row of a dropped event is still missing: the ring has it', async () => {
    const { hosts: [host] } = await begin(plan({ release }));
    serve(host!, 2);
    await passes(2);
    host!.dropNext(1, { kinds: ['metrics', 'activity'], aftermath: false });
    serve(host!, 4);
    await passes(1);
    if (release !== 'v250') expect(marks()).toEqual([{ floor: low, next: low + 2 }]);
    act({ do: 'kill-drover', downMs: 3_000 });
    await passes(30);
    expect(ids(1).toSorted((a, b) => a - b)).toEqual(range(low, low + 5));
    expect(marks()).toEqual([{ floor: low, next: low + 6 }]);
    expect(gaps()).toEqual([]);
  });

  test('without a ring: what the stream said is stored once, through blips', async () => {
    const { hosts: [host] } = await begin(plan({ release, ring: 0 }));
    for (let blip = 0; blip < 3; blip++) {
      serve(host!, 2);
      await passes(60);
      host!.endStreams('complete');
      await passes(40);
    }
    expect(boots()).toEqual([1]);
    // Generation 3 only says that there is a row: with the ring off nobody can have it.
    expect(ids(1)).toEqual(release === 'v250' ? [] : range(0, 5));
    expect(gaps().reduce((sum, gap) => sum + gap.lostMin, 0)).toBe(release === 'v250' ? 6 : 0);
    await lawsHold();
  });

  test('events that never came are fetched after two seconds', async () => {
    const { hosts: [host] } = await begin(plan({ release }));
    serve(host!, 2);
    host!.dropNext(3, { kinds: ['metrics', 'activity'], aftermath: false });
    serve(host!, 6);
    await passes(1);
    if (release !== 'v250') expect(ids(1)).not.toContain(low + 3);
    await passes(4);
    expect(ids(1)).toEqual(range(low, low + 7));
    expect(gaps()).toEqual([]);
  });

  test('the database away at first connect', async () => {
    world = createWorld({ seed: 7, hosts: [plan({ release })], queueBytes: 64 * 1024 * 1024, lengthMs: 0, events: [] });
    const { hosts: [host], store } = world;
    act({ do: 'store-away', forMs: 120_000 });
    serve(host!, 3);
    await passes(5);
    serve(host!, 3);
    await passes(60);
    expect(store.activity()).toEqual([]);
    await passes(70);
    expect(boots()).toEqual([1]);
    expect(ids(1)).toEqual(range(low, low + 5));
    expect(gaps()).toEqual([]);
  });

  test('the database away at a reconnect', async () => {
    const { hosts: [host] } = await begin(plan({ release }));
    serve(host!, 3);
    await passes(2);
    act({ do: 'store-away', forMs: 120_000 });
    host!.endStreams('cut');
    await passes(40);
    serve(host!, 3);
    await passes(100);
    expect(boots()).toEqual([1]);
    expect(ids(1)).toEqual(range(low, low + 5));
    expect(gaps()).toEqual([]);
  });

  test("the database away across a host's restart, and across Drover's own", async () => {
    const { hosts: [host] } = await begin(plan({ release }));
    serve(host!, 3);
    await passes(2);
    act({ do: 'store-away', forMs: 300_000 });
    host!.restart('kill', { downMs: 300 });
    await passes(40);
    serve(host!, 2);
    await passes(5);
    act({ do: 'kill-drover', downMs: 1_000 });
    await passes(60);
    serve(host!, 2);
    await passes(5);
    host!.restart('kill', { downMs: 300 });
    await passes(40);
    serve(host!, 1);
    await passes(200);
    expect(ids(1)).toEqual(range(low, low + 2));
    expect(ids(2)).toEqual(range(low, low + 3));
    expect(ids(3)).toEqual([low]);
    expect(gaps().map(({ bootEpoch, toId, lostMin }) => ({ bootEpoch, toId, lostMin }))).toEqual([{ bootEpoch: 1, toId: null, lostMin: 0 }, { bootEpoch: 2, toId: null, lostMin: 0 }]);
    await lawsHold();
  });

  test('a persister that crashes with a hundred rows queued on a quiet host: all stored, without a reconnect', async () => {
    const { hosts: [host] } = await begin(plan({ release }));
    serve(host!, 100);
    await passes(0.1);
    act({ do: 'kill-persister' });
    await passes(3);
    expect(ids(1)).toEqual(range(low, low + 99));
    expect(host!.streams).toBe(1);
  });

  test.each(['lost', 'kept'] as const)('the database breaks at a commit (%s): no crash, and the batch is written again, once', async (outcome) => {
    const { hosts: [host], crashes } = await begin(plan({ release }));
    act({ do: 'store-commit', outcome });
    serve(host!, 100);
    await passes(3);
    expect(ids(1)).toEqual(range(low, low + 99));
    expect(crashes).toEqual([]);
  });

  test('a persister that crashes with a batch in its hands, which the store lost: all stored', async () => {
    const { hosts: [host], store } = await begin(plan({ release }));
    store.faults.delayMs = 400;
    serve(host!, 100);
    // Its mark has been read, and the write is under way.
    await passes(0.9);
    act({ do: 'store-commit', outcome: 'lost' });
    act({ do: 'kill-persister' });
    store.faults.delayMs = 2;
    await passes(3);
    expect(ids(1)).toEqual(range(low, low + 99));
    expect(host!.streams).toBe(1);
  });

  test('a row that the store refuses is a gap of one and holds up nobody', async () => {
    const { hosts: [a, b] } = await begin(plan({ release: 'v250' }), plan({ release }));
    a!.record({ model: REFUSED_MODEL });
    serve(b!, 999);
    await passes(5);
    expect(ids(1, 'h1')).toEqual(range(low, low + 998));
    expect(gaps('h0')).toEqual([{ bootEpoch: 1, fromId: 1, toId: 1, lostMin: 1, lostMax: 1, cause: 'rejected' }]);
    a!.record();
    a!.endStreams('cut');
    await passes(40);
    expect(boots('h0')).toEqual([1]);
    expect(ids(1, 'h0')).toEqual([2]);
    expect(marks('h0')).toEqual([{ floor: 1, next: 3 }]);
  });
});

test.each([['v208', 2], ['v220', 2], ['v235', 2], ['v250', 1]] as [Release, number][])('a reload of %s: boots in all %i', async (release, count) => {
  const { hosts: [host] } = await begin(plan({ release }));
  serve(host!, 3);
  await passes(2);
  host!.reload();
  await passes(40);
  serve(host!, 2);
  await passes(10);
  expect(boots()).toEqual(range(1, count));
  const low = first[release];
  if (count === 1) expect(ids(1)).toEqual(range(low, low + 4));
  else expect([ids(1), ids(2)]).toEqual([range(low, low + 2), range(low, low + 1)]);
  // A reload of v208 empties history and ring alike, so that it counts as a restart.
  expect(gaps().map(({ cause }) => cause)).toEqual(count === 1 ? [] : [release === 'v208' ? 'restart' : 'reload']);
});

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

test.each(EACH)('a ring of %s that passed rows whose events were dropped: a gap in the middle of a connection', async (release) => {
  const { hosts: [host] } = await begin(plan({ release, ring: 10 }));
  serve(host!, 5);
  await passes(2);
  host!.dropNext(30, { kinds: ['metrics', 'activity'], aftermath: false });
  serve(host!, 32);
  await passes(10);
  const low = first[release];
  expect(boots()).toEqual([1]);
  expect(gaps()).toEqual([{ bootEpoch: 1, fromId: low + 5, toId: low + 26, lostMin: 22, lostMax: 22, cause: 'wrap' }]);
  expect(ids(1)).toEqual([...range(low, low + 4), ...range(low + 27, low + 36)]);
  expect(marks()).toEqual([{ floor: low, next: low + 37 }]);
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

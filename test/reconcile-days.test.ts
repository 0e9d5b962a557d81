/** The days that killed simpler rules of reconciling, each lived through by each generation of hosts. */
import { describe, expect, test } from 'vitest';
import type { Release } from '../src/demo/releases.ts';
import { act, begin, boots, createDay, gaps, ids, lawsHold, liveDays, marks, passes, plan, range, serve } from './sim/day.ts';
import { REFUSED_MODEL } from './sim/world.ts';

liveDays();

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
    const { hosts: [host], store } = createDay([plan({ release })]);
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

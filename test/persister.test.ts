/** Persisters on a virtual clock against the store in memory (which the conformance suite holds to PostgreSQL). */
import { afterEach, describe, expect, test } from 'vitest';
import type { ChildContext } from '../src/actors/child.ts';
import type { PersisterLane, PersisterOptions } from '../src/actors/writers/persister.ts';
import { persister } from '../src/actors/writers/persister.ts';
import { createWriterQueue } from '../src/actors/writers/writer-queue.ts';
import type { Batch } from '../src/model/records/batch.ts';
import { StoreError } from '../src/model/records/batch.ts';
import type { Gap } from '../src/model/records/gap.ts';
import type { ActivityEntry } from '../src/model/reconcile/effects.ts';
import type { Store } from '../src/model/seams.ts';
import { createMemoryStore } from './sim/memory-store.ts';
import { counterRandom } from './support/counter-random.ts';
import { boot, gap, row, sample } from './support/rows.ts';
import { virtualClock } from './support/virtual-clock.ts';

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);
const entry = (ids: number[], more: Partial<ActivityEntry> = {}): ActivityEntry => ({
  hostId: 'gpu1', bootEpoch: 1, origin: 'live', generation: 2, boots: [], gaps: [], settled: [], floor: null,
  rows: ids.map((upstreamId) => row({ upstreamId })), ...more,
});

function workshop(over: Partial<Store> = {}, queueOptions: { maxBytes?: number } = {}) {
  const clock = virtualClock();
  const memory = createMemoryStore({ clock, random: counterRandom() });
  const queue = createWriterQueue(queueOptions);
  const batches: Batch[] = [];
  const store: Store = {
    ...memory,
    ...over,
    async writeBatch(batch) {
      batches.push(batch);
      return await (over.writeBatch ?? memory.writeBatch)(batch);
    },
  };
  const listeners = new Set<(ready: boolean) => void>();
  const rejected: Gap[] = [];
  const caughtUp: (string[] | null)[] = [];
  const states: string[] = [];
  const crashes: unknown[] = [];
  let incarnation = 0;
  let live: { stop(): void; shutdown(): void; ended(): boolean } | null = null;
  const options = (lane: PersisterLane): PersisterOptions => ({
    lane, queue, store,
    database: { ready: () => !memory.faults.away, subscribe(listener) { listeners.add(listener); return () => listeners.delete(listener); } },
    onRejected: (gaps) => rejected.push(...gaps),
    onCatchUp: (hosts) => void caughtUp.push(hosts),
  });
  return {
    clock, memory, queue, batches, rejected, caughtUp, states, crashes,
    start(lane: PersisterLane = 'activity') {
      const abort = new AbortController();
      const context: ChildContext = { path: lane, clock, signal: abort.signal, incarnation: (incarnation += 1), probe: { state: (to) => void states.push(to), handled: () => {}, queued: () => {} } };
      const started = persister(options(lane))(context);
      if (started instanceof Promise || started.kind !== 'ok') throw new Error('it did not start');
      const { actor } = started;
      actor.subscribe({ error: (error) => void crashes.push(error) });
      actor.start();
      live = { stop() { abort.abort(); actor.stop(); }, shutdown: () => actor.send({ type: 'shutdown' }), ended: () => (actor.getSnapshot() as { status: string }).status === 'done' };
      return live;
    },
    away(away: boolean) {
      memory.faults.away = away;
      for (const listener of listeners) listener(!away);
    },
    end: () => live?.stop(),
  };
}

let shop: ReturnType<typeof workshop> | null = null;
afterEach(() => {
  shop?.end();
  shop = null;
});
const ids = (): number[] => shop!.memory.activity().map(({ upstreamId }) => upstreamId);
const mark = (): [number, number] => {
  const [{ floor, next } = { floor: -1, next: -1 }] = shop!.memory.boots('gpu1');
  return [floor, next];
};

describe('batches', () => {
  test('by age: what came within 250 ms is one transaction', async () => {
    shop = workshop();
    shop.start();
    shop.queue.offerActivity(entry([0], { boots: [boot()] }));
    await shop.clock.run(200);
    shop.queue.offerActivity(entry([1]));
    expect(shop.batches).toHaveLength(0);
    await shop.clock.run(60);
    expect(shop.batches.map(({ activity }) => activity.length)).toEqual([2]);
  });

  test('by size: a thousand rows do not wait', async () => {
    shop = workshop();
    shop.start();
    shop.queue.offerActivity(entry(range(2_500), { boots: [boot()] }));
    await shop.clock.run(10);
    expect(shop.batches.map(({ activity }) => activity.length)).toEqual([1_000, 1_000]);
    await shop.clock.run(250);
    expect(ids()).toEqual(range(2_500));
    expect(mark()).toEqual([0, 2_500]);
  });

  test('of the other lanes', async () => {
    shop = workshop();
    shop.start('perf');
    shop.queue.offerPerf([sample()]);
    shop.start('events');
    shop.queue.offerEvents([{ kind: 'model', event: { hostId: 'gpu1', ts: '2026-01-01T00:00:00.000000Z', model: 'a', from: null, to: 'ready' } }, { kind: 'host', event: { hostId: 'gpu1', ts: '2026-01-01T00:00:00.000000Z', kind: 'boot', from: null, to: '1', reason: null } }]);
    await shop.clock.run(300);
    expect([shop.memory.events().perf, shop.memory.events().modelEvents, shop.memory.events().hostEvents].map(({ length }) => length)).toEqual([1, 1, 1]);
  });
});

describe('the watermark', () => {
  test('is the first id not settled, written with the rows', async () => {
    shop = workshop();
    shop.start();
    shop.queue.offerActivity(entry([2, 3, 5], { boots: [boot()] }));
    await shop.clock.run(300);
    expect(mark()).toEqual([0, 0]);
    shop.queue.offerActivity(entry([0], { gaps: [gap({ fromId: 1, toId: 1 })], settled: [[4, 4]] }));
    await shop.clock.run(300);
    expect(mark()).toEqual([0, 6]);
  });

  test('goes on where the database has it, ids above it included', async () => {
    shop = workshop();
    shop.start();
    shop.queue.offerActivity(entry([0, 1, 3, 4], { boots: [boot()] }));
    await shop.clock.run(300);
    shop.end();
    shop.start();
    shop.queue.offerActivity(entry([2]));
    await shop.clock.run(300);
    expect(mark()).toEqual([0, 5]);
  });

  test('passes a row that the store refused, and tells of its gap', async () => {
    shop = workshop();
    shop.memory.faults.rejects = ({ upstreamId }) => upstreamId === 1;
    shop.start();
    shop.queue.offerActivity(entry([0, 1, 2], { boots: [boot()] }));
    await shop.clock.run(300);
    expect(ids()).toEqual([0, 2]);
    expect(mark()).toEqual([0, 3]);
    expect(shop.rejected).toMatchObject([{ cause: 'rejected', fromId: 1, toId: 1 }]);
  });

  test('lowers the floor with the rows of a backward import', async () => {
    shop = workshop();
    shop.start();
    shop.queue.offerActivity(entry([500, 501], { boots: [boot({ floor: 500 })] }));
    await shop.clock.run(300);
    shop.queue.offerActivity(entry([498, 499], { origin: 'import', floor: 498 }));
    await shop.clock.run(300);
    expect(mark()).toEqual([498, 502]);
  });
});

describe('bad days', () => {
  test('the database away, before and within: nothing is written, nothing lost, links are told when it is ready', async () => {
    shop = workshop();
    shop.away(true);
    shop.start();
    shop.queue.offerActivity(entry(range(5), { boots: [boot()] }));
    await shop.clock.run(60_000);
    expect(shop.batches).toHaveLength(0);
    expect(shop.states.at(-1)).toBe('waiting');
    shop.away(false);
    await shop.clock.run(300);
    expect(ids()).toEqual(range(5));
    expect(shop.caughtUp).toEqual([null]);
    expect(shop.queue.figures().queued).toBe(0);
  });

  test.each(['lost', 'kept'] as const)('a commit whose outcome is not known (%s) is tried again', async (outcome) => {
    shop = workshop();
    shop.start();
    shop.memory.faults.commits = [outcome, outcome];
    shop.queue.offerActivity(entry(range(5), { boots: [boot()], gaps: [gap({ fromId: 5, toId: 6 })] }));
    await shop.clock.run(5_000);
    expect(ids()).toEqual(range(5));
    expect(shop.memory.gaps()).toHaveLength(1);
    expect(mark()).toEqual([0, 7]);
    expect(shop.crashes).toEqual([]);
  });

  test('killed with a batch in hand: the next incarnation writes it, and links read again', async () => {
    shop = workshop();
    shop.memory.faults.delayMs = 1_000;
    shop.start();
    shop.queue.offerActivity(entry(range(100), { boots: [boot()] }));
    await shop.clock.run(300);
    shop.end();
    expect(shop.queue.ofHost('gpu1').rows).toHaveLength(100);
    shop.start();
    await shop.clock.run(5_000);
    expect(ids()).toEqual(range(100));
    expect(shop.caughtUp).toEqual([null]);
    expect(shop.queue.figures()).toMatchObject({ queued: 0, queuedBytes: 0 });
  });

  test('an error that is none of the store is a crash, and the batch stays', async () => {
    let broken = true;
    const memory = createMemoryStore({ clock: virtualClock(), random: counterRandom() });
    shop = workshop({ ...memory, writeBatch: (batch) => (broken ? Promise.reject(new TypeError('a mistake')) : memory.writeBatch(batch)) });
    shop.start();
    shop.queue.offerActivity(entry([0], { boots: [boot()] }));
    await shop.clock.run(300);
    expect(shop.crashes).toMatchObject([{ message: 'a mistake' }]);
    broken = false;
    shop.start();
    await shop.clock.run(300);
    expect(memory.activity()).toHaveLength(1);
  });

  test('a missing partition is asked for, and the batch written then, refused or not', async () => {
    const asked: string[] = [];
    const missing = new Set(['2026-01-01T00:00:00.123456Z', '2031-01-01T00:00:00.000000Z']);
    const memory = createMemoryStore({ clock: virtualClock(), random: counterRandom() });
    shop = workshop({
      ...memory,
      writeBatch(batch) {
        const ts = batch.activity.find((one) => missing.has(one.ts))?.ts;
        return ts === undefined ? memory.writeBatch(batch) : Promise.reject(new StoreError('partition', 'no partition', { table: 'activity', ts }));
      },
      async makePartition(table, ts) {
        asked.push(`${table} ${ts.slice(0, 4)}`);
        missing.delete(ts);
        return ts.startsWith('2031') ? 'refused' : 'made';
      },
    });
    shop.start();
    shop.queue.offerActivity({ ...entry([0]), boots: [boot()], rows: [row({ upstreamId: 0 }), row({ upstreamId: 1, ts: '2031-01-01T00:00:00.000000Z' })] });
    await shop.clock.run(300);
    expect(asked).toEqual(['activity 2026', 'activity 2031']);
    expect(memory.activity()).toHaveLength(2);
  });

  test('a queue that had refused rows calls their hosts when it has room', async () => {
    shop = workshop({}, { maxBytes: 30_000 });
    shop.away(true);
    shop.start();
    let taken = 0;
    while (shop.queue.offerActivity(entry([taken], taken === 0 ? { boots: [boot()] } : {})) === 'queued') taken += 1;
    shop.away(false);
    await shop.clock.run(5_000);
    expect(ids()).toEqual(range(taken));
    expect(shop.caughtUp).toEqual([null, ['gpu1']]);
  });
});

describe('shutdown', () => {
  test('writes what is queued, then ends', async () => {
    shop = workshop();
    const live = shop.start();
    shop.queue.offerActivity(entry(range(2_200), { boots: [boot()] }));
    live.shutdown();
    await shop.clock.run(50);
    expect(live.ended()).toBe(true);
    expect(ids()).toEqual(range(2_200));
  });

  test('ends at once while the database is away', async () => {
    shop = workshop();
    shop.away(true);
    const live = shop.start();
    shop.queue.offerActivity(entry([0], { boots: [boot()] }));
    live.shutdown();
    await shop.clock.run(0);
    expect(live.ended()).toBe(true);
  });
});

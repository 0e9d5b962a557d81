import { describe, expect, test } from 'vitest';
import { createWriterQueue } from '../src/actors/writers/writer-queue.ts';
import type { ActivityEntry } from '../src/model/reconcile/effects.ts';
import { boot, gap, row, sample } from './support/rows.ts';

const entry = (more: Partial<ActivityEntry> = {}, ids: number[] = [0]): ActivityEntry => ({
  hostId: 'gpu1', bootEpoch: 1, origin: 'live', generation: 2, boots: [], gaps: [], settled: [], floor: null, ...more,
  rows: ids.map((upstreamId) => row({ upstreamId, hostId: more.hostId ?? 'gpu1', bootEpoch: more.bootEpoch ?? 1 })),
});
const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);

describe('a lane', () => {
  test('gives batches in order, cut to size; boot and gaps go with the first rows', () => {
    const queue = createWriterQueue();
    queue.offerActivity(entry({ boots: [boot()], gaps: [gap()], settled: [[90, 91]], floor: 7 }, range(25)));
    queue.offerActivity(entry({}, range(5, 25)));
    const lane = queue.lane('activity');
    const batches: ActivityEntry[][] = [];
    while (lane.length > 0) {
      batches.push(lane.take(10));
      lane.done();
    }
    expect(batches.map((parts) => parts.flatMap(({ rows }) => rows.map(({ upstreamId }) => upstreamId)))).toEqual([range(10), range(10, 10), range(10, 20)]);
    expect(batches.flat().map(({ boots, gaps, settled }) => boots.length + gaps.length + settled.length)).toEqual([3, 0, 0, 0]);
    // The floor holds once all of the entry is stored.
    expect(batches.flat().map(({ floor }) => floor)).toEqual([null, null, 7, null]);
    expect(queue.figures()).toEqual({ queued: 0, queuedBytes: 0, refused: 0 });
  });

  test('keeps what was taken until it is done with: a crash puts it back in front', () => {
    const queue = createWriterQueue();
    const lane = queue.lane('activity');
    queue.offerActivity(entry({}, range(8)));
    lane.take(5);
    expect(queue.ofHost('gpu1').rows).toHaveLength(8);
    expect(queue.figures().queued).toBe(8);
    expect(() => lane.take(1)).toThrow(/in hand/);
    lane.putBack();
    lane.putBack();
    expect(lane.take(100).flatMap(({ rows }) => rows.map(({ upstreamId }) => upstreamId))).toEqual(range(8));
  });

  test('tells its persister of what comes, and an earlier one no more', () => {
    const queue = createWriterQueue();
    const told: string[] = [];
    const stop = queue.lane('perf').onItems(() => told.push('first'));
    queue.lane('perf').onItems(() => told.push('second'));
    stop();
    queue.offerPerf([sample(), sample()]);
    expect(told.every((who) => who === 'second')).toBe(true);
    expect(told.length).toBeGreaterThan(0);
  });
});

describe('bounded', () => {
  test('refuses the newest when full, counts it, and tells the hosts when there is room', () => {
    const queue = createWriterQueue({ maxBytes: 20_000 });
    const called: string[][] = [];
    queue.onRoom((hosts) => called.push(hosts));
    let queued = 0;
    while (queue.offerActivity(entry({}, range(5))) === 'queued') queued += 5;
    expect(queue.offerActivity(entry({ hostId: 'gpu2' }, range(5)))).toBe('refused');
    expect(queue.figures()).toMatchObject({ queued, refused: 10 });
    expect(queue.figures().queuedBytes).toBeLessThanOrEqual(20_000);
    expect([queue.behind('gpu1'), queue.behind('gpu2'), queue.behind('gpu3')]).toEqual([true, true, false]);
    const lane = queue.lane('activity');
    while (lane.length > 0) {
      lane.take(5);
      lane.done();
    }
    expect(called).toEqual([['gpu1', 'gpu2']]);
    expect(queue.behind('gpu1')).toBe(false);
    expect(queue.figures().queuedBytes).toBe(0);
  });

  test('what a row holds counts: long texts fill it sooner', () => {
    const count = (error: string): number => {
      const queue = createWriterQueue({ maxBytes: 100_000 });
      let taken = 0;
      while (queue.offerActivity({ ...entry(), rows: [row({ error })] }) === 'queued') taken += 1;
      return taken;
    };
    expect(count('x'.repeat(10_000))).toBeLessThan(count('x') / 10);
  });

  test('all lanes share it', () => {
    const queue = createWriterQueue({ maxBytes: 10_000 });
    while (queue.offerPerf([sample()]) === 'queued');
    expect(queue.offerActivity(entry({}, range(10)))).toBe('refused');
  });
});

describe('boots under a number that is not decided', () => {
  const held = (): ReturnType<typeof createWriterQueue> => {
    const queue = createWriterQueue();
    queue.offerActivity(entry({ bootEpoch: -1, origin: 'ring' }, [3, 4, 5]));
    queue.offerActivity(entry({ bootEpoch: -1, origin: 'live' }, [6]));
    queue.offerActivity(entry({ bootEpoch: -2, origin: 'ring' }, [0]));
    return queue;
  };

  test('are kept from the persister, and known with their rings', () => {
    const queue = held();
    expect(queue.lane('activity').length).toBe(0);
    expect(queue.ofHost('gpu1').held.map(({ bootEpoch, ring, laterIds }) => [bootEpoch, ring.map(({ upstreamId }) => upstreamId), laterIds])).toEqual([[-1, [3, 4, 5], [6]], [-2, [0], []]]);
    expect(queue.figures().queued).toBe(5);
  });

  test('go on their way under the decided number, less the rows of the boot that they resume', () => {
    const queue = held();
    queue.release({ hostId: 'gpu1', held: -1, bootEpoch: 7, fromId: 5, boots: [boot({ bootEpoch: 7, floor: 5 })], gaps: [gap()] });
    const items = queue.lane('activity').take(100);
    expect(items.flatMap(({ rows }) => rows.map(({ bootEpoch, upstreamId }) => [bootEpoch, upstreamId]))).toEqual([[7, 5], [7, 6]]);
    expect(items[0]!.boots).toHaveLength(1);
    expect(items[0]!.gaps).toHaveLength(1);
    expect(queue.ofHost('gpu1').held.map(({ bootEpoch }) => bootEpoch)).toEqual([-2]);
    queue.lane('activity').done();
    queue.forget('gpu1');
    expect(queue.figures()).toEqual({ queued: 0, queuedBytes: 0, refused: 0 });
  });

  test('without rows only gaps are queued, with the boot; a record alone waits for its first row', () => {
    const queue = createWriterQueue();
    queue.release({ hostId: 'gpu1', held: -1, bootEpoch: 2, fromId: 0, boots: [boot({ bootEpoch: 2 })], gaps: [] });
    expect(queue.lane('activity').length).toBe(0);
    queue.release({ hostId: 'gpu1', held: -1, bootEpoch: 2, fromId: 0, boots: [boot({ bootEpoch: 2 })], gaps: [gap()] });
    expect(queue.lane('activity').take(10)).toMatchObject([{ bootEpoch: 2, boots: [{ bootEpoch: 2 }], gaps: [{ id: 'gap-1' }] }]);
  });
});

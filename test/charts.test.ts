/** What the charts of the cockpit are made of, before it is drawn. */
import { describe, expect, test } from 'vitest';
import type { HeldHost } from '../src/model/client-fleet.ts';
import type { PerfPoint } from '../src/model/records/history.ts';
import type { PerfSample } from '../src/model/records/perf.ts';
import { timeOfMs } from '../src/model/time.ts';
import { placeMarks } from '../web/charts/mark-labels.ts';
import { cellAt, figuresOf, lonely } from '../web/charts/plot-data.ts';
import type { LineLook } from '../web/charts/looks.ts';
import { tickLabels } from '../web/charts/time-ticks.ts';
import { wordsOfMarks, wordsOfShades } from '../web/charts/words.ts';
import { align } from '../web/views/performance/align.ts';
import { chartedHosts } from '../web/views/performance/charted-hosts.ts';
import { marksOf, shadesOf } from '../web/views/performance/happenings.ts';
import { METRICS } from '../web/views/performance/metrics.ts';
import { spreadOf } from '../web/views/performance/track-point.ts';
import { NO_TRACKS, since, withHistory, withSamples, type Track, type Tracks } from '../web/views/performance/tracks.ts';
import { together } from '../web/views/performance/together.ts';
import { offered, readWindow, stepFor, steppedNow, stepSince, timeText, zoomed } from '../web/views/performance/window.ts';
import { gap, sample } from './support/rows.ts';
import { seeded } from './support/wall.ts';

const START = 1_800_000_000;
const ts = (s: number): string => timeOfMs((START + s) * 1_000);
const cpu = (s: number, cpuPct: number | null = s, hostId = 'a'): PerfSample => sample({ hostId, ts: ts(s), cpuPct });
const metric = (id: string) => METRICS.find((one) => one.id === id)!;
const of = (tracks: Tracks, key = 'a'): Track => tracks.get(key)!;
const times = (tracks: Tracks, key = 'a'): number[] => of(tracks, key).points.map(({ at }) => at - START);
const window = (from: number, to: number, stepS: number | null = null) => ({ from: START + from, to: START + to, stepS });
const steps = (from: number, to: number, step: number): number[] => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

describe('what is held', () => {
  test('live samples come in order, once, whatever order they came in', () => {
    const once = withSamples(NO_TRACKS, [cpu(10), cpu(0), cpu(5)]);
    const twice = withSamples(once, [cpu(5, 99), cpu(15), { ...cpu(5), gpu: 'GPU-1', cpuPct: null, utilPct: 7 }]);
    expect(times(twice)).toEqual([0, 5, 10, 15]);
    expect(of(twice).points[1]!.values.cpuPct).toBe(5);
    expect(times(twice, 'a GPU-1')).toEqual([5]);
    expect(times(once)).toEqual([0, 5, 10]);
  });

  test('history takes the place of what is held from its beginning on, but for what it does not know yet', () => {
    const held = withSamples(NO_TRACKS, [0, 5, 10, 15, 20, 25].map((s) => cpu(s)));
    expect(times(withHistory(held, [cpu(10, 1), cpu(12, 1)], START + 10, { stepS: null }))).toEqual([0, 5, 10, 12, 15, 20, 25]);
    const point = { hostId: 'a', gpu: null, ts: ts(10), cpuPct: { min: 1, avg: 2, max: 3 } } as unknown as PerfPoint;
    expect(times(withHistory(held, [point], START + 10, { stepS: 10 }))).toEqual([0, 5, 10, 20, 25]);
    expect(times(withHistory(held, [cpu(10, 1, 'b')], START, { stepS: null }))).toEqual([0, 5, 10, 15, 20, 25]);
  });

  describe('where steps are shown, what comes live is part of the running step', () => {
    const spread = (track: Track, index = -1) => spreadOf(track.points.at(index)!, 'cpuPct');
    const summed = (s: number, min: number, avg: number, max: number): PerfPoint => ({ hostId: 'a', gpu: null, ts: ts(s), cpuPct: { min, avg, max } }) as unknown as PerfPoint;

    test('samples make one point a step: their least, average and most', () => {
      const track = of(withSamples(withSamples(NO_TRACKS, [cpu(2, 10), cpu(7, 90)], 60), [cpu(17, null), cpu(12, 20), cpu(62, 5)], 60));
      expect(track.points.map(({ at }) => at - START)).toEqual([0, 60]);
      expect(spread(track, 0)).toEqual({ min: 10, avg: 40, max: 90 });
      expect(spread(track)).toEqual({ min: 5, avg: 5, max: 5 });
    });

    test('they count beside what history has summed up by the time that they stand for, each once', () => {
      const held = withHistory(NO_TRACKS, [summed(0, 5, 50, 60), summed(60, 20, 40, 60)], START, { stepS: 60, askedAt: START + 100 });
      const one = withSamples(held, [cpu(95, 1_000), cpu(100, 1_000), cpu(105, 100)], 60);
      expect(times(one)).toEqual([0, 60]);
      expect(spread(of(one), 0)).toEqual({ min: 5, avg: 50, max: 60 });
      expect(spread(of(one))).toEqual({ min: 20, avg: (40 * 40 + 100 * 5) / 45, max: 100 });
      expect(withSamples(one, [cpu(105, 0), cpu(30, 0)], 60)).toEqual(one);
      // A silence is nobody's: what comes after it does not stand for it.
      expect(spread(of(withSamples(NO_TRACKS, [cpu(0, 10), cpu(5, 10), cpu(50, 60)], 60))).avg).toBe((10 * 10 + 60 * 15) / 25);
    });

    test('until history tells the whole of it', () => {
      const live = withSamples(NO_TRACKS, steps(0, 70, 5).map((s) => cpu(s)), 60);
      const told = of(withHistory(live, [summed(0, 1, 2, 3)], START, { stepS: 60, askedAt: START + 61 }));
      expect(told.points.map(({ at }) => at - START)).toEqual([0, 60]);
      expect([spread(told, 0), spread(told).max]).toEqual([{ min: 1, avg: 2, max: 3 }, 70]);
    });

    test('a counter\'s growth is that of the time that has passed, and not told of a step that has hardly begun', () => {
      const bytes = (s: number, netRxBytes: number): PerfSample => sample({ hostId: 'a', ts: ts(s), cpuPct: null, netRxBytes });
      const history = [0, 60].map((s) => ({ ...summed(s, 0, 0, 0), netRxBytes: { min: 0, avg: 0, max: (s + 60) * 100 } }));
      const held = withHistory(NO_TRACKS, history, START, { stepS: 60, askedAt: START + 121 });
      const rates = (until: number): unknown => align([...withSamples(held, steps(125, until, 5).map((s) => bytes(s, s * 100)), 60).values()], metric('network-in'), window(0, 200, 60)).lines[0]!.avg;
      expect(rates(130)).toEqual([null, 100, null]);
      expect(rates(135)).toEqual([null, 100, 100]);
    });
  });

  test('what is older than the window goes, a track without points with it', () => {
    const held = withSamples(NO_TRACKS, [cpu(0), cpu(5), cpu(10), cpu(0, 1, 'b')]);
    expect(times(since(held, START + 5))).toEqual([5, 10]);
    expect([...since(held, START + 5).keys()]).toEqual(['a']);
    expect(since(held, START)).toBe(held);
  });
});

describe('the GPUs of a host as one line', () => {
  const gpu = (name: string, values: readonly (readonly [at: number, value: number | null])[]): Track => of(withSamples(NO_TRACKS, values.map(([s, utilPct]) => ({ ...cpu(s, null), gpu: name, utilPct }))), `a ${name}`);
  const figures = (tracks: readonly Track[], way: 'mean' | 'sum' | 'highest'): unknown[] => together(tracks, metric('gpu-busy'), way, 15).points.map(({ at, values }) => [at - START, values.utilPct]);

  test('samples of one round make one point, though their seconds differ', () => {
    const tracks = [gpu('A', [[0, 10], [5, 20], [10, 30]]), gpu('B', [[1, 50], [5, 60], [11, 70]])];
    expect(figures(tracks, 'mean')).toEqual([[1, 30], [5, 40], [11, 50]]);
    expect(figures(tracks, 'sum')).toEqual([[1, 60], [5, 80], [11, 100]]);
    expect(figures(tracks, 'highest')).toEqual([[1, 50], [5, 60], [11, 70]]);
  });

  test('a GPU that misses a round counts with what it told last, and not for ever; unknown is no 0', () => {
    expect(figures([gpu('A', [[0, 10], [5, 10], [10, 10], [15, 10], [20, 10]]), gpu('B', [[0, 30]])], 'sum')).toEqual([[0, 40], [5, 40], [10, 40], [15, 40], [20, 10]]);
    expect(figures([gpu('A', [[0, null]]), gpu('B', [[0, 30]])], 'mean')).toEqual([[0, 30]]);
    expect(figures([gpu('A', [[0, null]]), gpu('B', [[0, null]])], 'sum')).toEqual([[0, null]]);
  });

  test('samples of every second stay apart', () => {
    expect(figures([gpu('A', [[0, 1], [1, 2], [2, 3]]), gpu('B', [[0, 3], [1, 4], [2, 5]])], 'mean')).toEqual([[0, 2], [1, 3], [2, 4]]);
  });
});

test('only ranges that history reaches back to are offered, and the one that is chosen', () => {
  expect(offered(365, null).map(({ id }) => id)).toEqual(['15m', '1h', '6h', '24h', '7d', '30d', '90d', '1y']);
  expect(offered(3, '30d').map(({ id }) => id)).toEqual(['15m', '1h', '6h', '24h', '30d']);
});

describe('lines', () => {
  const lines = (samples: PerfSample[], id = 'cpu', from = 0, to = 100, stepS: number | null = null) => align([...withSamples(NO_TRACKS, samples).values()], metric(id), window(from, to, stepS));

  test('hosts share an axis: no sample here is no break', () => {
    const data = lines([...steps(0, 100, 5).map((s) => cpu(s)), ...steps(2, 100, 5).map((s) => cpu(s, 50, 'b'))]);
    expect(data.x).toEqual(data.x.toSorted((a, b) => a - b));
    expect(data.lines[0]!.avg.filter((cell) => cell === null)).toEqual([]);
    expect(data.lines[1]!.avg[0]).toBeUndefined();
    expect(cellAt(data, data.lines[1]!, 0)).toBe(50);
    expect(data.quiet).toEqual([]);
  });

  test('break where samples are missing, and only there', () => {
    const data = lines([...steps(0, 30, 5), ...steps(60, 100, 5)].map((s) => cpu(s)));
    expect(data.lines[0]!.avg.filter((cell) => cell === null)).toHaveLength(1);
    expect(data.quiet).toEqual([[START + 30, START + 60]]);
    expect(lines([...steps(0, 30, 5), ...steps(40, 100, 5)].map((s) => cpu(s))).quiet).toEqual([]);
    expect(lines(steps(0, 100, 20).map((s) => cpu(s))).lines[0]!.avg).not.toContain(null);
  });

  test('between two samples further apart than a line reaches there is nothing but break, whoever else tells', () => {
    const random = seeded(7);
    const chance = (): number => random.next();
    for (let round = 0; round < 60; round += 1) {
      const samples = ['a', 'b', 'c'].flatMap((hostId) => {
        let at = Math.floor(chance() * 5);
        return Array.from({ length: 40 }, () => {
          at += chance() < 0.15 ? 16 + Math.floor(chance() * 80) : 5 + (chance() < 0.1 ? 1 : 0);
          return cpu(at, chance() < 0.05 ? null : 10, hostId);
        });
      });
      const held = withSamples(NO_TRACKS, samples);
      const data = align([...held.values()], metric('cpu'), window(0, 2_000));
      let breaks = 0;
      for (const [line, { points }] of [...held.values()].entries()) {
        for (const [index, { at }] of points.entries()) {
          const before = points[index - 1];
          const untold = before !== undefined && (before.values.cpuPct === null || points[index]!.values.cpuPct === null);
          if (before === undefined || (at - before.at <= 15 && !untold)) continue;
          const cells = data.lines[line]!;
          const between = data.x.flatMap((x, place) => (x > before.at && x < at ? [cells.min[place], cells.avg[place], cells.max[place]] : []));
          if (!untold) expect(between.length).toBeGreaterThan(0);
          expect(between.filter((cell) => cell !== null)).toEqual([]);
          breaks += 1;
        }
      }
      expect(breaks).toBeGreaterThan(0);
    }
  });

  test('what is quiet at the edges, or for a host alone', () => {
    expect(lines(steps(40, 60, 5).map((s) => cpu(s))).quiet).toEqual([[START, START + 40], [START + 60, START + 100]]);
    const other = [...steps(0, 100, 5).map((s) => cpu(s)), ...steps(0, 30, 5).map((s) => cpu(s, 1, 'b'))];
    expect(lines(other).quiet).toEqual([]);
    expect(align([], metric('cpu'), window(0, 100)).quiet).toEqual([[START, START + 100]]);
  });

  test('a figure that is not told is a break, never 0', () => {
    const data = lines([cpu(0), cpu(5), cpu(10, null), cpu(15), cpu(20)], 'cpu', 0, 20);
    expect(data.lines[0]!.avg).toEqual([0, 5, null, 15, 20]);
    expect(cellAt(data, data.lines[0]!, 2)).toBeNull();
  });

  test('summed-up points keep their least and most', () => {
    const points = [0, 10].map((s) => ({ hostId: 'a', gpu: null, ts: ts(s), cpuPct: { min: 1, avg: 20, max: 90 } }) as unknown as PerfPoint);
    const data = align([...withHistory(NO_TRACKS, points, START, { stepS: 10 }).values()], metric('cpu'), window(0, 20, 10));
    expect(data.lines[0]).toEqual({ min: [1, 1], avg: [20, 20], max: [90, 90] });
    expect(figuresOf(data.x, data.lines[0]!, START, START + 20)).toEqual({ last: 20, min: 1, max: 90, points: 2 });
  });

  test('a counter is charted by its growth; one that fell began anew', () => {
    const bytes = [[0, 1_000], [5, 2_000], [10, 500], [15, 1_500], [100, 9_000]].map(([s, netRxBytes]) => sample({ hostId: 'a', ts: ts(s!), cpuPct: null, netRxBytes: netRxBytes! }));
    expect(lines(bytes, 'network-in').lines[0]!.avg).toEqual([null, 200, null, 200, null, null]);
  });
});

describe('under the crosshair', () => {
  test('a sample that stands alone is drawn as a point', () => {
    expect(lonely([1, null, 2, undefined, null, 3, undefined, 4, null])).toEqual([0, 2]);
    expect(lonely([7])).toEqual([0]);
    expect(lonely([undefined, null])).toEqual([]);
  });

  test('the figure is that of the nearest sample within reach, and none across a break', () => {
    const line = { min: [], max: [], avg: [1, undefined, undefined, 4, null, undefined, 7] };
    const data = { x: [0, 1, 4, 5, 6, 7, 8], lines: [line], quiet: [], reachS: 15 };
    expect([0, 1, 2, 3, 4, 5].map((index) => cellAt(data, line, index))).toEqual([1, 1, 4, 4, null, null]);
    expect(cellAt({ ...data, reachS: 2 }, line, 1)).toBe(1);
    expect(cellAt({ ...data, reachS: 0.5 }, line, 1)).toBeNull();
  });
});

describe('the window', () => {
  const read = (query: string) => readWindow(new URLSearchParams(query));
  test('follows now unless both ends are told and in order', () => {
    expect(read('')).toEqual({ window: { spanS: 3_600, from: null, to: null }, range: '1h' });
    expect(read('range=7d').window.spanS).toBe(604_800);
    expect(read('range=nonsense').range).toBe('1h');
    for (const query of ['from=2026-11-21T10:00:00Z', 'from=2026-11-21T10:00:00Z&to=2026-11-21T09:00:00Z', 'from=x&to=y']) expect(read(query).window.to, query).toBeNull();
    expect(read('from=2026-11-21T10:00:00Z&to=2026-11-21T10:05:00Z').window).toEqual({ spanS: 300, from: Date.parse('2026-11-21T10:00:00Z') / 1_000, to: Date.parse('2026-11-21T10:05:00Z') / 1_000 });
  });

  test('a stretch drawn with the pointer is whole, in order and not too small', () => {
    expect(zoomed(200.7, 100.2)).toEqual({ from: 100, to: 201 });
    expect(zoomed(100, 101)).toEqual({ from: 86, to: 116 });
    expect(timeText(Date.parse('2026-11-21T10:00:00Z') / 1_000)).toBe('2026-11-21T10:00:00Z');
  });

  test('of what is older than samples are kept, steps as they were summed up', () => {
    expect([stepSince(null, 13.9, 14), stepSince(60, 13.9, 14), stepSince(null, 14.1, 14), stepSince(60, 14.1, 14), stepSince(3_600, 40, 14)]).toEqual([null, 60, 300, 300, 3_600]);
  });

  test('samples as they are while few, else steps: never more than is seen or served', () => {
    expect(stepFor(900, 17, 1_440)).toBeNull();
    expect(stepFor(3_600, 3, 1_440)).toBeNull();
    expect(stepFor(3_600, 3, 390)).toBe(10);
    for (const span of [900, 3_600, 21_600, 86_400, 604_800, 2_592_000]) {
      for (const tracks of [1, 3, 17, 60]) {
        const points = span / (stepFor(span, tracks, 1_440) ?? 5);
        expect(points).toBeLessThanOrEqual(720);
        expect(points * tracks).toBeLessThanOrEqual(8_000);
      }
    }
  });

  test('now goes on in steps that a pixel can show', () => {
    expect(steppedNow(1_001, 3_600)).toBe(5);
    expect(steppedNow(1_001, 60)).toBe(2);
    expect(steppedNow(1_001, 2_592_000)).toBe(60);
  });
});

describe('marks and shades', () => {
  const event = (s: number, kind: 'boot' | 'build' | 'liveness', from: string | null, to: string, hostId = 'a') => ({ hostId, ts: ts(s), kind, from, to, reason: null });
  test('restarts and new builds are marked, the two of an upgrade as one; a host\'s first sight is neither', () => {
    const events = [event(0, 'boot', null, '1'), event(0, 'build', null, 'v240 abc'), event(5, 'liveness', 'live', 'down'), event(50, 'boot', '1', '2'), event(100, 'build', 'v240 abc', 'v250 def'), event(101, 'boot', '2', '3')];
    expect(marksOf(events.toReversed(), null)).toEqual([{ at: START + 50, label: 'restarted' }, { at: START + 100, label: 'restarted, v240 → v250' }]);
    expect(marksOf([event(50, 'boot', '1', '2'), event(51, 'boot', '1', '2', 'b')], (id) => id.toUpperCase()).map(({ label }) => label)).toEqual(['A restarted', 'B restarted']);
  });

  test('gaps are shaded as far as they are known to reach', () => {
    const gaps = [gap({ hostId: 'a', fromTs: ts(10), toTs: ts(20), lostMin: 2, lostMax: 2, cause: 'wrap' }), gap({ hostId: 'a', fromTs: null, toTs: ts(30), lostMin: 0, lostMax: null, cause: 'restart' }), gap({ lostMin: 0, lostMax: 0, cause: 'restart' })];
    expect(shadesOf(gaps, null)).toEqual([
      { from: START + 10, to: START + 20, whole: true, label: '2 requests lost (wrap)' },
      { from: START + 30, to: START + 30, whole: true, label: 'maybe some requests lost (restart)' },
    ]);
  });
});

describe('a host looks the same whoever else is shown', () => {
  const fleet = (count: number): ReadonlyMap<string, HeldHost> => new Map(Array.from({ length: count }, (_, index): [string, HeldHost] => {
    const id = `h${String(index).padStart(2, '0')}`;
    return [id, { state: { name: id, gpus: {}, perf: null } } as unknown as HeldHost];
  }).toReversed());
  const looks = (count: number, ids: readonly string[]): Record<string, LineLook> => Object.fromEntries(chartedHosts(fleet(count), ids).map(({ id, look }) => [id, look]));

  test('by its place in the fleet, not by the order in which it was chosen', () => {
    expect(looks(12, ['h03'])).toEqual({ h03: { colour: 3, dash: 0 } });
    expect(looks(12, ['h09', 'h03', 'h01'])).toEqual({ h09: { colour: 1, dash: 1 }, h03: { colour: 3, dash: 0 }, h01: { colour: 1, dash: 0 } });
  });

  test('and never as another one that is shown', () => {
    expect(looks(100, ['h70', 'h06', 'h38', 'h07'])).toEqual({ h06: { colour: 6, dash: 0 }, h07: { colour: 7, dash: 0 }, h38: { colour: 0, dash: 1 }, h70: { colour: 1, dash: 1 } });
    expect(new Set(Object.values(looks(100, Array.from({ length: 32 }, (_, index) => `h${String(index * 3).padStart(2, '0')}`))).map((look) => JSON.stringify(look))).size).toBe(32);
    expect(looks(2, ['gone'])).toEqual({ gone: { colour: 2, dash: 0 } });
  });
});

test('in words marks and shades are counted, and only the last told in full', () => {
  const time = (s: number): string => `${s} s`;
  const marks = steps(1, 1_000, 1).map((at) => ({ at, label: 'restarted' }));
  expect(wordsOfMarks([], time)).toBeNull();
  expect(wordsOfMarks(marks.slice(0, 2).toReversed(), time)).toBe('restarted at 1 s; restarted at 2 s.');
  expect(wordsOfMarks(marks, time)).toBe('1,000 restarts or new builds, the last 5: restarted at 996 s; restarted at 997 s; restarted at 998 s; restarted at 999 s; restarted at 1000 s.');
  const shades = steps(1, 6, 1).map((from) => ({ from, to: from + 10, whole: true, label: '2 requests lost (wrap)' }));
  expect(wordsOfShades(shades, time)).toMatch(/^6 stretches with activity lost, the last 5: 2 requests lost \(wrap\), until 12 s; .*until 16 s\.$/);
});

test('no mark\'s line crosses the words of another', () => {
  expect(placeMarks([10, 40, 200, 280], [60, 60, 60, 60], 300)).toEqual([
    { start: 10, tall: true }, { start: null, tall: false }, { start: 200, tall: true }, { start: null, tall: true },
  ]);
  expect(placeMarks([150, 230, 280], [40, 40, 60], 300)).toEqual([{ start: 150, tall: true }, { start: 230, tall: true }, { start: null, tall: true }]);
  expect(placeMarks([230, 280], [80, 60], 300)).toEqual([{ start: 150, tall: true }, { start: null, tall: true }]);
  expect(placeMarks([235, 280], [10, 60], 300)).toEqual([{ start: 235, tall: true }, { start: null, tall: true }]);
});

test('a figure has one face at an axis and under it', () => {
  const power = metric('gpu-power');
  expect([power.tick(1_000), power.format(1_353)]).toEqual(['1,000 W', '1,353 W']);
  expect([metric('load').tick(0.25), metric('gpu-busy').tick(100)]).toEqual(['0.25', '100 %']);
});

test('the axis says the day where it changes, and nothing finer than its steps', () => {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const formats = { second: (ms: number) => iso(ms).slice(11, 19), minute: (ms: number) => iso(ms).slice(11, 16), day: (ms: number) => iso(ms).slice(0, 10) };
  const at = (time: string): number => Date.parse(`2026-11-${time}Z`) / 1_000;
  expect(tickLabels([at('21T22:00:00'), at('22T00:00:00'), at('22T02:00:00')], 7_200, formats)).toEqual(['22:00', '11-22', '02:00']);
  expect(tickLabels([at('21T22:00:00'), at('22T04:00:00')], 21_600, formats)).toEqual(['22:00', '11-22 04:00']);
  expect(tickLabels([at('21T22:00:00'), at('21T22:00:30')], 30, formats)).toEqual(['22:00:00', '22:00:30']);
  expect(tickLabels([at('21T00:00:00'), at('22T00:00:00')], 86_400, formats)).toEqual(['11-21', '11-22']);
});

/**
 * What the cockpit costs whoever keeps it open: the real program over 100 simulated hosts of 20 models each, with some 200 deltas a
 * second, in a real Chromium. Its first useful paint and first load with an empty cache; long tasks and memory over ten minutes
 * (`--minutes N`; `--quick`: 1); frames while one scrolls a history of 100,000 rows, beside a bare virtual list of the same rows.
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { timeOfMs } from '../src/model/time.ts';
import type { StoredRow } from '../src/model/records/activity.ts';
import { launchChromium } from '../test/support/chromium.ts';
import { batch, boot, row } from '../test/support/rows.ts';
import { report, type Figure } from './report.ts';
import { serveBareList } from './support/bare-list.ts';
import { openBenchDatabase } from './support/bench-database.ts';
import { deltasSeen, held, loadedBytes, longTasks, openProbed } from './support/page-probe.ts';
import { openDataFolder, startProgram, startSimHosts } from './support/program.ts';
import { readToTheEnd, scrollFrames } from './support/scrolling.ts';

const HOSTS = 100;
const MODELS = 20;
const DELTAS = 200;
const THROUGHPUT_WINDOW_MS = 60_000;
const LOADS = 5;
const HISTORY = 100_000;
const ROW_HEIGHT = 32;
const ROUNDS = 9;
const LIST = '[role=region][aria-label=Requests]';
/** The page shows frames as they are ready, not 60 a second: else one that takes 2 ms and one that takes 15 look the same. */
const UNLIMITED = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

const option = (name: string): string | undefined => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const minutes = Number(option('--minutes') ?? (process.argv.includes('--quick') ? 1 : 10));
/** `--only fleet` or `--only scroll`. */
const only = option('--only');
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const quantile = (values: readonly number[], q: number): number => values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? NaN;
const notes: string[] = [`load average ${loadavg()[0]!.toFixed(1)} at the beginning`];

async function fleet(browser: Browser): Promise<Figure[]> {
  const folder = openDataFolder();
  const crowd = await startSimHosts(HOSTS, { models: MODELS });
  const program = await startProgram(folder.path, { hosts: crowd.hosts });
  try {
    await program.allLive(HOSTS);
    // First by guess, then by what that comes to once the first rows have left the throughput's window, which are deltas too.
    let rate = DELTAS / HOSTS / 3;
    crowd.rate(rate);
    const first = await openProbed(browser, program.url);
    await pause(THROUGHPUT_WINDOW_MS + 10_000);
    const before = await deltasSeen(first);
    await pause(10_000);
    rate *= DELTAS / (((await deltasSeen(first)) - before) / 10);
    crowd.rate(rate);
    await first.close();

    const paints: number[] = [];
    for (let i = 0; i < LOADS; i += 1) {
      const probed = await openProbed(browser, program.url);
      paints.push(probed.paintedMs);
      await probed.close();
    }
    const loaded = await loadedBytes(browser, program.url);
    const kB = (of: (one: (typeof loaded)[number]) => boolean): number => loaded.filter(of).reduce((sum, { bytes }) => sum + bytes, 0) / 1_000;
    const isFont = (name: string): boolean => name.endsWith('.woff2');
    notes.push(`first useful paint: ${paints.map((ms) => ms.toFixed(0)).join(', ')} ms; loaded: ${loaded.map(({ name, bytes }) => `${name} ${(bytes / 1_000).toFixed(1)} kB`).join(', ')}; their headers ${(loaded.reduce((sum, { headers }) => sum + headers, 0) / 1_000).toFixed(1)} kB besides`);

    const kept = await openProbed(browser, program.url);
    const settleMs = Math.min(60_000, (minutes * 60_000) / 2);
    await pause(settleMs);
    const [early, from, deltas] = [await held(kept), performance.now(), await deltasSeen(kept)];
    await pause(minutes * 60_000 - settleMs);
    const seconds = (performance.now() - from) / 1_000;
    const [late, lateDeltas] = [await held(kept), await deltasSeen(kept)];
    const tasks = await longTasks(kept, 60);
    const allTasks = await longTasks(kept, minutes * 60);
    await kept.close();
    notes.push(`${minutes} min: heap ${(early.heapBytes / 1e6).toFixed(1)} MB after ${settleMs / 1_000} s, ${(late.heapBytes / 1e6).toFixed(1)} MB at the end; ${rate.toFixed(2)} requests/s a host; ${allTasks.count} long tasks in all, the longest ${allTasks.longestMs.toFixed(0)} ms; load average ${loadavg()[0]!.toFixed(1)}`);
    return [
      { name: 'deltas that reach the page', value: (lateDeltas - deltas) / seconds, unit: '/s' },
      { name: 'first useful paint, median of cold loads', value: median(paints), unit: 'ms', atMost: 1_000 },
      { name: 'first load, with the font', value: kB(() => true), unit: 'kB', atMost: 150 },
      { name: 'first load, without the font', value: kB(({ name }) => !isFont(name)), unit: 'kB' },
      { name: 'loaded before the first useful paint', value: kB(({ beforePaint }) => beforePaint), unit: 'kB' },
      { name: 'long tasks in the minute after', value: tasks.count, unit: '' },
      { name: 'the longest of them', value: tasks.longestMs, unit: 'ms' },
      { name: 'all of them', value: tasks.totalMs, unit: 'ms' },
      { name: 'main thread', value: (100 * (late.busyS - early.busyS)) / seconds, unit: '% of a core' },
      { name: 'heap held at the end, beside the first reading', value: late.heapBytes / 1e6, ceiling: early.heapBytes / 1e6, unit: 'MB', atMost: 1.1 },
      { name: 'DOM nodes', value: late.nodes, ceiling: early.nodes, unit: '' },
      { name: 'listeners', value: late.listeners, ceiling: early.listeners, unit: '' },
    ];
  } finally {
    await program.stop();
    await crowd.stop();
    folder.remove();
  }
}

/** Newest first, as the history is shown. */
function history(now: number): StoredRow[] {
  return Array.from({ length: HISTORY }, (_, i) => row({
    hostId: `host-${i % 50}`, upstreamId: HISTORY - i, ts: timeOfMs(now - 60_000 - i * 30), model: `model-${i % 20}-q4`, status: i % 40 === 0 ? 500 : 200,
    inputTokens: (i * 37) % 9_000, outputTokens: (i * 13) % 900, tokensPerSecond: 20 + ((i * 7) % 600) / 10, durationMs: (i * 97) % 60_000,
  }));
}

async function scroll(): Promise<Figure[]> {
  const now = Date.now();
  const rows = history(now);
  const database = await openBenchDatabase(now);
  const folder = openDataFolder();
  const { browser, close } = await launchChromium(UNLIMITED);
  const bare = await serveBareList(rows);
  try {
    await database.write(batch({ boots: Array.from({ length: 50 }, (_, i) => boot({ hostId: `host-${i}` })) }));
    for (let i = 0; i < HISTORY; i += 2_000) await database.write(batch({ activity: rows.slice(i, i + 2_000) }));
    const program = await startProgram(folder.path, { databaseUrl: database.url });
    try {
      await program.allLive(0);
      const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 } });
      const ours = await context.newPage();
      await ours.goto(`${program.url}/activity`);
      await ours.locator(`${LIST} [data-row]`).first().waitFor();
      const from = performance.now();
      await readToTheEnd(ours, LIST, HISTORY * ROW_HEIGHT);
      notes.push(`all ${HISTORY} rows read into the page, page by page, in ${((performance.now() - from) / 1_000).toFixed(1)} s`);
      const plain = await context.newPage();
      await plain.goto(bare.url);
      await plain.locator('.row').first().waitFor();

      // In turns, so that a busy moment of the machine falls on both; the first round warms up.
      const frames = { ours: [] as number[], plain: [] as number[] };
      const ratios: number[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        await plain.bringToFront();
        const beside = await scrollFrames(plain, '.scroller');
        await ours.bringToFront();
        const mine = await scrollFrames(ours, LIST);
        if (round === 0) continue;
        frames.plain.push(...beside);
        frames.ours.push(...mine);
        ratios.push(quantile(mine, 0.95) / quantile(beside, 0.95));
      }
      notes.push(`scrolling: ratios of the rounds ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; load average ${loadavg()[0]!.toFixed(1)}`);
      return [0.5, 0.95, 0.99].map((q): Figure => ({
        name: `scrolling ${HISTORY} rows, frame p${q * 100}`, value: quantile(frames.ours, q), ceiling: quantile(frames.plain, q), unit: 'ms', ...(q === 0.95 ? { ratio: median(ratios), atMost: 1.3 } : {}),
      }));
    } finally {
      await program.stop();
    }
  } finally {
    bare.close();
    await close();
    await database.close();
    folder.remove();
  }
}

const figures: Figure[] = [];
if (only !== 'scroll') {
  const { browser, close } = await launchChromium();
  figures.push(...(await fleet(browser)));
  await close();
}
if (only !== 'fleet') figures.push(...(await scroll()));
report('cockpit', figures, notes);

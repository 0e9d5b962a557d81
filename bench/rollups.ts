/**
 * `npm run bench -- rollups`: two weeks of a host with two GPUs, asked for in steps of an hour: from the roll-ups beside from the
 * samples (a step that holds no whole roll-ups reads them). And what a batch of samples takes alone and while all of it is summed up.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/io/embedded/server.ts';
import { createHistory } from '../src/io/postgres/history.ts';
import { insertPerf } from '../src/io/postgres/insert-streams.ts';
import { migrate } from '../src/io/postgres/migrate.ts';
import { createPartitions } from '../src/io/postgres/partitions.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { createRollups } from '../src/io/postgres/rollups.ts';
import type { PerfSample } from '../src/model/records/perf.ts';
import { timeOfMs } from '../src/model/time.ts';
import { sample } from '../test/support/rows.ts';
import { virtualClock } from '../test/support/virtual-clock.ts';
import { report } from './report.ts';

const DAYS = 14;
const DAY = 86_400_000;
const EVERY_MS = 10_000;
const ROUNDS = 5;
const BATCHES = 200;
const START = Date.UTC(2026, 0, 1);

const gpu = (name: string) => ({ gpu: name, cpuPct: null, swapUsedMb: null, swapTotalMb: null, load1: null, load5: null, load15: null, netRxBytes: null, netTxBytes: null, utilPct: 50, memUtilPct: 20, tempC: 60, powerW: 200 });
const poll = (hostId: string, ms: number): PerfSample[] => [{}, gpu('GPU-0123456789-a'), gpu('GPU-0123456789-b')].map((more) => sample({ hostId, ts: timeOfMs(ms), memUsedMb: ms % 9_973, ...more }));
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const percentile = (values: number[], part: number): number => values.sort((a, b) => a - b)[Math.floor(values.length * part)] ?? NaN;

const folder = mkdtempSync(join(tmpdir(), 'drover-bench-'));
chmodSync(folder, 0o755);
const server = await startEmbedded({ folder: join(folder, 'pg'), signal: new AbortController().signal });
try {
  await migrate(server.url);
  const [sql, own] = [connectTo(server.url, { max: 2 }), connectTo(server.url, { max: 1 })];
  const clock = virtualClock(START + DAYS * DAY);
  const partitions = createPartitions({ sql: own, clock });
  for (let day = 0; day < DAYS; day += 1) await partitions.make('perf', timeOfMs(START + day * DAY));
  await partitions.makeAhead();
  for (let ms = START; ms < clock.now(); ms += 500 * EVERY_MS) {
    const last = Math.min(ms + 500 * EVERY_MS, clock.now());
    await insertPerf(sql, Array.from({ length: (last - ms) / EVERY_MS }, (_, i) => poll('host', ms + i * EVERY_MS)).flat());
  }
  const samples = (DAYS * DAY * 3) / EVERY_MS;

  let polls = 0;
  /** As 100 hosts are polled: one after the other. */
  const write = async (): Promise<number> => {
    const began = performance.now();
    await insertPerf(sql, poll(`other-${polls % 100}`, clock.now() + Math.floor(polls++ / 100) * EVERY_MS));
    return performance.now() - began;
  };
  const alone: number[] = [];
  for (let i = 0; i < BATCHES; i += 1) alone.push(await write());

  const rollups = createRollups({ sql: own, clock, make: partitions.make });
  const [pieces, beside]: number[][] = [[], []];
  let busy = true;
  const summingUp = (async (): Promise<void> => {
    for (let more = true; more;) {
      const began = performance.now();
      more = await rollups.piece();
      pieces!.push(performance.now() - began);
    }
    busy = false;
  })();
  while (busy) beside!.push(await write());
  await summingUp;
  await sql`VACUUM ANALYZE`;

  const history = createHistory(sql);
  const answer = async (stepS: number): Promise<number> => {
    const began = performance.now();
    const { points } = await history.perfSteps({ hosts: ['host'], from: timeOfMs(START), to: timeOfMs(clock.now()), stepS, limit: 100_000 });
    if (points.length < DAYS * 24 * 3) throw new Error(`expected ${DAYS * 24 * 3} points, found ${points.length}`);
    return performance.now() - began;
  };
  const [rolled, raw]: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    rolled!.push(await answer(3_600));
    raw!.push(await answer(3_599));
  }
  await Promise.all([sql.end({ timeout: 1 }), own.end({ timeout: 1 })]);
  report('rollups', [
    { name: 'two weeks by the hour', value: median(rolled!), ceiling: median(raw!), unit: 'ms', atMost: 0.2 },
    { name: 'batch alone, p50', value: percentile(alone, 0.5), unit: 'ms' },
    { name: 'batch alone, p99', value: percentile(alone, 0.99), unit: 'ms' },
    { name: 'batch while summing up, p50', value: percentile(beside!, 0.5), unit: 'ms' },
    { name: 'batch while summing up, p99', value: percentile(beside!, 0.99), unit: 'ms' },
    { name: 'piece, p50', value: percentile(pieces!, 0.5), unit: 'ms' },
    { name: 'piece, longest', value: Math.max(...pieces!), unit: 'ms' },
  ], [`${samples} samples; ${pieces!.length} pieces, ${beside!.length} batches of 3 samples meanwhile`]);
} finally {
  await server.stop(10_000);
  rmSync(folder, { recursive: true, force: true });
}

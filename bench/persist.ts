/**
 * `npm run bench -- persist`: rows a second through `Store.writeBatch` (one transaction: rows, watermarks, the newest row's time)
 * beside the bare statement: the same `INSERT … SELECT FROM unnest(…)` of 1,000 rows, alone, into the same table. Both take
 * turns on one connection of an embedded server with the product's settings, so that checkpoints and cache fall on both.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredRow } from '../src/model/records/activity.ts';
import { timeOfMs } from '../src/model/time.ts';
import { startEmbedded } from '../src/io/embedded/server.ts';
import { insertActivity } from '../src/io/postgres/insert-activity.ts';
import { migrate } from '../src/io/postgres/migrate.ts';
import { createPartitions } from '../src/io/postgres/partitions.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { createPostgresStore } from '../src/io/postgres/store.ts';
import { counterRandom } from '../test/support/counter-random.ts';
import { batch, boot, row } from '../test/support/rows.ts';
import { virtualClock } from '../test/support/virtual-clock.ts';
import { report } from './report.ts';

const ROWS = 1_000;
const HOSTS = 50;
const ROUNDS = 30;
const BATCHES = 5;
const WARM_UP = 4;

const folder = mkdtempSync(join(tmpdir(), 'drover-bench-'));
chmodSync(folder, 0o755);
const server = await startEmbedded({ folder: join(folder, 'pg'), signal: new AbortController().signal });
try {
  await migrate(server.url);
  const sql = connectTo(server.url, { max: 1 });
  const clock = virtualClock();
  const partitions = createPartitions({ sql, clock });
  await partitions.makeAhead();
  const store = createPostgresStore({ sql, clock, random: counterRandom(), makePartition: partitions.make });

  let made = 0;
  /** As a busy fleet's: rows of many hosts, times that rise. */
  const rows = (boots: number): StoredRow[] => Array.from({ length: ROWS }, () => {
    made += 1;
    return row({
      hostId: `host-${made % HOSTS}`, bootEpoch: boots, upstreamId: Math.floor(made / HOSTS), ts: timeOfMs(clock.now() + made), model: `model-${made % 7}`,
      inputTokens: made % 4_000, outputTokens: made % 900, tokensPerSecond: 20 + (made % 60) / 3, durationMs: made % 9_000, metadata: made % 3 ? null : { fifo_priority: made % 5 },
    });
  });
  const hosts = Array.from({ length: HOSTS }, (_, i) => `host-${i}`);
  await store.writeBatch(batch({ boots: hosts.map((hostId) => boot({ hostId })) }));

  let bareMs = 0;
  let storeMs = 0;
  const flushes: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (let i = 0; i < BATCHES; i += 1) {
      const bare = rows(2);
      const start = performance.now();
      await insertActivity(sql, bare);
      const bareEnd = performance.now();
      const full = batch({ activity: rows(1), marks: hosts.map((hostId) => ({ hostId, bootEpoch: 1, floor: 0, next: Math.floor(made / HOSTS) })) });
      const storeStart = performance.now();
      const { inserted } = await store.writeBatch(full);
      const end = performance.now();
      if (inserted !== ROWS) throw new Error(`expected ${ROWS} rows stored, found ${inserted}`);
      if (round < 0) continue;
      bareMs += bareEnd - start;
      storeMs += end - storeStart;
      flushes.push(end - storeStart);
    }
  }
  await sql.end({ timeout: 1 });

  const stored = ROUNDS * BATCHES * ROWS;
  const sorted = flushes.toSorted((a, b) => a - b);
  report('persist', [
    { name: 'through the store', value: (stored / storeMs) * 1_000, ceiling: (stored / bareMs) * 1_000, unit: 'rows/s', atLeast: 0.8 },
    { name: 'flush p50', value: sorted[Math.floor(sorted.length * 0.5)] ?? NaN, unit: 'ms' },
    { name: 'flush p99', value: sorted[Math.floor(sorted.length * 0.99)] ?? NaN, unit: 'ms' },
  ], [`batches of ${ROWS} rows of ${HOSTS} hosts, each with ${HOSTS} watermarks; ${stored} rows each way`]);
} finally {
  await server.stop(10_000);
  rmSync(folder, { recursive: true, force: true });
}

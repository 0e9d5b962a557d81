/** An embedded PostgreSQL of its own, and persisters that take a queue's rows to it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { persister } from '../../src/actors/writers/persister.ts';
import type { WriterQueue } from '../../src/actors/writers/writer-queue.ts';
import type { Batch } from '../../src/model/records/batch.ts';
import { startEmbedded } from '../../src/io/embedded/server.ts';
import { migrate } from '../../src/io/postgres/migrate.ts';
import { createPartitions } from '../../src/io/postgres/partitions.ts';
import { connectTo } from '../../src/io/postgres/pools.ts';
import { createPostgresStore } from '../../src/io/postgres/store.ts';
import { systemClock } from '../../src/io/system.ts';
import { counterRandom } from '../../test/support/counter-random.ts';
import { virtualClock } from '../../test/support/virtual-clock.ts';
import { childContext } from './fed-link.ts';

export interface BenchDatabase {
  /** With the password. */
  readonly url: string;
  write(batch: Batch): Promise<void>;
  persist(queue: WriterQueue): { /** Resolves when nothing waits any more. */ stored(): Promise<void>; stop(): void };
  close(): Promise<void>;
}

/** `now`: wall ms around which rows are expected. */
export async function openBenchDatabase(now: number): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'drover-bench-'));
  chmodSync(folder, 0o755);
  const server = await startEmbedded({ folder: join(folder, 'pg'), signal: new AbortController().signal });
  await migrate(server.url);
  const sql = connectTo(server.url, { max: 4 });
  const clock = virtualClock(now);
  const partitions = createPartitions({ sql, clock });
  await partitions.makeAhead();
  const store = createPostgresStore({ sql, clock, random: counterRandom(), makePartition: partitions.make });
  const database = { ready: () => true, subscribe: () => () => {} };
  return {
    url: server.url,
    async write(batch) {
      await store.writeBatch(batch);
    },
    persist(queue) {
      const actors = (['activity', 'perf', 'events'] as const).map((lane) => {
        const started = persister({ lane, queue, store, database })(childContext(`persister-${lane}`, systemClock));
        if (started instanceof Promise || started.kind !== 'ok') throw new Error(`the persister of ${lane} did not start`);
        started.actor.start();
        return started.actor;
      });
      return {
        async stored() {
          while (queue.figures().queued > 0) await pause(5);
        },
        stop() {
          for (const actor of actors) actor.stop();
        },
      };
    },
    async close() {
      await sql.end({ timeout: 1 });
      await server.stop(10_000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

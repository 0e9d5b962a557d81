/**
 * Drover ended by SIGTERM and SIGKILL at random moments with traffic running: five seeds here, fifty in `npm run chaos`.
 * `CHAOS_SEED=17 npx vitest run test/chaos.test.ts` plays one again; the machine's own pace differs each time.
 */
import { describe, expect, it } from 'vitest';
import { runChaos } from './support/chaos.ts';
import { createTestDatabase } from './support/database.ts';
import { embeddedUrl } from './support/embedded.ts';
import { dataFolder } from './support/program.ts';

const { CHAOS_SEED, CHAOS_SEEDS = '5' } = process.env;
const seeds = CHAOS_SEED === undefined ? Array.from({ length: Number(CHAOS_SEEDS) }, (_, index) => index + 1) : [Number(CHAOS_SEED)];

describe.concurrent('whatever ends Drover', () => {
  it.each(seeds)('seed %i: PostgreSQL holds what the hosts served', { timeout: 180_000 }, async (seed) => {
    const data = await dataFolder();
    // Each fifth day is the embedded server's: it lives on when Drover is killed, and is adopted.
    const database = seed % 5 === 0 ? null : await createTestDatabase();
    try {
      const result = await runChaos({ seed, ends: 4, dataDir: data.path, databaseUrl: database?.url ?? null, url: () => database?.url ?? embeddedUrl(data.path) });
      console.log(`seed ${seed}: ${result.served} rows served, ${result.stored} stored, ${result.gaps} gaps, ${result.restarts} ends of Drover`);
      expect(result.stored).toBeGreaterThan(200);
    } finally {
      await database?.drop();
      await data.remove();
    }
  });
});

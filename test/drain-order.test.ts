/** Law 9 in the real program: what was heard before the stop is written down, sockets are told, and a second signal waits for nobody. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SimHost } from '../src/demo/sim-types.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { deferred } from '../src/model/deferred.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { rawSocket, simHost, type RawSocket } from './support/fleet.ts';
import { dataFolder, eventually, startProgram, type Program } from './support/program.ts';

let database: TestDatabase;
let data: Awaited<ReturnType<typeof dataFolder>>;
let sql: ReturnType<typeof connectTo>;
let host: SimHost;
let program: Program;
let socket: RawSocket;
let unlock: () => Promise<void>;

/** No batch of rows ends before `unlock`. */
async function lockActivity(): Promise<() => Promise<void>> {
  const locked = deferred<void>();
  const enough = deferred<void>();
  const over = sql.begin(async (tx) => {
    await tx`LOCK TABLE activity IN EXCLUSIVE MODE`;
    locked.resolve();
    await enough.promise;
  });
  await locked.promise;
  return async () => {
    enough.resolve();
    await over;
  };
}

const shown = (inputTokens: number): Promise<unknown> => socket.next((frame) => frame.type === 'activity' && frame.rows.some((row: any) => row.inputTokens === inputTokens), `the row with ${inputTokens} tokens`);
const stored = async (): Promise<number[]> => (await sql`SELECT input_tokens::int AS tokens FROM activity ORDER BY upstream_id`).map(({ tokens }) => tokens as number);

/** A drain can take as long as it wants: one batch hangs in the database, and a row waits behind it. */
beforeEach(async () => {
  [database, data] = await Promise.all([createTestDatabase(), dataFolder()]);
  sql = connectTo(database.url, { max: 2 });
  const sim = await simHost({ release: 'v250' });
  host = sim.host;
  program = await startProgram({ dataDir: data.path, env: { DATABASE_URL: database.url, DROVER_HOSTS: `a=${sim.url}`, DROVER_LIMITS_DRAIN_WRITERS_MS: '600000' } });
  await eventually(() => program.request('/readyz'), ({ status }) => status === 200, 'ready');
  await eventually(() => program.get('/api/hosts/a'), ({ state }) => state.liveness.state === 'live' && state.bootEpoch === 1, 'live');
  socket = await rawSocket(program.url);
  socket.send({ type: 'subscribe', topics: ['activity'] });
  await socket.next((frame) => frame.type === 'subscribed', 'subscribed');
  host.record({ inputTokens: 1 });
  await eventually(stored, (rows) => rows.length === 1, 'the first row');
  unlock = await lockActivity();
  host.record({ inputTokens: 2 });
  await eventually(async () => (await sql`SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).length, (waiting) => waiting > 0, 'a batch that waits');
  host.record({ inputTokens: 3 });
  await shown(3);
  program.kill('SIGTERM');
});

afterEach(async () => {
  await unlock();
  program.kill('SIGKILL');
  await program.ended;
  socket.ws.terminate();
  await host.close();
  await sql.end();
  await database.drop();
  await data.remove();
});

test('SIGTERM: sockets are closed with 1012, then the links, and what they heard is stored before the database is left', async () => {
  expect(await socket.closed).toBe(1012);
  await eventually(async () => host.streams, (streams) => streams === 0, 'the link is closed');
  expect(await stored()).toEqual([1]);
  await unlock();
  expect(await program.ended).toBe(0);
  expect(await stored()).toEqual([1, 2, 3]);
});

test('a second SIGTERM ends it at once', { timeout: 30_000 }, async () => {
  await eventually(async () => host.streams, (streams) => streams === 0, 'the link is closed');
  program.kill('SIGTERM');
  expect(await program.ended).not.toBeNull();
  expect(await stored()).toEqual([1]);
});

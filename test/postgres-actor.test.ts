import { afterEach, describe, expect, test } from 'vitest';
import type { Sql } from 'postgres';
import { classify } from '../src/io/postgres/errors.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import type { DatabaseFault } from '../src/io/postgres/fault.ts';
import type { DatabaseTarget } from '../src/io/postgres/url.ts';
import { StoreError } from '../src/model/records/batch.ts';
import { createTestDatabase } from './support/database.ts';
import { QUICK, runPostgres, type RunningPostgres } from './support/postgres-actor.ts';
import { tcpProxy, type TcpProxy } from './support/tcp-proxy.ts';

const after: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of after.splice(0).toReversed()) await undo();
});

function run(...args: Parameters<typeof runPostgres>): RunningPostgres {
  const postgres = runPostgres(...args);
  after.push(async () => {
    await postgres.shutdown();
    expect(postgres.crashes).toEqual([]);
  });
  return postgres;
}

async function external(): Promise<{ url: string; target: DatabaseTarget }> {
  const { url, drop } = await createTestDatabase();
  after.push(drop);
  return { url, target: { kind: 'external', url } };
}

async function behindProxy(): Promise<{ target: DatabaseTarget; proxy: TcpProxy; direct: Sql }> {
  const { url } = await external();
  const address = new URL(url);
  const proxy = await tcpProxy({ host: address.hostname, port: Number(address.port || 5432) });
  after.push(proxy.close);
  address.host = `127.0.0.1:${proxy.port}`;
  return { target: { kind: 'external', url: address.href }, proxy, direct: admin(url) };
}

function admin(url: string): Sql {
  const sql = connectTo(url, { max: 1 });
  after.push(() => sql.end({ timeout: 0 }));
  return sql;
}

const isReady = ({ state }: { state: string }): boolean => state === 'ready';
const isAway = ({ state }: { state: string }): boolean => state === 'away';

/** The backend that holds the lock of one Drover per database. */
const lockHolders = (sql: Sql) => sql<{ pid: number }[]>`
  select pid from pg_locks join pg_database d on d.oid = database where locktype = 'advisory' and granted and datname = current_database()`;
const killBackends = (sql: Sql, name: string) => sql`
  select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = ${name}`;

describe('a server of somebody else', () => {
  test('ready with pools that stay the same objects; a subscriber that comes late is told at once', async () => {
    const { target } = await external();
    const postgres = run({ target });
    expect(postgres.status()).toMatchObject({ state: 'starting', reason: null });
    await expect(postgres.pools.reads`select 1`).rejects.toSatisfy((error) => classify(error) === 'away');
    await expect(postgres.pools.writers.begin((sql) => sql`select 1`)).rejects.toSatisfy((error) => classify(error) === 'away');
    expect(postgres.current()).toBeNull();
    const { writers, reads } = postgres.pools;
    await postgres.until(isReady);
    expect(await writers.begin((sql) => sql`select ${1}::int as one`)).toEqual([{ one: 1 }]);
    expect(await reads`select ${[1, 2]}::int[] as list, ${reads.json({ a: 1 })}::jsonb as doc`).toEqual([{ list: [1, 2], doc: { a: 1 } }]);
    const told: number[] = [];
    postgres.onReady(({ generation }) => told.push(generation));
    expect(told).toEqual([1]);
    await postgres.shutdown();
    expect(postgres.current()).toBeNull();
    await expect(reads`select 1`).rejects.toSatisfy((error) => classify(error) === 'away');
  });

  test('not there at the start: away with the address as the reason, ready when it comes', async () => {
    const { target, proxy } = await behindProxy();
    await proxy.close();
    const postgres = run({ target });
    await postgres.until(isAway);
    expect(postgres.status().reason).toBe(`unreachable: the database at 127.0.0.1:${proxy.port} is not reachable (ECONNREFUSED)`);
    expect(postgres.refusals).toEqual([]);
    await proxy.open();
    await postgres.until(isReady);
  });

  test('gone and back: every listener is told, and the generation rises', async () => {
    const { target, proxy } = await behindProxy();
    const postgres = run({ target });
    const told: string[] = [];
    postgres.onReady(({ generation }) => told.push(`ready ${generation}`));
    postgres.onAway(({ code }) => told.push(code));
    await postgres.until(isReady);
    await proxy.close();
    await postgres.until(isAway);
    await proxy.open();
    await postgres.until(isReady);
    expect(told).toEqual(['ready 1', 'lost', 'ready 2']);
  });

  test('connected but dumb: away, and queries in flight end', async () => {
    const { target, proxy } = await behindProxy();
    const postgres = run({ target });
    await postgres.until(isReady);
    const slow = postgres.pools.writers`select pg_sleep(60)`.catch((error: unknown) => classify(error));
    proxy.freeze();
    await postgres.until(isAway);
    expect(postgres.status().reason).toMatch(/^no_answer: /);
    expect(await slow).toBe('away');
    proxy.thaw();
    await postgres.until(isReady);
  });

  test('the connection of the lock killed: away, and ready again under the lock', async () => {
    const { target, url } = await external();
    const sql = admin(url);
    const postgres = run({ target });
    await postgres.until(isReady);
    const [before] = await lockHolders(sql);
    const away: DatabaseFault[] = [];
    postgres.onAway((fault) => away.push(fault));
    await sql`select pg_terminate_backend(${before!.pid})`;
    await postgres.until(() => postgres.current()?.generation === 2);
    expect(away.map(({ code }) => code)).toEqual(['lost']);
    const holders = await lockHolders(sql);
    expect(holders).toHaveLength(1);
    expect(holders[0]!.pid).not.toBe(before!.pid);
  });

  test("a writer's connection killed: the query fails as away, the database stays ready", async () => {
    const { target, url } = await external();
    const sql = admin(url);
    const postgres = run({ target });
    await postgres.until(isReady);
    const query = postgres.pools.writers`select pg_sleep(60)`.catch((error: unknown) => error);
    await expect.poll(() => sql`select 1 from pg_stat_activity where application_name = 'drover writers' and datname = current_database() and wait_event = 'PgSleep'`).toHaveLength(1);
    await killBackends(sql, 'drover writers');
    const error = await query;
    expect(classify(error)).toBe('away');
    postgres.report(error, 1);
    await expect.poll(() => postgres.pools.writers`select 1 as one`.catch(() => null)).toEqual([{ one: 1 }]);
    expect(postgres.current()?.generation).toBe(1);
  });

  test('a disk that a writer found full makes it away until a megabyte can be written', async () => {
    const { target } = await external();
    const postgres = run({ target });
    await postgres.until(isReady);
    const away: string[] = [];
    postgres.onAway(({ code }) => away.push(code));
    const full = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' });
    postgres.report(full, 0);
    // As the store wraps it.
    postgres.report(new StoreError('away', 'the database does not take work', undefined, { cause: full }), 1);
    await postgres.until(() => postgres.current()?.generation === 2);
    expect(away).toEqual(['disk_full']);
  });

  test('an actor that was killed leaves no lock: the next incarnation is ready at once', async () => {
    const { target } = await external();
    const postgres = run({ target });
    await postgres.until(isReady);
    postgres.kill();
    expect(postgres.current()).toBeNull();
    postgres.startAgain();
    await postgres.until(() => postgres.current()?.generation === 2);
    expect(postgres.refusals).toEqual([]);
  });
});

describe('one Drover per database', () => {
  test('the second waits, then is refused; the first goes on', async () => {
    const { target } = await external();
    const first = run({ target });
    await first.until(isReady);
    const second = run({ target });
    await second.until(({ state }) => state === 'refused');
    expect(second.refusals).toMatchObject([{ code: 'database_in_use', message: expect.stringMatching(/did not leave it within 0.3 s: stop that one/) }]);
    expect(second.status().reason).toMatch(/^database_in_use: another Drover/);
    expect(first.current()?.generation).toBe(1);
    await second.shutdown();
    expect(await first.pools.leases`select 1 as one`).toEqual([{ one: 1 }]);
  });

  test('the second becomes ready when the first leaves in time', async () => {
    const { target, url } = await external();
    const sql = admin(url);
    const first = run({ target });
    await first.until(isReady);
    const second = run({ target, limits: { ...QUICK, database: { ...QUICK.database, lockWaitMs: 10_000 } } });
    await expect.poll(() => sql`select 1 from pg_locks join pg_database d on d.oid = database where locktype = 'advisory' and not granted and datname = current_database()`).toHaveLength(1);
    await first.shutdown();
    await second.until(isReady);
    expect(second.refusals).toEqual([]);
  });

  test('one that lost its lock to another stays away with that reason, and is ready when the other leaves', async () => {
    const { target, proxy, direct } = await behindProxy();
    const first = run({ target });
    await first.until(isReady);
    await proxy.close();
    await first.until(isAway);
    await direct`select pg_advisory_lock(110442659079538)`;
    await proxy.open();
    await first.until(({ reason }) => reason?.startsWith('database_in_use: ') === true);
    expect(first.status().state).toBe('away');
    expect(first.refusals).toEqual([]);
    await direct`select pg_advisory_unlock(110442659079538)`;
    await first.until(isReady);
  });
});

describe('refused at the first start', () => {
  test('a login that the server refuses', async () => {
    const { url } = await external();
    const address = new URL(url);
    address.username = 'drover_test_nobody';
    address.password = 'top-secret';
    const postgres = run({ target: { kind: 'external', url: address.href } });
    await postgres.until(({ state }) => state === 'refused');
    expect(postgres.refusals).toMatchObject([{ code: 'login' }]);
    expect(postgres.status().reason).not.toContain('top-secret');
  });

  test('a database that is not there', async () => {
    const { url } = await external();
    const address = new URL(url);
    address.pathname = '/drover_test_missing';
    const postgres = run({ target: { kind: 'external', url: address.href } });
    await postgres.until(({ state }) => state === 'refused');
    expect(postgres.refusals).toMatchObject([{ code: 'login', message: expect.stringMatching(/"drover_test_missing" does not exist.*create it/) }]);
  });

  test('a newer schema; later in a life the same is away', async () => {
    const { target, url } = await external();
    const sql = admin(url);
    const life = run({ target });
    await life.until(isReady);
    await sql`insert into drover_migrations (version, name, checksum) values (9999, '9999-from-the-future', '')`;
    await killBackends(sql, 'drover leases');
    await life.until(({ reason }) => reason?.startsWith('schema_newer: ') === true);
    expect(life.status().state).toBe('away');
    expect(life.refusals).toEqual([]);
    await life.shutdown();
    const postgres = run({ target });
    await postgres.until(({ state }) => state === 'refused');
    expect(postgres.refusals).toMatchObject([{ code: 'schema_newer' }]);
  });
});

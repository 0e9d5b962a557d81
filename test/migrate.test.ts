import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { connectTo } from '../src/io/postgres/pools.ts';
import { migrate } from '../src/io/postgres/migrate.ts';
import { migrationsFolder, readMigrations, type Migration } from '../src/io/postgres/migration-files.ts';
import { readCatalogue } from './support/catalogue.ts';
import { createTestDatabase } from './support/database.ts';

const after: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const undo of after.splice(0).toReversed()) await undo();
});

async function database(options: { empty?: boolean } = {}) {
  const { url, drop } = await createTestDatabase(options);
  after.push(drop);
  const sql = connectTo(url, { max: 2 });
  after.push(() => sql.end({ timeout: 0 }));
  return { url, sql };
}

function migration(version: number, sql: string, more: Partial<Migration> = {}): Migration {
  return { version, name: `${String(version).padStart(4, '0')}-test`, sql, checksum: sql, transaction: true, ...more };
}

test('schema.sql is what the migrations lead to', async () => {
  const [migrated, drawn] = [await database(), await database({ empty: true })];
  await drawn.sql.unsafe(readFileSync(join(migrationsFolder(), '..', 'schema.sql'), 'utf8')).simple();
  const found = await readCatalogue(migrated.sql);
  expect(found.length).toBeGreaterThan(20);
  expect(await readCatalogue(drawn.sql)).toEqual(found);
});

test('the catalogue tells schemas apart that differ in any one thing', async () => {
  const start = 'create table t (a integer not null, b text, at timestamptz) partition by range (at); create index i on t (a); create table u (c integer primary key, d text)';
  const changes = [
    'alter table t alter a type bigint', 'alter table t alter b set default 1', 'alter table t alter a drop not null', 'alter table t add check (a > 0)', 'alter table t alter b type text collate "C"',
    'drop index i', 'drop index i; create index i on t (b)', 'alter table t add c integer', 'alter table u set (fillfactor = 50)', 'alter table u set (toast.autovacuum_vacuum_threshold = 7)',
    "create table p partition of t for values from ('2026-01-01') to ('2026-02-01')", "create type e as enum ('x')", 'create view v as select 1', 'alter table u drop constraint u_pkey', 'create sequence s',
    'drop table t; create table t (a integer not null, b text, at timestamptz) partition by range (a); create index i on t (a)',
  ];
  const { sql } = await database({ empty: true });
  await sql.unsafe(start).simple();
  const before = await readCatalogue(sql);
  const undone = new Error('rolled back');
  for (const change of changes) {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(change).simple();
      expect(await readCatalogue(transaction as unknown as typeof sql), change).not.toEqual(before);
      throw undone;
    }).catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  }
  expect(await readCatalogue(sql)).toEqual(before);
});

test('goes forward, once', async () => {
  const { url, sql } = await database({ empty: true });
  const steps = [migration(1, 'create table a (x integer)'), migration(2, 'insert into a values (1)')];
  expect(await migrate(url, steps.slice(0, 1))).toEqual({ version: 1, applied: ['0001-test'] });
  expect(await migrate(url, steps)).toEqual({ version: 2, applied: ['0002-test'] });
  expect(await migrate(url, steps)).toEqual({ version: 2, applied: [] });
  expect(await sql`select x from a`).toEqual([{ x: 1 }]);
});

test('of several at once each waits for the one before, and every file runs once', async () => {
  const { url, sql } = await database({ empty: true });
  const steps = [migration(1, 'create table a (x integer); select pg_sleep(0.1)'), migration(2, 'insert into a values (1)')];
  const results = await Promise.all([1, 2, 3, 4].map(() => migrate(url, steps)));
  expect(results.flatMap(({ applied }) => applied).sort()).toEqual(['0001-test', '0002-test']);
  expect(await sql`select count(*)::int as n from a`).toEqual([{ n: 1 }]);
});

test('a file that fails leaves nothing behind, and the ones before it stay', async () => {
  const { url, sql } = await database({ empty: true });
  const bad = [migration(1, 'create table a (x integer)'), migration(2, 'create table b (x integer); select 1 / 0')];
  await expect(migrate(url, bad)).rejects.toMatchObject({ code: 'migration', refused: true, message: expect.stringMatching(/0002-test failed: division by zero/) });
  expect(await sql`select to_regclass('a') is not null as a, to_regclass('b') is not null as b`).toEqual([{ a: true, b: false }]);
  expect(await migrate(url, [bad[0]!, migration(2, 'create table b (x integer)')])).toMatchObject({ applied: ['0002-test'] });
});

test('a database of a newer Drover is refused and left alone', async () => {
  const { url, sql } = await database({ empty: true });
  const steps = [migration(1, 'create table a (x integer)'), migration(2, 'create table b (x integer)')];
  await migrate(url, steps);
  const before = await readCatalogue(sql);
  await expect(migrate(url, steps.slice(0, 1))).rejects.toMatchObject({ code: 'schema_newer', refused: true });
  expect(await readCatalogue(sql)).toEqual(before);
});

test('an applied file that reads otherwise now is refused', async () => {
  const { url } = await database({ empty: true });
  await migrate(url, [migration(1, 'create table a (x integer)')]);
  await expect(migrate(url, [migration(1, 'create table a (y integer)')])).rejects.toMatchObject({ code: 'schema_changed', refused: true });
});

test('what cannot run in a transaction says so in its first line', async () => {
  const { url, sql } = await database({ empty: true });
  const text = 'create index concurrently if not exists i on a (x)';
  await migrate(url, [migration(1, 'create table a (x integer)')]);
  await expect(migrate(url, [migration(1, 'create table a (x integer)'), migration(2, text)])).rejects.toMatchObject({ code: 'migration' });
  await migrate(url, [migration(1, 'create table a (x integer)'), migration(2, text, { transaction: false })]);
  expect(await sql`select to_regclass('i') is not null as there`).toEqual([{ there: true }]);
});

test('the files are numbered from 0001 without a hole', () => {
  expect(readMigrations().map(({ version }) => version)).toEqual(readMigrations().map((_, index) => index + 1));
  expect(readMigrations().length).toBeGreaterThan(0);
});

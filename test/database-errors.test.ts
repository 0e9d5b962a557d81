import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from 'postgres';
import { classify } from '../src/io/postgres/errors.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  sql = connectTo(database.url, { max: 2 });
  await sql.unsafe(`
    create table parted (at timestamptz not null, n integer check (n > 0)) partition by range (at);
    create table parted_now partition of parted for values from ('2026-01-01') to ('2026-02-01');
    create table keyed (k integer primary key)`).simple();
});
afterAll(async () => {
  await sql.end({ timeout: 0 });
  await database.drop();
});

const meet = async (statement: string): Promise<unknown> => sql.unsafe(statement).simple().then(() => null, (error: unknown) => error);

test.each([
  ["insert into parted values ('2030-01-01', 1)", 'partition'],
  ["insert into parted values ('2026-01-05', -1)", 'data'],
  ['insert into keyed values (1), (1)', 'data'],
  ['insert into keyed values (null)', 'data'],
  ["select 'x'::integer", 'data'],
  ["select E'a\\\\000'::bytea::text || convert_from('\\x00', 'UTF8')", 'data'],
  ['select 1 / 0', 'data'],
  ['select * from missing', 'bug'],
  ['selec 1', 'bug'],
  ["set statement_timeout = '20ms'; select pg_sleep(5)", 'away'],
  ['select pg_terminate_backend(pg_backend_pid())', 'away'],
])('%s: %s', async (statement, kind) => {
  expect(classify(await meet(statement))).toBe(kind);
  await meet('reset statement_timeout');
});

test('a port where nobody listens, a name that is none, a client that has ended: away', async () => {
  for (const url of ['postgres://127.0.0.1:1/x', 'postgres://nowhere.invalid/x']) {
    const other = connectTo(url, { max: 1, connect_timeout: 5 });
    expect(classify(await other`select 1`.catch((error: unknown) => error)), url).toBe('away');
    await other.end({ timeout: 0 });
    expect(classify(await other`select 1`.catch((error: unknown) => error))).toBe('away');
  }
});

test('a query in flight when its pool is cut: away', async () => {
  const other = connectTo(database.url, { max: 1 });
  const query = other`select pg_sleep(60)`.catch((error: unknown) => error);
  await expect.poll(() => sql`select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`).toHaveLength(1);
  await other.end({ timeout: 0 });
  expect(classify(await query)).toBe('away');
});

test.each([
  ['53100', 'away'], ['53300', 'away'], ['57P03', 'away'], ['58030', 'away'], ['40P01', 'away'], ['40001', 'away'], ['25006', 'away'], ['08006', 'away'], ['55P03', 'away'], ['28P01', 'away'], ['3D000', 'away'],
  ['22021', 'data'], ['54000', 'data'], ['42703', 'bug'], ['XX000', 'bug'], ['0A000', 'bug'], ['ERR_SOMETHING', 'bug'],
])('SQLSTATE %s: %s', (code, kind) => {
  expect(classify(Object.assign(new Error(), { code }))).toBe(kind);
});

test.each([[null], [undefined], ['08006'], [new TypeError('x is not a function')], [{ code: 8 }]])('no error of a database (%s): bug', (error) => {
  expect(classify(error)).toBe('bug');
});

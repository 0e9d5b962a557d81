import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHostsRepository, type HostsRepository } from '../src/io/postgres/hosts.ts';
import { connectTo } from '../src/io/postgres/pools.ts';
import { openSecrets, type Secrets } from '../src/io/secrets.ts';
import type { HostState } from '../src/model/host/state.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { virtualClock } from './support/virtual-clock.ts';

let database: TestDatabase;
let sql: Sql;
let folder: string;
let secrets: Secrets;
let hosts: HostsRepository;
const clock = virtualClock();
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connectTo(database.url, { max: 2 });
  folder = await mkdtemp(join(tmpdir(), 'drover-hosts-'));
  secrets = await openSecrets(folder);
  hosts = createHostsRepository({ sql, clock, secrets });
});
afterAll(async () => {
  await sql.end({ timeout: 0 });
  await database.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => void (await sql`TRUNCATE hosts, boots`));

const GPU1 = { id: 'gpu1', baseUrl: 'http://10.0.0.1:8080', name: 'Gpu \u{1F600}', tags: ['lab', 'a "b", {c}'], enabled: true };

test('adds a host once, and gives it back with its key', async () => {
  expect(await hosts.add({ ...GPU1, apiKey: 'sk-1' })).toBe('added');
  expect(await hosts.add({ ...GPU1, baseUrl: 'http://other', apiKey: null })).toBe('exists');
  expect(await hosts.list()).toEqual([{ id: 'gpu1', api: { ...GPU1, apiKey: { kind: 'key', key: 'sk-1' } }, enabledOverride: null, lastState: null, lastStateAt: null }]);
  const [{ api_key: stored }] = await sql<[{ api_key: Buffer }]>`SELECT api_key FROM hosts`;
  expect(stored.includes('sk-1')).toBe(false);
});

test('changes what is named and leaves the rest', async () => {
  await hosts.add({ ...GPU1, apiKey: 'sk-1' });
  expect(await hosts.change('gpu1', { tags: [], enabled: false })).toBe('changed');
  expect((await hosts.list())[0]!.api).toEqual({ ...GPU1, tags: [], enabled: false, apiKey: { kind: 'key', key: 'sk-1' } });
  await hosts.change('gpu1', { apiKey: null, name: 'new', baseUrl: 'http://new' });
  expect((await hosts.list())[0]!.api).toEqual({ ...GPU1, name: 'new', baseUrl: 'http://new', tags: [], enabled: false, apiKey: { kind: 'none' } });
  await hosts.change('gpu1', { apiKey: 'sk-2' });
  expect((await hosts.list())[0]!.api!.apiKey).toEqual({ kind: 'key', key: 'sk-2' });
  expect(await hosts.change('nobody', { name: 'x' })).toBe('unknown');
});

test('a removed host leaves closed boots, and so does the id taken again', async () => {
  await hosts.add({ ...GPU1, apiKey: null });
  const boot = (epoch: number) => sql`INSERT INTO boots (host_id, boot_epoch, detected_at, generation, floor, next) VALUES ('gpu1', ${epoch}, now(), 3, 1, 1)`;
  const closed = async () => (await sql<{ closed: boolean }[]>`SELECT closed FROM boots ORDER BY boot_epoch`).map((row) => row.closed);
  await boot(1);
  expect(await hosts.add({ ...GPU1, apiKey: null })).toBe('exists');
  expect(await closed()).toEqual([false]);
  expect(await hosts.remove('gpu1')).toBe('removed');
  expect(await closed()).toEqual([true]);
  expect(await hosts.remove('gpu1')).toBe('unknown');
  // What the old link had still queued.
  await boot(2);
  expect(await hosts.add({ ...GPU1, apiKey: null })).toBe('added');
  expect(await closed()).toEqual([true, true]);
});

test('a declared host has an override and a memory, and is no host of the API', async () => {
  await hosts.overrideEnabled('rack1', false);
  expect(await hosts.list()).toEqual([{ id: 'rack1', api: null, enabledOverride: false, lastState: null, lastStateAt: null }]);
  expect(await hosts.change('rack1', { enabled: true })).toBe('unknown');
  expect(await hosts.remove('rack1')).toBe('unknown');
  await hosts.overrideEnabled('rack1', null);
  expect((await hosts.list())[0]!.enabledOverride).toBeNull();
  expect(await hosts.add({ ...GPU1, id: 'rack1', apiKey: null })).toBe('added');
});

test('remembers states, and brings back no host that was deleted', async () => {
  await hosts.add({ ...GPU1, apiKey: null });
  const state = { name: 'a\0b', models: { ['__proto__']: { state: 'ready' } } } as unknown as HostState;
  const at = '2026-01-01T00:00:01.000002Z';
  await hosts.saveStates([{ id: 'gpu1', state, at, declared: false }, { id: 'gone', state, at, declared: false }, { id: 'rack1', state, at, declared: true }]);
  const all = await hosts.list();
  expect(all.map(({ id, lastStateAt }) => [id, lastStateAt])).toEqual([['gpu1', at], ['rack1', at]]);
  expect(JSON.stringify(all[0]!.lastState)).toBe('{"name":"a\uFFFDb","models":{"__proto__":{"state":"ready"}},"utcOffsetMin":null}');
});

test('a key stored under another key file is said to be unreadable', async () => {
  await hosts.add({ ...GPU1, apiKey: 'sk-1' });
  const elsewhere = await mkdtemp(join(tmpdir(), 'drover-hosts-'));
  const other = createHostsRepository({ sql, clock, secrets: await openSecrets(elsewhere) });
  await rm(elsewhere, { recursive: true });
  expect((await other.list())[0]!.api!.apiKey).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining('enter the API key again') });
});

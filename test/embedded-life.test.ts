import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { classify } from '../src/io/postgres/errors.ts';
import { postgresIn, readPostmasterFile } from '../src/io/embedded/postmaster.ts';
import { ROOT } from './support/compile-source.ts';
import { isRoot, ownedFolder } from './support/embedded.ts';
import { embeddedTests } from './support/embedded-tests.ts';
import { QUICK, runPostgres, type RunningPostgres } from './support/postgres-actor.ts';

const { after, folder, sources } = embeddedTests();

function run(data: string, more: Partial<Parameters<typeof runPostgres>[0]> = {}): RunningPostgres {
  const postgres = runPostgres({ target: { kind: 'embedded', folder: join(data, 'pg') }, embedded: { settings: { fsync: 'off' } }, ...more });
  after.push(async () => {
    await postgres.shutdown();
    expect(postgres.crashes).toEqual([]);
  });
  return postgres;
}

const isReady = ({ state }: { state: string }): boolean => state === 'ready';
const postmaster = (data: string) => readPostmasterFile(join(data, 'pg'));

test('from an empty folder to migrated; the drain leaves a server that was shut down cleanly', async () => {
  const data = folder();
  const postgres = run(data);
  expect(postgres.status().state).toBe('starting');
  await postgres.until(isReady);
  expect(await postgres.pools.reads`select count(*)::int as n from drover_migrations`).not.toEqual([{ n: 0 }]);
  await postgres.checkpoint();
  await postgres.shutdown();
  expect(postmaster(data)).toBeNull();
  const again = run(data);
  await again.until(isReady);
  expect(spawnSync('grep', ['-c', 'not properly shut down', join(data, 'pg.log')]).stdout.toString().trim()).toBe('0');
});

test('the server crashes: away, started again, and what was committed is there', async () => {
  const data = folder();
  const postgres = run(data);
  await postgres.until(isReady);
  await postgres.pools.writers.unsafe('create table kept as select 1 as one').simple();
  const { pid } = postmaster(data)!;
  const slow = postgres.pools.reads`select pg_sleep(60)`.catch((error: unknown) => classify(error));
  process.kill(pid, 'SIGKILL');
  await postgres.until(() => postgres.current()?.generation === 2);
  expect(await slow).toBe('away');
  expect(postmaster(data)!.pid).not.toBe(pid);
  expect(await postgres.pools.reads`select one from kept`).toEqual([{ one: 1 }]);
});

test('two Drovers on one folder: the second is refused and leaves the server alone; later it may have it', async () => {
  const data = folder();
  const first = run(data);
  await first.until(isReady);
  const second = run(data);
  await second.until(({ state }) => state === 'refused');
  expect(second.refusals).toMatchObject([{ code: 'database_in_use' }]);
  await second.shutdown();
  expect(await first.pools.leases`select 1 as one`).toEqual([{ one: 1 }]);
  // The third waits while the first stops the server under it, and starts it again.
  const third = run(data, { limits: { ...QUICK, database: { ...QUICK.database, lockWaitMs: 20_000 } } });
  await expect.poll(() => first.pools.leases`select 1 from pg_locks where locktype = 'advisory' and not granted`).toHaveLength(1);
  await first.shutdown();
  await third.until(isReady);
  expect(third.refusals).toEqual([]);
});

test.each([
  ['makes the cluster', (data: string) => readdirSync(data, { recursive: true }).some((path) => String(path).endsWith('PG_VERSION'))],
  ['starts the server', (data: string) => existsSync(join(data, 'pg.log'))],
])('an order to stop while it still %s leaves nothing running', async (_, reached) => {
  const data = folder();
  const postgres = run(data);
  await expect.poll(() => reached(data), { interval: 1, timeout: 20_000 }).toBe(true);
  await postgres.shutdown();
  expect(readdirSync(data).filter((name) => name.includes('.init'))).toEqual([]);
  expect(postgresIn(join(data, 'pg'))).toBe(false);
});

test('a package that is missing is refused at the first start; later in a life it is away with that reason', async () => {
  const data = folder();
  let missing = false;
  const { findBinaries } = await import('../src/io/embedded/binaries.ts');
  const binaries = () => (missing ? findBinaries('file:///nowhere.js') : findBinaries());
  const postgres = run(data, { embedded: { settings: { fsync: 'off' }, binaries } });
  await postgres.until(isReady);
  missing = true;
  process.kill(postmaster(data)!.pid, 'SIGKILL');
  await postgres.until(({ reason }) => reason?.startsWith('package_missing: ') === true);
  expect(postgres.status().state).toBe('away');
  expect(postgres.refusals).toEqual([]);
  const other = run(folder(), { embedded: { binaries } });
  await other.until(({ state }) => state === 'refused');
  expect(other.refusals).toMatchObject([{ code: 'package_missing' }]);
  missing = false;
  await postgres.until(isReady);
});

const canMount = isRoot && spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0;

/** In a mount namespace of its own: the disk is gone with the process. */
function onSmallDisk(megabytes: number) {
  const disk = ownedFolder(join(folder(), 'disk'), 0o755);
  const script = `mount -t tmpfs -o size=${megabytes}m,mode=755 none "$1" && exec "$2" "$3" "$4" "$1"`;
  const child = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', disk, process.execPath, join(ROOT, 'test', 'support', 'disk-full-child.mjs'), sources()], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const seen: Record<string, unknown>[] = [];
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  after.push(async () => {
    if (child.exitCode === null) child.stdin.write('stop\n');
    await ended;
  });
  return {
    ended,
    tell: (command: string) => child.stdin.write(`${command}\n`),
    async until(passes: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`it ended; it had said ${JSON.stringify(seen)}`);
        const line = JSON.parse(value) as Record<string, unknown>;
        seen.push(line);
        if (passes(line)) return line;
      }
    },
  };
}

test.skipIf(!canMount)('no space left: away, not crashed, until there is room; nothing committed is lost', async () => {
  const disk = onSmallDisk(150);
  await disk.until(({ state }) => state === 'ready');
  disk.tell('write');
  expect(await disk.until(({ did }) => did !== undefined)).toEqual({ did: 'written' });
  disk.tell('fill');
  await disk.until(({ did }) => did === 'filled');
  disk.tell('write');
  expect(await disk.until(({ did }) => did !== undefined)).toEqual({ did: 'away' });
  expect(await disk.until(({ state }) => state === 'away')).toMatchObject({ reason: expect.stringMatching(/^disk_full: /) });
  disk.tell('pause');
  await disk.until(({ did, state }) => {
    expect(state).not.toBe('ready');
    return did === 'paused';
  });
  disk.tell('free');
  await disk.until(({ state }) => state === 'ready');
  disk.tell('count');
  expect(await disk.until(({ did }) => typeof did === 'number')).toEqual({ did: 3000 });
});

test.skipIf(!canMount)('no space to make the cluster: away, not refused', async () => {
  const disk = onSmallDisk(10);
  expect(await disk.until(({ state }) => state === 'away' || state === 'refused')).toMatchObject({ state: 'away', reason: expect.stringMatching(/^disk_full: /) });
});

test('the log of the server is readable by its owner alone', async () => {
  const data = folder();
  await run(data).until(isReady);
  expect(statSync(join(data, 'pg.log')).mode & 0o777).toBe(0o600);
});

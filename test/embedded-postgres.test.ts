import { spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { canReach } from '../src/io/embedded/account.ts';
import { findBinaries } from '../src/io/embedded/binaries.ts';
import { isPostmasterOf } from '../src/io/embedded/postmaster.ts';
import { ROOT } from './support/compile-source.ts';
import { ask, childWith, cloneTree, isRoot, nobody, ownedFolder, start, type Unprivileged } from './support/embedded.ts';
import { embeddedTests } from './support/embedded-tests.ts';

const { after, folder, sources } = embeddedTests();

function environment(values: Record<string, string>): void {
  const before = { ...process.env };
  after.push(() => {
    for (const name of Object.keys(values)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  Object.assign(process.env, values);
}

const mode = (path: string): number => statSync(path).mode & 0o777;
const make = "create table kept as select 'here' as word";
const read = 'select word from kept';
const kept = [{ word: 'here' }];

/** Processes of an unprivileged account need to reach the package and this node. */
const unprivileged: Unprivileged | undefined = isRoot && canReach(join(ROOT, 'package.json'), { ...nobody(), name: 'nobody' }) ? nobody() : undefined;

describe('cold and warm', () => {
  test('makes the cluster in the folder, serves loopback alone to its password alone, and finds its rows again', async () => {
    const data = folder();
    const cold = await start(join(data, 'pg'));
    expect(cold.adopted).toBe(false);
    expect(existsSync(join(data, 'pg', 'PG_VERSION'))).toBe(true);
    expect(mode(join(data, 'pg'))).toBe(0o700);
    expect(mode(join(data, 'pg.password'))).toBe(0o600);
    await ask(cold.url, make);
    const port = Number(new URL(cold.url).port).toString(16).toUpperCase().padStart(4, '0');
    const listening = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n')).filter((line) => line.split(/\s+/)[2]?.endsWith(`:${port}`) && line.split(/\s+/)[4] === '0A');
    expect(listening.map((line) => line.split(/\s+/)[2])).toEqual([`0100007F:${port}`]);
    const stranger = new URL(cold.url);
    stranger.password = 'guess';
    await expect(ask(stranger.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(await ask(cold.url, "select current_setting('server_encoding') as encoding, 'ä' < 'b' as bytes, upper('ä') as upper")).toEqual([{ encoding: 'UTF8', bytes: false, upper: 'Ä' }]);
    await cold.stop(5_000);
    expect(cold.isAlive()).toBe(false);
    const warm = await start(join(data, 'pg'));
    expect(warm).toMatchObject({ adopted: false });
    expect(await ask(warm.url, read)).toEqual(kept);
    expect(readdirSync(data).sort()).toEqual(['pg', 'pg.log', 'pg.password']);
  });

  test('umask 077, a LANG that is not installed, PG variables and another PostgreSQL on the PATH are nothing to it', async () => {
    const data = folder();
    const other = ownedFolder(join(data, 'bin'), 0o755);
    for (const name of ['postgres', 'initdb', 'pg_ctl']) writeFileSync(join(other, name), '#!/bin/sh\nexit 9\n', { mode: 0o755 });
    environment({ LANG: 'xx_YY.UTF-8', LC_ALL: 'xx_YY.UTF-8', PGDATA: '/nowhere', PGPORT: '1', PGUSER: 'somebody', PATH: `${other}:${process.env['PATH']}` });
    const umask = process.umask(0o077);
    after.push(() => process.umask(umask));
    const server = await start(join(data, 'home', 'data', 'pg'));
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a port that was taken meanwhile: the next one', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => busy.once('listening', resolve));
    after.push(() => busy.close());
    const { port } = busy.address() as AddressInfo;
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const ports = [port, (free.address() as AddressInfo).port];
    await new Promise((resolve) => free.close(resolve));
    const server = await start(join(folder(), 'pg'), { choosePort: () => Promise.resolve(ports.shift()!) });
    expect(ports).toEqual([]);
    expect(new URL(server.url).port).not.toBe(String(port));
  });
});

describe('accounts and closed folders', () => {
  test.skipIf(!isRoot)('as root in a closed home: under /var/lib/drover, with a link to it', async () => {
    const home = ownedFolder(join(folder(), 'home'), 0o700);
    mkdirSync(join(home, 'data', 'pg'), { recursive: true });
    const server = await start(join(home, 'data', 'pg'));
    expect(lstatSync(join(home, 'data', 'pg')).isSymbolicLink()).toBe(true);
    expect(server.cluster).toMatch(/^\/var\/lib\/drover\/[0-9a-f]{16}\/pg$/);
    expect(statSync(server.cluster).uid).not.toBe(0);
    await ask(server.url, make);
    await server.stop(5_000);
    expect(await ask((await start(join(home, 'data', 'pg'))).url, read)).toEqual(kept);
  });

  test.skipIf(!isRoot)('as root with a package that is closed to its user: a copy beside the cluster, readable whatever the umask', async () => {
    const data = folder();
    const native = join(ownedFolder(join(data, 'home'), 0o700), 'native');
    cloneTree(findBinaries().native, native);
    const umask = process.umask(0o077);
    after.push(() => process.umask(umask));
    const binaries = { ...findBinaries(), native };
    mkdirSync(join(data, 'pg.native-1.0.0'));
    const server = await start(join(data, 'pg'), { binaries: () => binaries });
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(data).filter((name) => name.includes('native'))).toEqual([`pg.native-${binaries.version}`]);
  });

  test('with install scripts off it makes the missing links in the package', async () => {
    const data = folder();
    const native = join(data, 'native');
    cloneTree(findBinaries().native, native);
    const list = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    expect(list.some(({ target }) => existsSync(join(data, target)))).toBe(false);
    const server = await start(join(data, 'pg'), { binaries: () => ({ ...findBinaries(), native }) });
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(list.every(({ target }) => existsSync(join(data, target)))).toBe(true);
  });

  test.skipIf(!unprivileged)('not as root, in its own 0700 home, with a package that it cannot write and that lacks its links', async () => {
    const data = folder();
    const native = join(data, 'native');
    cloneTree(findBinaries().native, native);
    const home = ownedFolder(join(data, 'home'), 0o700, unprivileged);
    const child = childWith(sources(), join(home, 'data', 'pg'), { as: unprivileged!, native });
    const said = await child.next();
    expect(said).toMatchObject({ adopted: false, cluster: join(home, 'data', 'pg') });
    expect(statSync(said.cluster).uid).toBe(unprivileged!.uid);
    expect(await ask(said.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(join(home, 'data')).sort()).toEqual(['pg', 'pg.log', `pg.native-${findBinaries().version}`, 'pg.password']);
    child.process.stdin!.write('stop\n');
    await child.ended;
    expect(isPostmasterOf(said.pid, said.cluster)).toBe(false);
  });

  test.skipIf(!unprivileged)("somebody else's cluster: refused with the cure", async () => {
    const data = folder();
    ownedFolder(join(data, 'pg'), 0o755);
    const child = childWith(sources(), join(data, 'pg'), { as: unprivileged! });
    expect(await child.next()).toMatchObject({ code: 'folder', refused: true, message: expect.stringMatching(/belongs to user 0, and Drover runs as \d+: run it as that user/) });
    await child.ended;
  });
});

describe('after somebody died', () => {
  test('Drover killed: the server goes on, and is adopted with its rows', async () => {
    const data = folder();
    const child = childWith(sources(), join(data, 'pg'));
    const said = await child.next();
    await ask(said.url, make);
    child.process.kill('SIGKILL');
    await child.ended;
    expect(isPostmasterOf(said.pid, said.cluster)).toBe(true);
    const server = await start(join(data, 'pg'));
    expect(server).toMatchObject({ pid: said.pid, adopted: true, url: said.url });
    expect(await ask(server.url, read)).toEqual(kept);
    await server.stop(5_000);
    expect(isPostmasterOf(said.pid, said.cluster)).toBe(false);
  });

  test('Ctrl-C reaches the group of Drover, not the server', async () => {
    const child = childWith(sources(), join(folder(), 'pg'));
    const said = await child.next();
    process.kill(-child.process.pid!, 'SIGINT');
    expect(await child.next()).toEqual({ interrupted: true });
    expect(await ask(said.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    child.process.stdin!.write('stop\n');
    await child.ended;
  });

  test('Drover killed while the cluster is being made: nothing half-made is met', async () => {
    const data = folder();
    const child = childWith(sources(), join(data, 'pg'));
    await expect.poll(() => readdirSync(data, { recursive: true }).some((path) => String(path).endsWith('PG_VERSION')), { interval: 1, timeout: 20_000 }).toBe(true);
    child.process.kill('SIGKILL');
    await child.ended;
    const server = await start(join(data, 'pg'));
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(data).sort()).toEqual(['pg', 'pg.log', 'pg.password']);
  });

  test('the postmaster killed: it recovers what was committed', async () => {
    const data = folder();
    const first = await start(join(data, 'pg'), { settings: {} });
    await ask(first.url, make);
    process.kill(first.pid, 'SIGKILL');
    await expect.poll(() => first.isAlive()).toBe(false);
    const second = await start(join(data, 'pg'));
    expect(second.adopted).toBe(false);
    expect(await ask(second.url, read)).toEqual(kept);
  });

  test("a postmaster.pid that names another program's process by now", async () => {
    const data = folder();
    const server = await start(join(data, 'pg'));
    const file = join(data, 'pg', 'postmaster.pid');
    const left = readFileSync(file, 'utf8');
    await server.stop(5_000);
    const { uid, gid } = statSync(join(data, 'pg'));
    // Of the server's own account: that PostgreSQL itself would take for a postmaster.
    const stranger = spawn('sleep', ['600'], { uid, gid, stdio: 'ignore' });
    after.push(() => stranger.kill('SIGKILL'));
    writeFileSync(file, left.replace(/^\d+/, String(stranger.pid)));
    const again = await start(join(data, 'pg'));
    expect(again.adopted).toBe(false);
    expect(stranger.exitCode).toBeNull();
  });

  test('two that start at once on a new folder share one server', async () => {
    const data = folder();
    const children = [childWith(sources(), join(data, 'pg')), childWith(sources(), join(data, 'pg'))];
    const said = await Promise.all(children.map((child) => child.next()));
    expect(said.map(({ url }) => url)).toEqual([said[0]!.url, said[0]!.url]);
    expect(said.filter(({ adopted }) => adopted)).toHaveLength(1);
    for (const child of children) child.process.kill('SIGKILL');
  });
});

describe('refused, each with its cure', () => {
  test('the package is missing', () => {
    expect(() => findBinaries(pathToFileURL(join(folder(), 'x.js')).href)).toThrowError(expect.objectContaining({ code: 'package_missing', refused: true, message: expect.stringMatching(/npm ci.*DATABASE_URL=postgres/) }));
  });

  test('the folder holds something else', async () => {
    const data = folder();
    mkdirSync(join(data, 'pg'));
    writeFileSync(join(data, 'pg', 'thesis.txt'), '');
    await expect(start(join(data, 'pg'))).rejects.toMatchObject({ code: 'folder', refused: true, message: expect.stringMatching(/neither empty nor a PostgreSQL cluster \(it holds thesis.txt\)/) });
    expect(readdirSync(join(data, 'pg'))).toEqual(['thesis.txt']);
  });

  test('a file stands where the folder should be', async () => {
    const data = folder();
    writeFileSync(join(data, 'file'), '');
    await expect(start(join(data, 'file', 'pg'))).rejects.toMatchObject({ code: 'folder', refused: true });
  });

  test('a cluster of another major version, or without its password', async () => {
    const data = folder();
    await (await start(join(data, 'pg'))).stop(5_000);
    const version = readFileSync(join(data, 'pg', 'PG_VERSION'), 'utf8');
    writeFileSync(join(data, 'pg', 'PG_VERSION'), '12\n');
    await expect(start(join(data, 'pg'))).rejects.toMatchObject({ code: 'version', refused: true });
    writeFileSync(join(data, 'pg', 'PG_VERSION'), version);
    rmSync(join(data, 'pg.password'));
    await expect(start(join(data, 'pg'))).rejects.toMatchObject({ code: 'folder', refused: true, message: expect.stringMatching(/pg.password with its password is missing/) });
  });

  test('a server that Drover did not start serves the folder', async () => {
    const data = folder();
    const server = await start(join(data, 'pg'));
    const password = readFileSync(join(data, 'pg.password'));
    writeFileSync(join(data, 'pg.password'), 'another\n');
    chmodSync(join(data, 'pg.password'), 0o600);
    await expect(start(join(data, 'pg'))).rejects.toMatchObject({ code: 'database_in_use', refused: true, message: expect.stringContaining(`process ${server.pid}`) });
    writeFileSync(join(data, 'pg.password'), password);
  });
});

/** Folders, processes and accounts for tests of the embedded server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectTo } from '../../src/io/postgres/pools.ts';
import { SUPERUSER, clusterPassword } from '../../src/io/embedded/cluster.ts';
import { findPlace } from '../../src/io/embedded/place.ts';
import { readPostmasterFile } from '../../src/io/embedded/postmaster.ts';
import { startEmbedded, type EmbeddedOptions, type EmbeddedServer } from '../../src/io/embedded/server.ts';
import { ROOT } from './compile-source.ts';

export const isRoot = process.getuid?.() === 0;

export interface Unprivileged { uid: number; gid: number }
/** `nobody` of this machine. */
export function nobody(): Unprivileged {
  const [, , uid, gid] = readFileSync('/etc/passwd', 'utf8').split('\n').find((line) => line.startsWith('nobody:'))!.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** A folder of its own, open to all, that `clean` removes together with the servers in it. */
export function openFolder(): { folder: string; clean: () => Promise<void> } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'drover-embedded-')));
  chmodSync(folder, 0o755);
  return {
    folder,
    async clean() {
      const clusters = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path === 'pg' || path.endsWith('/pg')) : [];
      for (const path of clusters) {
        const configured = join(folder, path);
        if (!existsSync(configured)) continue;
        const cluster = realpathSync(configured);
        if (readPostmasterFile(cluster)) await start(configured).then((server) => server.stop(2_000), () => undefined);
        if (!cluster.startsWith(folder)) rmSync(dirname(cluster), { recursive: true, force: true });
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function start(folder: string, options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> {
  return startEmbedded({ folder, signal: new AbortController().signal, settings: { fsync: 'off' }, ...options });
}

/** Of the server that a Drover with this data folder runs now. */
export function embeddedUrl(dataDir: string): string {
  const place = findPlace(join(dataDir, 'pg'));
  const file = readPostmasterFile(place.cluster);
  if (file === null || file.port === null) throw new Error(`no PostgreSQL runs in ${place.cluster}`);
  return `postgres://${SUPERUSER}:${clusterPassword(place)}@127.0.0.1:${file.port}/postgres`;
}

export async function ask<T = Record<string, unknown>>(url: string, statement: string): Promise<T[]> {
  const sql = connectTo(url, { max: 1, fetch_types: false });
  try {
    return [...(await sql.unsafe(statement))] as T[];
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** The package's folder again, by hard links: cheap, and its modes and links are the test's own. */
export function cloneTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) cloneTree(join(from, entry.name), join(to, entry.name));
    else if (!entry.isSymbolicLink() && !entry.name.endsWith('.a')) linkSync(join(from, entry.name), join(to, entry.name));
  }
}

export function ownedFolder(path: string, mode: number, owner?: Unprivileged): string {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  if (owner) chownSync(path, owner.uid, owner.gid);
  return path;
}

export interface Said { pid: number; url: string; adopted: boolean; cluster: string; code?: string; refused?: boolean; message?: string; interrupted?: boolean }

export interface EmbeddedChild {
  process: ChildProcess;
  /** The next line it says. */
  next: () => Promise<Said>;
  ended: Promise<void>;
}

/** Another process with the embedded server (embedded-child.mjs), in a process group of its own. */
export function childWith(sources: string, folder: string, options: { as?: Unprivileged; native?: string } = {}): EmbeddedChild {
  const child = spawn(process.execPath, [join(ROOT, 'test', 'support', 'embedded-child.mjs'), sources, folder, ...(options.native ? [options.native] : [])], {
    ...options.as,
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    process: child,
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error('the child ended without a word');
      return JSON.parse(value) as Said;
    },
    ended: new Promise((resolve) => child.once('exit', () => resolve())),
  };
}

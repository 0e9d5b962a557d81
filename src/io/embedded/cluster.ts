/** Makes the cluster: whole or not at all, whoever dies meanwhile. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseFault } from '../postgres/fault.ts';
import type { Account } from './account.ts';
import { isAlive } from './postmaster.ts';
import type { Place } from './place.ts';

/** The superuser of every embedded cluster. */
export const SUPERUSER = 'drover';

/** Clean on purpose: a LANG that is not installed, PGDATA, PGPORT and their like would all be taken up. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

export interface RunAs { uid?: number; gid?: number }
export function runAs(account: Account | null): RunAs {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

/** Of a file that only Drover's own account can read. Made at the first call; two that make it at once agree on one. */
export function clusterPassword(place: Place): string {
  const path = place.beside('password');
  const read = (): string => readFileSync(path, 'utf8').trim();
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (place.exists) {
    throw new DatabaseFault('folder', `${place.cluster} holds a cluster, but ${path} with its password is missing: bring that file back, or set DATABASE_URL or DROVER_DATA_DIR to another folder`, { refused: true });
  }
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read();
}

/**
 * Runs initdb beside the cluster's place and renames the result into it, so that no half-made cluster is ever met. Of two at
 * once the first wins and the other takes its cluster. Where the place can't be renamed to (a mount), initdb runs in it.
 * The locale is PostgreSQL's own C.UTF-8, the same on every machine.
 */
export async function createCluster(native: string, place: Place, options: { sync: boolean; signal: AbortSignal }): Promise<void> {
  dropStaleDrafts(place.cluster);
  const password = clusterPassword(place);
  const draft = makeDraft(place.cluster);
  try {
    const [passwordFile, made] = [join(draft, 'password'), join(draft, 'cluster')];
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    own(passwordFile, place.account);
    mkdirSync(made, { mode: 0o700 });
    own(made, place.account);
    await runInitdb(native, made, passwordFile, place.account, options);
    try {
      renameSync(made, place.cluster);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return;
      if (code !== 'EBUSY' && code !== 'EXDEV' && code !== 'EACCES' && code !== 'EPERM') throw error;
      own(place.cluster, place.account);
      chmodSync(place.cluster, 0o700);
      await runInitdb(native, place.cluster, passwordFile, place.account, options);
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function own(path: string, account: Account | null): void {
  if (account) chownSync(path, account.uid, account.gid);
}

let drafts = 0;

function makeDraft(cluster: string): string {
  const name = `${basename(cluster)}.init-${process.pid}-${drafts++}`;
  for (const folder of [dirname(cluster), tmpdir()]) {
    const path = join(folder, name);
    try {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path);
      // The server's account passes through it.
      chmodSync(path, 0o711);
      return path;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (folder === tmpdir() || (code !== 'EACCES' && code !== 'EROFS')) throw error;
    }
  }
  throw new Error('no folder for a draft');
}

function dropStaleDrafts(cluster: string): void {
  const prefix = `${basename(cluster)}.init-`;
  for (const name of readdirSync(dirname(cluster))) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10))) continue;
    rmSync(join(dirname(cluster), name), { recursive: true, force: true });
  }
}

async function runInitdb(native: string, folder: string, passwordFile: string, account: Account | null, options: { sync: boolean; signal: AbortSignal }): Promise<void> {
  const args = [
    '-D', folder, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions',
    ...(options.sync ? [] : ['--no-sync']),
  ];
  const { status, text } = await runToEnd(join(native, 'bin', 'initdb'), args, account, options.signal);
  options.signal.throwIfAborted();
  if (status === 0) return;
  if (/no space left on device/i.test(text)) throw new DatabaseFault('disk_full', `no space left to make the embedded database in ${folder}`);
  throw new DatabaseFault('start_failed', `initdb failed in ${folder}: ${lastError(text) ?? `exit status ${status}`}`);
}

/** The last line that tells of an error. */
export function lastError(text: string): string | null {
  return text.split('\n').findLast((line) => /(FATAL|PANIC|error|could not|cannot open shared object)/i.test(line))?.replace(/^.*?(FATAL|PANIC|error): +/, '').trim() ?? null;
}

function runToEnd(program: string, args: string[], account: Account | null, signal: AbortSignal): Promise<{ status: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...runAs(account), cwd: '/', env: SERVER_ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let text = '';
    const read = (chunk: Buffer): void => {
      text = (text + chunk.toString()).slice(-16_384);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (cause) => reject(new DatabaseFault('start_failed', `${program} does not run: ${cause.message}`, { cause })));
    const abort = (): void => void child.kill('SIGTERM');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    child.once('close', (status) => {
      signal.removeEventListener('abort', abort);
      resolve({ status, text });
    });
  });
}

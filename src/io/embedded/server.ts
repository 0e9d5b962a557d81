/**
 * The embedded server: PostgreSQL's own binaries, spawned by Drover in a process group of their own, so that Ctrl-C does not stop
 * the database before the writers flush. One that still runs after Drover was killed is adopted.
 */
import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { errorCode } from '../postgres/errors.ts';
import { DatabaseFault } from '../postgres/fault.ts';
import { connectTo } from '../postgres/pools.ts';
import { findBinaries, type Binaries } from './binaries.ts';
import { SERVER_ENVIRONMENT, SUPERUSER, clusterPassword, createCluster, lastError, runAs } from './cluster.ts';
import { dropOldCopies, prepareNative } from './native.ts';
import { clusterVersion, findPlace, type Place } from './place.ts';
import { isAlive, isPostmasterOf, postgresIn, readPostmasterFile } from './postmaster.ts';
import { SERVER_SETTINGS } from './server-settings.ts';

export interface EmbeddedOptions {
  /** As configured (`<data>/pg`); where the cluster really lies is decided here. */
  folder: string;
  /** Gives up waiting; a server that this call has spawned is told to stop. */
  signal: AbortSignal;
  /** Over SERVER_SETTINGS. */
  settings?: Readonly<Record<string, string>>;
  /** Default: those of the installed package. */
  binaries?: () => Binaries;
  /** Default: the machine's choice. */
  choosePort?: () => Promise<number>;
}

export interface EmbeddedServer {
  /** With the password: never for people. */
  readonly url: string;
  readonly pid: number;
  /** It ran already. */
  readonly adopted: boolean;
  /** Free of links. */
  readonly cluster: string;
  isAlive(): boolean;
  /** Fast shutdown (SIGINT); at three quarters of the budget SIGQUIT, from which the next start recovers. Never SIGKILL. Resolves when it is gone, or at the budget's end. */
  stop(budgetMs: number): Promise<void>;
}

const POLL_MS = 20;
/** A recovery may take minutes: the next attempt waits on. */
const READY_MS = 60_000;
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** Starts the server, or adopts the one that runs; makes the cluster first where there is none. Rejects with a DatabaseFault alone. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  try {
    return await start(options);
  } catch (cause) {
    if (cause instanceof DatabaseFault) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') throw new DatabaseFault('disk_full', `no space left for the embedded database in ${options.folder}`, { cause });
    throw new DatabaseFault('start_failed', `the embedded database in ${options.folder} did not start: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function start(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const place = findPlace(options.folder);
  let lastWords = 'it did not say why';
  // Rounds: a port that was taken meanwhile, or a server that another Drover started at the same moment.
  for (let round = 0; round < 5; round++) {
    options.signal.throwIfAborted();
    const running = await findRunning(place, options.signal);
    if (running) return await adopt(place, running.pid, running.port);
    const binaries = (options.binaries ?? findBinaries)();
    const native = await prepareNative(binaries, place);
    if (!findPlace(options.folder).exists) await createCluster(native, place, { sync: options.settings?.['fsync'] !== 'off', signal: options.signal });
    const major = clusterVersion(place.cluster);
    if (major !== binaries.major) {
      throw new DatabaseFault('version', `${place.cluster} is a cluster of PostgreSQL ${major}, and this Drover brings ${binaries.major}: dump it with the older one and load it here, or set DROVER_DATA_DIR to another folder`, { refused: true });
    }
    const password = clusterPassword({ ...place, exists: true });
    const outcome = await spawnServer(native, place, { ...SERVER_SETTINGS, ...options.settings }, await (options.choosePort ?? freePort)(), options.signal);
    if (outcome.kind === 'ready') {
      dropOldCopies(binaries, place);
      return handle(place, outcome.pid, urlOf(outcome.port, password), false);
    }
    options.signal.throwIfAborted();
    if (/no space left on device/i.test(outcome.log)) throw new DatabaseFault('disk_full', `no space left for the embedded database in ${place.cluster}`);
    lastWords = lastError(outcome.log) ?? lastWords;
    if (!/could not (bind|create any TCP)|lock file .* already exists|pre-existing shared memory/i.test(outcome.log)) break;
    await delay(100, undefined, { signal: options.signal });
  }
  throw new DatabaseFault('start_failed', `the embedded database in ${place.cluster} did not start: ${lastWords} (more in ${place.beside('log')})`);
}

/** A server of this cluster that is ready; one that starts or stops is waited for. */
async function findRunning(place: Place, signal: AbortSignal): Promise<{ pid: number; port: number } | null> {
  for (let waited = 0; waited < READY_MS; waited += POLL_MS) {
    const file = readPostmasterFile(place.cluster);
    if (!file) return null;
    if (!isPostmasterOf(file.pid, place.cluster)) {
      // PostgreSQL itself clears a dead pid's file, but not one whose pid is another program's by now.
      if (isAlive(file.pid) && !postgresIn(place.cluster)) rmSync(join(place.cluster, 'postmaster.pid'), { force: true });
      return null;
    }
    if (file.status === 'ready' && file.port !== null) return { pid: file.pid, port: file.port };
    await delay(POLL_MS, undefined, { signal });
  }
  throw new DatabaseFault('start_failed', `the embedded database in ${place.cluster} is still recovering`);
}

/** The kernel says that it works in our folder; here it says so itself, to our password. */
async function adopt(place: Place, pid: number, port: number): Promise<EmbeddedServer> {
  const url = urlOf(port, clusterPassword({ ...place, exists: true }));
  const sql = connectTo(url, { max: 1, connect_timeout: 5, fetch_types: false });
  try {
    const [row] = await sql<{ folder: string }[]>`select current_setting('data_directory') as folder`;
    if (row?.folder !== place.cluster) throw new DatabaseFault('database_in_use', `port ${port} is served by another PostgreSQL than the one of ${place.cluster} (process ${pid}): stop that process`, { refused: true });
  } catch (cause) {
    if (cause instanceof DatabaseFault) throw cause;
    if (errorCode(cause)?.startsWith('28')) throw new DatabaseFault('database_in_use', `a PostgreSQL that Drover did not start (process ${pid}) serves ${place.cluster}: stop it`, { refused: true, cause });
    throw new DatabaseFault('unreachable', `the embedded database of ${place.cluster} (process ${pid}) runs, but does not answer on port ${port}`, { cause });
  } finally {
    await sql.end({ timeout: 0 });
  }
  return handle(place, pid, url, true);
}

function handle(place: Place, pid: number, url: string, adopted: boolean): EmbeddedServer {
  const gone = async (ms: number): Promise<boolean> => {
    for (let waited = 0; isPostmasterOf(pid, place.cluster); waited += POLL_MS) {
      if (waited >= ms) return false;
      await delay(POLL_MS);
    }
    return true;
  };
  const tell = (signal: 'SIGINT' | 'SIGQUIT'): void => {
    if (isPostmasterOf(pid, place.cluster)) process.kill(pid, signal);
  };
  return {
    url,
    pid,
    adopted,
    cluster: place.cluster,
    isAlive: () => isPostmasterOf(pid, place.cluster),
    async stop(budgetMs) {
      tell('SIGINT');
      if (await gone(0.75 * budgetMs)) return;
      tell('SIGQUIT');
      await gone(0.25 * budgetMs);
    },
  };
}

function urlOf(port: number, password: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
}

type Outcome = { kind: 'ready'; pid: number; port: number } | { kind: 'ended'; log: string };

async function spawnServer(native: string, place: Place, settings: Readonly<Record<string, string>>, port: number, signal: AbortSignal): Promise<Outcome> {
  const log = openLog(place.beside('log'));
  const logStart = fstatSync(log).size;
  const args = ['-D', place.cluster, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const end: { text: string | null } = { text: null };
  try {
    const child = spawn(join(native, 'bin', 'postgres'), args, { ...runAs(place.account), cwd: '/', env: SERVER_ENVIRONMENT, detached: true, stdio: ['ignore', log, log] });
    child.once('error', (error) => {
      end.text = `FATAL: ${error.message}`;
    });
    child.once('exit', (status, by) => {
      end.text ??= `exit ${by ?? status}`;
    });
    child.unref();
    for (let waited = 0; waited < READY_MS; waited += POLL_MS) {
      await delay(POLL_MS);
      if (end.text !== null) return { kind: 'ended', log: `${end.text}\n${readFrom(log, logStart)}` };
      // Told again each time: one that has only just begun may not hear it.
      if (signal.aborted) child.kill('SIGINT');
      const file = readPostmasterFile(place.cluster);
      if (!signal.aborted && file?.pid === child.pid && file?.status === 'ready') return { kind: 'ready', pid: file.pid, port };
    }
  } finally {
    closeSync(log);
  }
  throw new DatabaseFault('start_failed', `the embedded database in ${place.cluster} is still recovering`);
}

/** Appended to, and begun anew once it is large. Links are not followed: it may lie in a folder of another account. */
function openLog(path: string): number {
  const log = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o600);
  if (fstatSync(log).size > MAX_LOG_BYTES) ftruncateSync(log);
  return log;
}

/** Bounds the log of a server that runs for months. */
export function trimLog(folder: string): void {
  const path = findPlace(folder).beside('log');
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) closeSync(openLog(path));
}

function readFrom(file: number, from: number): string {
  const bytes = Buffer.alloc(Math.min(65_536, Math.max(0, fstatSync(file).size - from)));
  readSync(file, bytes, 0, bytes.length, from);
  return bytes.toString();
}

/** The machine's choice. It may be taken before the server binds it: the next round chooses another. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}

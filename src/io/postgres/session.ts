/** One stretch of being connected: the pools, and on the connection of `leases` the lock of one Drover per database. */
import type { Sql } from 'postgres';
import { deferred } from '../../model/deferred.ts';
import { classify, errorCode } from './errors.ts';
import { DatabaseFault } from './fault.ts';
import { openPools, type Pools } from './pools.ts';

/** Of pg_advisory_lock: 'drover' in ASCII. */
const DROVER_LOCK = '110442659079538';

export interface SessionOptions {
  url: string;
  connectMs: number;
  /** How long another Drover's lock is waited for. */
  lockWaitMs: number;
  /** For one answer of a server that is connected. */
  answerMs: number;
  /** The disk was full: writes a megabyte and takes it back, so that 'ready' is not said too early. */
  tryDisk: boolean;
  signal: AbortSignal;
}

export interface Session {
  readonly pools: Pools;
  /** Resolves when the connection that holds the lock is gone, by whatever cause. */
  readonly lost: Promise<DatabaseFault>;
  /** Rejects with a DatabaseFault. */
  ping(): Promise<void>;
  /** Cuts every connection. Never rejects; safe to call twice. */
  close(): Promise<void>;
}

/** Rejects with a DatabaseFault, or with an error that is none of the database's. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const lost = deferred<DatabaseFault>();
  // porsager opens another connection at the next query: it would answer, and not hold the lock.
  let gone: DatabaseFault | null = null;
  const pools = openPools({
    url: options.url,
    connectTimeoutS: options.connectMs / 1000,
    onLost: () => {
      gone ??= new DatabaseFault('lost', 'the connection to the database broke');
      lost.resolve(gone);
    },
  });
  const held = (): void => {
    if (gone) throw gone;
  };
  const close = (): Promise<void> => pools.end().catch(() => undefined);
  const abort = (): void => void close();
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    options.signal.throwIfAborted();
    await answered(pools.leases`select 1`, options.connectMs + options.answerMs);
    await takeLock(pools.leases, options);
    if (options.tryDisk) await answered(tryDisk(pools.leases), 4 * options.answerMs);
    options.signal.throwIfAborted();
    held();
  } catch (error) {
    await close();
    throw toFault(error, options.url);
  } finally {
    options.signal.removeEventListener('abort', abort);
  }
  return {
    pools,
    lost: lost.promise,
    close,
    async ping() {
      held();
      try {
        await answered(pools.leases`select 1`, options.answerMs);
      } catch (error) {
        throw gone ?? toFault(error, options.url);
      }
      held();
    },
  };
}

/**
 * Waited for by the server, so that the next in the queue gets it at once. One message, so on one connection; keep-alive probes of
 * the server's side free the lock of a machine that died within some 15 s.
 */
async function takeLock(leases: Sql, options: SessionOptions): Promise<void> {
  try {
    await answered(
      leases.unsafe(`
        set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 3; set tcp_keepalives_count = 3;
        set lock_timeout = ${Math.round(options.lockWaitMs)}; select pg_advisory_lock(${DROVER_LOCK}); set lock_timeout = 0`).simple(),
      options.lockWaitMs + options.answerMs,
    );
  } catch (cause) {
    if (errorCode(cause) !== '55P03') throw cause;
    throw new DatabaseFault('database_in_use', `another Drover uses this database, and did not leave it within ${options.lockWaitMs / 1000} s: stop that one, or set DATABASE_URL or DROVER_DATA_DIR to another database`, { refused: true, cause });
  }
}

/** A temporary table, so that next to nothing of it goes through the write-ahead log. */
function tryDisk(leases: Sql): Promise<unknown> {
  return leases.unsafe('begin; create temp table drover_try_disk on commit drop as select repeat(md5(n::text), 30) as text from generate_series(1, 1000) as n; rollback').simple();
}

async function answered<T>(query: Promise<T>, ms: number): Promise<T> {
  const late = deferred<never>();
  const timer = setTimeout(() => late.reject(new DatabaseFault('no_answer', `the database is connected, but did not answer within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([query, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What an error of connecting, locking or migrating says of the database; another error than the database's comes back as it is. */
export function toFault(error: unknown, url: string): unknown {
  if (error instanceof DatabaseFault) return error;
  const code = errorCode(error);
  const text = error instanceof Error ? error.message : String(error);
  const where = addressOf(url);
  if (code === null) return error;
  if (code === '28P01' || code === '28000') return new DatabaseFault('login', `the database at ${where} refuses the login (${text}): correct user and password in DATABASE_URL`, { refused: true, cause: error });
  if (code === '3D000') return new DatabaseFault('login', `the database at ${where} is not there (${text}): create it, or correct DATABASE_URL`, { refused: true, cause: error });
  if (code === '53100') return new DatabaseFault('disk_full', `the database's disk is full (${text})`, { cause: error });
  if (code === '57P03') return new DatabaseFault('unreachable', `the database at ${where} is not ready yet (${text})`, { cause: error });
  if (classify(error) === 'away') return new DatabaseFault('unreachable', `the database at ${where} is not reachable (${/^[0-9A-Z]{5}$/.test(code) ? text : code})`, { cause: error });
  return /^[0-9A-Z]{5}$/.test(code) ? new DatabaseFault('migration', `the database at ${where} does not do what Drover needs: ${text}`, { refused: true, cause: error }) : error;
}

function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the address of DATABASE_URL';
}

/**
 * Transactions of several statements. Never `sql.begin`: when the server ends a connection with a statement in flight, porsager
 * 3.4.9 still sends its ROLLBACK there, and the write to the socket that is no more is an uncaught TypeError, which ends the
 * process ("Cannot read properties of null (reading 'write')"), or a promise that never settles. Here nothing is sent on a
 * connection that has failed, and it is not handed back either: the pool has taken it away already.
 */
import type { ReservedSql, Sql } from 'postgres';
import { deferred } from '../../model/deferred.ts';
import { LIMITS } from '../../model/limits.ts';
import { errorCode } from './errors.ts';

/** `run` awaits nothing but statements of `tx`: a connection that ends while none is in flight is not noticed before the next. */
export async function transaction<T>(sql: Sql, run: (tx: ReservedSql) => Promise<T>, connectMs?: number): Promise<T> {
  return await onConnection(sql, async (tx) => {
    try {
      await tx`BEGIN`;
      const result = await run(tx);
      await tx`COMMIT`;
      return result;
    } catch (error) {
      if (!isBroken(error)) await tx`ROLLBACK`;
      throw error;
    }
  }, connectMs);
}

/** One connection for a while, for what is bound to a session. `connectMs`: how long it may take to come. */
export async function onConnection<T>(sql: Sql, run: (session: ReservedSql) => Promise<T>, connectMs: number = LIMITS.database.connectMs): Promise<T> {
  const session = await reserve(sql, connectMs);
  let broken = false;
  try {
    return await run(session);
  } catch (error) {
    broken = isBroken(error);
    throw error;
  } finally {
    if (!broken) session.release();
  }
}

/**
 * Bounded, since porsager forgets who waits for a connection that ends twice before it is ready: that promise never settles, and
 * with it a writer would stand still for ever.
 */
async function reserve(sql: Sql, ms: number): Promise<ReservedSql> {
  const wanted = sql.reserve();
  const late = deferred<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error(`no connection to the database within ${ms / 1000} s`), { code: 'CONNECT_TIMEOUT' }));
    wanted.then((session) => session.release(), () => undefined);
  }, ms);
  try {
    return await Promise.race([wanted, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Of the client or the socket: an answer of the server has a SQLSTATE. */
export function isBroken(error: unknown): boolean {
  const code = errorCode(error);
  return code !== null && (code.startsWith('CONNECT') || /^E[A-Z_]+$/.test(code));
}

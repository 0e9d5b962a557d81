/** Everything between the selector and pools that are ready: the embedded server when it is ours, then one session after another. */
import type { Limits } from '../../model/limits.ts';
import { startEmbedded, trimLog, type EmbeddedOptions, type EmbeddedServer } from '../embedded/server.ts';
import { DatabaseFault } from './fault.ts';
import { migrate } from './migrate.ts';
import { connectTo, type Pools } from './pools.ts';
import { openSession, toFault, type Session } from './session.ts';
import type { DatabaseTarget } from './url.ts';

export type EmbeddedServerOptions = Pick<EmbeddedOptions, 'settings' | 'binaries'>;

/** Mode: closed → open (a session lives) → closed → …, and at last stopped. One `open` at a time. */
export interface Connection {
  /** Those of the session of now. */
  readonly pools: Pools;
  /** Starts the embedded server if it does not run, connects, takes the lock. Rejects with a DatabaseFault. Closed first if it was open. */
  open(options: { signal: AbortSignal; tryDisk: boolean }): Promise<void>;
  /** Brings the schema forward. Rejects with a DatabaseFault. */
  migrate(): Promise<void>;
  /** Rejects with a DatabaseFault. */
  ping(): Promise<void>;
  /** Resolves when the connection that holds the lock is gone. */
  lost(): Promise<DatabaseFault>;
  /** Cuts the session's connections at once. */
  close(): void;
  /** Of the embedded server alone; never rejects. */
  checkpoint(): Promise<void>;
  /** Closes, and stops the embedded server unless another Drover uses it. Never rejects. */
  stop(budgetMs: number): Promise<void>;
}

export function openConnection(options: { target: DatabaseTarget; limits: Limits['database']; embedded?: EmbeddedServerOptions | undefined }): Connection {
  const { target, limits } = options;
  let server: EmbeddedServer | null = null;
  let session: Session | null = null;
  let opening: Promise<void> = Promise.resolve();
  /** Another Drover was met: the server is its. */
  let othersUseIt = false;

  const url = (): string => (target.kind === 'external' ? target.url : (server?.url ?? ''));
  const live = (): Session => {
    if (!session) throw new DatabaseFault('lost', 'the database is not connected');
    return session;
  };
  const close = (): void => {
    const was = session;
    session = null;
    void was?.close();
  };
  const begin = async (signal: AbortSignal, tryDisk: boolean): Promise<void> => {
    if (target.kind === 'embedded') {
      const had = server;
      if (!had?.isAlive()) server = await startEmbedded({ ...options.embedded, folder: target.folder, signal });
    }
    try {
      const opened = await openSession({ url: url(), connectMs: limits.connectMs, lockWaitMs: limits.lockWaitMs, answerMs: limits.answerMs, tryDisk, signal });
      othersUseIt = false;
      session = opened;
    } catch (error) {
      if (error instanceof DatabaseFault && error.code === 'database_in_use') othersUseIt = true;
      throw error;
    }
  };

  return {
    get pools() {
      return live().pools;
    },
    open({ signal, tryDisk }) {
      close();
      const attempt = opening.then(() => {
        signal.throwIfAborted();
        return begin(signal, tryDisk);
      });
      opening = attempt.catch(() => undefined);
      return attempt;
    },
    async migrate() {
      live();
      try {
        await migrate(url());
      } catch (error) {
        throw toFault(error, url());
      }
      // The lock may have been lost meanwhile: only its holder may go on.
      await live().ping();
    },
    async ping() {
      await live().ping();
      if (target.kind === 'embedded') trimLog(target.folder);
    },
    lost: () => live().lost,
    close,
    async checkpoint() {
      if (target.kind !== 'embedded' || !server) return;
      const sql = connectTo(server.url, { max: 1, fetch_types: false, connect_timeout: 1 }, 'drover checkpoint');
      try {
        await sql`checkpoint`;
      } catch {
        // The stop does it then.
      } finally {
        await sql.end({ timeout: 0 });
      }
    },
    async stop(budgetMs) {
      await opening;
      close();
      if (server && !othersUseIt) await server.stop(budgetMs);
    },
  };
}

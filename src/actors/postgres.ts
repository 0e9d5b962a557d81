/**
 * The database's life: the embedded server when it is ours, the connections, the lock of one Drover per database, migrations.
 * States: `starting` (the first attempt), `away` (waiting, or trying again), `migrating`, `ready`, `refused` (ends the process).
 */
import type { Logger } from 'pino';
import type { DatabaseFault } from '../io/postgres/fault.ts';
import type { Pools } from '../io/postgres/pools.ts';
import type { DatabaseTarget } from '../io/postgres/url.ts';
import type { Random } from '../model/seams.ts';
import type { Start } from './child.ts';

export type DatabaseState = 'starting' | 'away' | 'migrating' | 'ready' | 'refused';

export interface PostgresDeps {
  target: DatabaseTarget;
  random: Random;
  log: Logger;
  /** The first start was refused: end the process with this one line (it says what to do), exit status 1. Called at most once. */
  refused(fault: DatabaseFault): void;
}

/** What is ready. Results of an older generation than `current()`'s are of connections that are gone. */
export interface DatabaseSession { readonly generation: number; readonly pools: Pools }

/** One per process; it outlives the actor's incarnations. */
export interface Postgres {
  /** The child `postgres` of `database`. It drains: on `shutdown` the embedded server is stopped. */
  readonly start: Start;
  /** The same objects for ever; while not ready every query on them rejects at once (`classify`: 'away'). */
  readonly pools: Pools;
  /** null: not ready. */
  current(): DatabaseSession | null;
  status(): { state: DatabaseState; reason: string | null; since: string };
  /** Called at each change to ready, and at once if it is. Returns the unsubscribe. A listener must not throw. */
  onReady(listener: (session: DatabaseSession) => void): () => void;
  /** Called at each change from ready. */
  onAway(listener: (fault: DatabaseFault) => void): () => void;
  /** A query of `generation` failed with an error of class 'away': the health is looked at now, not at the next tick. A full disk makes it 'away'. */
  report(error: unknown, generation: number): void;
  /** For the beginning of a drain: makes the later stop short. Never rejects; does nothing while not ready. */
  checkpoint(): Promise<void>;
}

export function createPostgres(_deps: PostgresDeps): Postgres {
  throw new Error('not written yet');
}

/** Takes batches from one lane of the queue to the database, while that is ready. One actor a lane. */
import type { Gap } from '../model/gap.ts';
import type { Store } from '../model/seams.ts';
import type { Start } from './child.ts';
import type { Database } from './database.ts';
import type { WriterQueue } from './writer-queue.ts';

export type PersisterLane = 'activity' | 'perf' | 'events';

export interface PersisterOptions {
  lane: PersisterLane;
  queue: WriterQueue;
  store: Store;
  database: Database;
  /** Gaps that the store recorded for rows it could not take (activity lane). */
  onRejected?(gaps: Gap[]): void;
  /** Links have to read their mark and the ring again: null for all (a new incarnation, the database is ready again). */
  onCatchUp?(hostIds: string[] | null): void;
  /** Told of errors that are not of connection: `error` whole. */
  onError?(error: unknown): void;
}

/** The child's start function. It drains (`shutdown`): writes what is queued, then ends. */
export function persister(_options: PersisterOptions): Start {
  throw new Error('not yet');
}

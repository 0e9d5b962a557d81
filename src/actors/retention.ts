import type { ChildContext, Started } from './child.ts';
import type { Partitions } from '../io/postgres/partitions.ts';
import type { PartitionQueue } from './partition-queue.ts';

export interface RetentionOptions {
  partitions: Partitions;
  queue: PartitionQueue;
  /** Whether the database takes work, and word of every change. */
  database: { ready(): boolean; subscribe(listener: () => void): () => void };
}

/** The one maker and dropper of partitions: at ready, every hour, and on request. Waits while the database is away. */
export function startRetention(_context: ChildContext, _options: RetentionOptions): Started {
  throw new Error('not written yet');
}

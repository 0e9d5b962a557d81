import type { Sql } from 'postgres';
import type { Clock, Random, Store } from '../../model/seams.ts';

export interface StoreOptions {
  /** The pool for writers. */
  sql: Sql;
  clock: Clock;
  random: Random;
  /** Asks retention for a partition (partition-queue.ts): the store makes none itself. */
  makePartition: Store['makePartition'];
}

/** The Store over PostgreSQL. Holds nothing but the partitions that were refused. */
export function createPostgresStore(_options: StoreOptions): Store {
  throw new Error('not written yet');
}

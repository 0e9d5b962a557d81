import type { PartitionedTable } from '../model/seams.ts';

export type PartitionAnswer = 'made' | 'exists' | 'refused';

export interface PartitionRequest {
  table: PartitionedTable;
  ts: string;
  resolve(answer: PartitionAnswer): void;
  reject(error: unknown): void;
}

/**
 * Requests for partitions on their way to retention. It belongs to whoever makes the writers, so that a crash of retention
 * loses none. While the database is away requests are rejected with a StoreError 'away'.
 */
export interface PartitionQueue {
  /** As Store.makePartition: give it to createPostgresStore. */
  request(table: PartitionedTable, ts: string): Promise<PartitionAnswer>;
  /** Retention: the oldest waiting request, taken out. */
  take(): PartitionRequest | undefined;
  putBack(request: PartitionRequest): void;
  readonly length: number;
  /** Retention: called at every request; one listener. Returns how to stop. */
  onRequest(listener: () => void): () => void;
}

export function createPartitionQueue(): PartitionQueue {
  throw new Error('not written yet');
}

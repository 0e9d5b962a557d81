import type { PartitionedTable } from '../../model/seams.ts';

export type PartitionAnswer = 'made' | 'exists' | 'refused';

export interface PartitionRequest {
  table: PartitionedTable;
  ts: string;
  resolve(answer: PartitionAnswer): void;
  reject(error: unknown): void;
}

/**
 * Requests for partitions on their way to retention. It belongs to whoever makes the writers, so that a crash of retention
 * loses none: what it had taken stays at the head until it is answered. Each persister waits for its answer before it asks for
 * another, so the queue is as short as there are persisters.
 */
export interface PartitionQueue {
  /** As Store.makePartition: give it to createPostgresStore. */
  request(table: PartitionedTable, ts: string): Promise<PartitionAnswer>;
  /** Retention: the oldest unanswered request. */
  head(): PartitionRequest | undefined;
  /** Retention: called at every request; one listener. Returns how to stop. */
  onRequest(listener: () => void): () => void;
  readonly length: number;
}

export function createPartitionQueue(): PartitionQueue {
  const waiting: PartitionRequest[] = [];
  let wake: (() => void) | null = null;
  return {
    request(table, ts) {
      return new Promise((resolve, reject) => {
        const leave = (): void => void waiting.splice(waiting.indexOf(request), 1);
        const request: PartitionRequest = {
          table,
          ts,
          resolve(answer) {
            leave();
            resolve(answer);
          },
          reject(error) {
            leave();
            reject(error);
          },
        };
        waiting.push(request);
        wake?.();
      });
    },
    head: () => waiting[0],
    onRequest(listener) {
      wake = listener;
      return () => {
        if (wake === listener) wake = null;
      };
    },
    get length() {
      return waiting.length;
    },
  };
}

/** The Store, with what it did counted for the metrics. */
import { StoreError } from '../../model/records/batch.ts';
import type { Store } from '../../model/seams.ts';

/** Totals since the process began. */
export interface StoreFigures {
  batches: number;
  /** Batches that were not written: the database away, a partition missing, an error. */
  failures: number;
  inserted: number;
  conflicts: number;
  /** Rows that the database would not take. */
  rejected: number;
}

/** `onAway`: the database failed a call, so its health is worth a look. */
export function countStore(store: Store, onAway: (error: unknown) => void): Store & { readonly figures: StoreFigures } {
  const figures: StoreFigures = { batches: 0, failures: 0, inserted: 0, conflicts: 0, rejected: 0 };
  const watched = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'away') onAway(error.cause ?? error);
      throw error;
    }
  };
  return {
    figures,
    readMark: (hostId, ring) => watched(store.readMark(hostId, ring)),
    makePartition: (table, ts) => watched(store.makePartition(table, ts)),
    async writeBatch(batch) {
      try {
        const result = await watched(store.writeBatch(batch));
        figures.batches += 1;
        figures.inserted += result.inserted;
        figures.conflicts += result.conflicts;
        figures.rejected += result.rejected.length;
        return result;
      } catch (error) {
        figures.failures += 1;
        throw error;
      }
    },
  };
}

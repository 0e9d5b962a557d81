import type { Batch } from '../../src/model/batch.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { StoredRow } from '../../src/model/activity.ts';
import type { BootMark } from '../../src/model/batch.ts';
import type { Clock, Random, Store } from '../../src/model/seams.ts';

export interface MemoryStoreFaults {
  /** Every call rejects with 'away'. */
  away: boolean;
  /** The next so many batches: 'lost' are rejected with 'away' before the commit, 'kept' after it. */
  commits: ('lost' | 'kept')[];
  /** Rows that no table would take. */
  rejects(row: StoredRow): boolean;
  /** ms on the clock that each call takes. */
  delayMs: number;
}

export interface MemoryStore extends Store {
  readonly faults: MemoryStoreFaults;
  /** What is stored, for checks. */
  activity(hostId?: string): StoredRow[];
  gaps(hostId?: string): Gap[];
  boots(hostId: string): BootMark[];
  events(): Pick<Batch, 'hostEvents' | 'modelEvents' | 'perf'>;
  rejected(): { row: StoredRow; error: string }[];
  /** As deleting a host does. */
  closeBoots(hostId: string): void;
}

/** The Store in memory, for the simulation: the conformance suite holds it to what PostgreSQL does. Partitions always exist. */
export function createMemoryStore(_options: { clock: Clock; random: Random }): MemoryStore {
  throw new Error('not written yet');
}

/** Watermarks as the activity persister keeps them: what is settled of each boot, read back when it is first met. */
import type { Watermark } from '../../model/records/batch.ts';
import type { ActivityEntry } from '../../model/reconcile/effects.ts';
import type { GrowingMark } from '../../model/reconcile/watermark.ts';
import { growingMark } from '../../model/reconcile/watermark.ts';
import type { Store } from '../../model/seams.ts';

export interface PersisterMarks {
  /** Settles what the entries hold and gives the marks that go into their transaction. */
  advance(entries: readonly ActivityEntry[]): Promise<Watermark[]>;
  /** After a write of unknown outcome: what the database has is read anew. */
  forget(): void;
}

/** Reads of different hosts at a time: the writers' pool has other work. */
const READS_AT_ONCE = 8;

export function createPersisterMarks(store: Pick<Store, 'readMark'>): PersisterMarks {
  const hosts = new Map<string, Map<number, GrowingMark>>();

  const load = async (hostId: string, epochs: ReadonlySet<number>): Promise<void> => {
    const known = hosts.get(hostId);
    if (known !== undefined && [...epochs].every((epoch) => known.has(epoch))) return;
    const marks = known ?? new Map<number, GrowingMark>();
    const { boots, settledAbove } = await store.readMark(hostId, []);
    boots.forEach((boot, index) => {
      if (!epochs.has(boot.bootEpoch) || marks.has(boot.bootEpoch)) return;
      marks.set(boot.bootEpoch, growingMark({ floor: boot.floor, next: boot.next, settledAbove: index === 0 ? settledAbove : [] }));
    });
    hosts.set(hostId, marks);
  };

  return {
    async advance(entries) {
      const wanted = new Map<string, Set<number>>();
      for (const { hostId, bootEpoch, gaps } of entries) {
        const epochs = wanted.get(hostId) ?? new Set<number>();
        wanted.set(hostId, epochs.add(bootEpoch));
        for (const gap of gaps) epochs.add(gap.bootEpoch);
      }
      const list = [...wanted];
      for (let i = 0; i < list.length; i += READS_AT_ONCE) {
        await Promise.all(list.slice(i, i + READS_AT_ONCE).map(([hostId, epochs]) => load(hostId, epochs)));
      }
      for (const entry of entries) settle(hosts.get(entry.hostId)!, entry);
      const moved: Watermark[] = [];
      for (const [hostId, epochs] of wanted) {
        const marks = hosts.get(hostId)!;
        for (const bootEpoch of epochs) {
          const mark = marks.get(bootEpoch);
          if (mark !== undefined) moved.push({ hostId, bootEpoch, floor: mark.floor, next: mark.next });
        }
        // An earlier boot gets nothing more: its mark would only take room.
        const newest = Math.max(...marks.keys());
        for (const bootEpoch of marks.keys()) if (bootEpoch < newest) marks.delete(bootEpoch);
      }
      return moved;
    },
    forget: () => hosts.clear(),
  };
}

function settle(marks: Map<number, GrowingMark>, entry: ActivityEntry): void {
  for (const boot of entry.boots) {
    if (!marks.has(boot.bootEpoch)) marks.set(boot.bootEpoch, growingMark({ floor: boot.floor, next: boot.floor }));
  }
  for (const gap of entry.gaps) if (gap.fromId !== null && gap.toId !== null) marks.get(gap.bootEpoch)?.settle(gap.fromId, gap.toId);
  const mark = marks.get(entry.bootEpoch);
  if (mark === undefined) return;
  for (const row of entry.rows) mark.settle(row.upstreamId);
  for (const [from, to] of entry.settled) mark.settle(from, to);
  if (entry.floor !== null) mark.lower(entry.floor);
}

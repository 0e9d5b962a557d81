/**
 * Rows on their way to the database (law 3): bounded in all, owned by nobody who can crash. A full queue refuses the newest,
 * since the hosts' rings still have them, and the host is `behind` until there is room.
 */
import type { LivenessEvent, ModelEvent } from '../model/batch.ts';
import type { PerfSample } from '../model/perf.ts';
import type { ActivityEntry, QueuedHost, Release } from '../model/reconcile/effects.ts';

export type EventItem = { kind: 'host'; event: LivenessEvent } | { kind: 'model'; event: ModelEvent };

export interface WriterQueue {
  offerActivity(entry: ActivityEntry): 'queued' | 'refused';
  offerPerf(samples: readonly PerfSample[]): 'queued' | 'refused';
  offerEvents(items: readonly EventItem[]): 'queued' | 'refused';
  /** All that is queued of a host, a persister's batch included. */
  ofHost(hostId: string): QueuedHost;
  release(release: Release): void;
  /** The host was refused something, and has not been told to catch up since. */
  behind(hostId: string): boolean;
  /** Called with the hosts that were behind once there is room again. */
  onRoom(listener: (hostIds: string[]) => void): () => void;
  figures(): { queued: number; queuedBytes: number; refused: number };
}

export function createWriterQueue(_options?: { maxBytes?: number }): WriterQueue {
  throw new Error('not yet');
}

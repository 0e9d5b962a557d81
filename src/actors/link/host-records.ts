/** What is stored of a host's own life: its host events and model events. */
import type { HostMemory } from '../../model/host/host-memory.ts';
import { takeModelChanges } from '../../model/host/host-models.ts';
import type { LivenessEvent } from '../../model/records/batch.ts';
import type { Clock } from '../../model/seams.ts';
import { timeOfMs } from '../../model/time.ts';
import type { EventItem, WriterQueue } from '../writers/writer-queue.ts';

export interface HostRecords {
  /** `ts`: now, unless it is given. */
  host(kind: LivenessEvent['kind'], from: string | null, to: string | null, reason?: string | null, ts?: string): void;
  /** Whatever the memory has noted since the last call. */
  models(memory: HostMemory): void;
}

export function createHostRecords(hostId: string, queue: Pick<WriterQueue, 'offerEvents'>, clock: Pick<Clock, 'now'>): HostRecords {
  const record = (items: EventItem[]): void => void queue.offerEvents(items);
  return {
    host(kind, from, to, reason = null, ts = timeOfMs(clock.now())) {
      record([{ kind: 'host', event: { hostId, ts, kind, from, to, reason } }]);
    },
    models(memory) {
      const changes = takeModelChanges(memory);
      if (changes.length === 0) return;
      const ts = timeOfMs(clock.now());
      record(changes.map((change): EventItem => ({ kind: 'model', event: { hostId, ts, ...change } })));
    },
  };
}

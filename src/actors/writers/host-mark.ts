/** Where a host stands: the database's mark together with what is still queued. */
import type { ActivityRow } from '../../model/records/activity.ts';
import type { HostMark } from '../../model/records/batch.ts';
import { StoreError } from '../../model/records/batch.ts';
import type { QueuedHost } from '../../model/reconcile/effects.ts';
import type { Store } from '../../model/seams.ts';
import type { WriterQueue } from './writer-queue.ts';

/**
 * Executes a `read-mark` effect. `mark` is null while the database is away; other errors of the store reject.
 * The queue is read before the database, so that a row on its way from one to the other is in either.
 */
export async function readHostMark(
  store: Pick<Store, 'readMark'>,
  queue: Pick<WriterQueue, 'ofHost'>,
  hostId: string,
  ring: readonly Pick<ActivityRow, 'upstreamId' | 'ts'>[],
): Promise<{ mark: HostMark | null; queued: QueuedHost }> {
  const queued = queue.ofHost(hostId);
  const held = queued.held.flatMap((boot) => boot.ring.map(({ upstreamId, ts }) => ({ upstreamId, ts })));
  try {
    return { mark: await store.readMark(hostId, [...ring, ...held]), queued };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'away') return { mark: null, queued: queue.ofHost(hostId) };
    throw error;
  }
}

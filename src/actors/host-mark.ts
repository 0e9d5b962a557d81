/** Where a host stands: the database's mark together with what is still queued. */
import type { ActivityRow } from '../model/activity.ts';
import type { HostMark } from '../model/batch.ts';
import type { Store } from '../model/seams.ts';
import type { QueuedHost } from '../model/reconcile/effects.ts';
import type { WriterQueue } from './writer-queue.ts';

/**
 * Executes a `read-mark` effect. `mark` is null while the database is away; other errors of the store reject.
 * The queue is read before the database and after it, so that a row on its way from one to the other is in either.
 */
export function readHostMark(
  _store: Pick<Store, 'readMark'>,
  _queue: Pick<WriterQueue, 'ofHost'>,
  _hostId: string,
  _ring: readonly Pick<ActivityRow, 'upstreamId' | 'ts'>[],
): Promise<{ mark: HostMark | null; queued: QueuedHost }> {
  return Promise.reject(new Error('not yet'));
}

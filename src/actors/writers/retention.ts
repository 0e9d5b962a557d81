/** The one maker and dropper of partitions; what it will drop it sums up before. */
import { StoreError } from '../../model/records/batch.ts';
import { ROLLUP_S } from '../../model/records/perf.ts';
import type { Partitions } from '../../io/postgres/partitions.ts';
import type { Rollups } from '../../io/postgres/rollups.ts';
import type { Database } from '../database/database.ts';
import type { ChildContext, Started } from '../child.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { startWorker } from '../worker.ts';

export interface RetentionOptions {
  partitions: Partitions;
  rollups: Rollups;
  queue: PartitionQueue;
  database: Database;
  /** Partitions that retention has dropped, by name. */
  onDropped?: ((names: string[]) => void) | undefined;
  /** A pass that failed and will be tried again: `error` whole. */
  onError?: ((error: unknown) => void) | undefined;
}

/** Whole partitions go, the smallest of a day: an hour late is nothing. */
const PASS_MS = 3_600_000;
/** Buckets that end together are summed up together. */
const ROLLUP_MS = ROLLUP_S * 1_000;
/** After a lock that did not come in time, or the like. */
const RETRY_MS = 5_000;

/** What is done without being asked. `pass`: partitions made ahead, old ones dropped. `rollups`: a piece of what has to be summed up. */
type Chore = 'pass' | 'rollups';

/** `work`: requests and whatever is due, one step at a time. `settled`: the step, of that chore, has ended. */
type RetentionEvent = { type: 'work' } | { type: 'settled'; chore: Chore; error: unknown } | { type: 'due'; chore: Chore };

/**
 * While the database is ready: at once and every hour partitions are made ahead and old ones dropped; then, and every five
 * minutes, performance is summed up, piece by piece. Before each step requests come first.
 * While it is away it waits, and requests are rejected with a StoreError 'away': their batches wait for the database anyway.
 * States: `waiting` (for the database), `idle`, `making`, `passing`, `rolling`.
 */
export function startRetention(context: ChildContext, options: RetentionOptions): Started {
  const { partitions, rollups, queue, database, onDropped, onError } = options;
  context.probe.queued(() => queue.length);
  return startWorker<RetentionEvent>(context, (self) => {
    let busy = false;
    const due: Record<Chore, boolean> = { pass: true, rollups: true };
    const cancel: Record<Chore, () => void> = { pass: () => {}, rollups: () => {} };
    const after = (chore: Chore, ms: number): void => {
      cancel[chore]();
      cancel[chore] = self.later(ms, () => self.send({ type: 'due', chore }));
    };

    const step = (name: string, chore: Chore, run: () => Promise<void>): void => {
      busy = true;
      context.probe.state(name, 'work');
      self.task(run().then(() => self.send({ type: 'settled', chore, error: null }), (error: unknown) => self.send({ type: 'settled', chore, error })));
    };

    const answerHead = async (): Promise<void> => {
      const request = queue.head();
      if (request === undefined) return;
      try {
        request.resolve(await partitions.make(request.table, request.ts));
      } catch (error) {
        // The batch is tried again either way, and asks anew.
        request.reject(error instanceof StoreError ? error : new StoreError('away', `no partition could be made: ${String(error)}`, undefined, { cause: error }));
        throw error;
      }
    };

    const pass = async (): Promise<void> => {
      await partitions.makeAhead();
      const dropped = await partitions.dropOld();
      if (dropped.length > 0) onDropped?.(dropped);
    };

    const rollUp = async (): Promise<void> => {
      if (await rollups.piece()) due.rollups = true;
    };

    const next = (): void => {
      if (busy) return;
      if (!database.ready()) {
        context.probe.state('waiting', 'away');
        for (let request = queue.head(); request !== undefined; request = queue.head()) {
          request.reject(new StoreError('away', 'the database is away: no partition can be made'));
        }
      } else if (queue.length > 0) step('making', 'pass', answerHead);
      else if (due.pass) {
        due.pass = false;
        after('pass', PASS_MS);
        step('passing', 'pass', pass);
      } else if (due.rollups) {
        due.rollups = false;
        after('rollups', ROLLUP_MS);
        step('rolling', 'rollups', rollUp);
      } else context.probe.state('idle', 'settled');
    };

    const stopListening = queue.onRequest(() => self.send({ type: 'work' }));
    const unsubscribe = database.subscribe((ready) => {
      if (ready) due.pass = due.rollups = true;
      self.send({ type: 'work' });
    });
    self.send({ type: 'work' });

    return {
      receive(event) {
        switch (event.type) {
          case 'settled':
            busy = false;
            if (event.error !== null) {
              // What the database's state does not explain is a crash.
              if (!(event.error instanceof StoreError)) throw event.error;
              onError?.(event.error);
              after(event.chore, RETRY_MS);
            }
            next();
            return;
          case 'due':
            due[event.chore] = true;
            next();
            return;
          case 'work':
            next();
            return;
          case 'shutdown':
            self.done();
            return;
          default:
            event satisfies never;
        }
      },
      cleanup() {
        cancel.pass();
        cancel.rollups();
        stopListening();
        unsubscribe();
      },
    };
  });
}

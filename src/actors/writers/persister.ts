/** Takes batches from one lane of the queue to the database, while that is ready. One actor a lane. */
import type { Batch, BatchResult } from '../../model/records/batch.ts';
import { StoreError } from '../../model/records/batch.ts';
import type { Gap } from '../../model/records/gap.ts';
import { LIMITS, type Limits } from '../../model/limits.ts';
import { PARTITIONED_TABLES } from '../../model/seams.ts';
import type { Store } from '../../model/seams.ts';
import type { ChildContext, Start, Started } from '../child.ts';
import type { Database } from '../database/database.ts';
import { createPersisterMarks } from './persister-marks.ts';
import { startWorker } from '../worker.ts';
import type { LaneItems, LaneQueue, PersisterLane, WriterQueue } from './writer-queue.ts';

export type { PersisterLane } from './writer-queue.ts';

export interface PersisterOptions {
  lane: PersisterLane;
  queue: WriterQueue;
  store: Store;
  database: Database;
  /** When a batch is full, or old enough. Default LIMITS.batch. */
  batch?: Limits['batch'];
  /** Gaps that the store recorded for rows it could not take (activity lane). */
  onRejected?(gaps: Gap[]): void;
  /** Links have to read their mark and the ring again: null for all (a new incarnation, the database is ready again), else those that were behind. */
  onCatchUp?(hostIds: string[] | null): void;
}

/** `look`: there may be something to write. `written`: a batch ended. */
type PersisterEvent = { type: 'look' } | { type: 'ready'; ready: boolean } | { type: 'written'; outcome: 'stored' | 'away' };

/** The database says that it is ready, and a write found it away: look again so much later. */
const RETRY_MS = 500;
/** A batch may need so many partitions; more is a store that answers nonsense. */
const PARTITIONS_A_BATCH = 200;

/**
 * The child's start function. States: `waiting` (for the database), `idle`, `gathering` (up to 250 ms or 1,000 rows), `writing`,
 * `draining`. It drains: on `shutdown` what is queued is written, then it ends; without the database at once.
 * An error of the store that is none of its own kinds is a crash: the batch goes back to the queue.
 */
export function persister(options: PersisterOptions): Start {
  const { queue, lane } = options;
  return (context): Started => {
    switch (lane) {
      case 'activity':
        return startLane(context, options, queue.lane('activity'), activityWriter(options));
      case 'perf':
        return startLane(context, options, queue.lane('perf'), { prepare: (perf) => Promise.resolve({ ...emptyBatch(), perf: [...perf] }) });
      case 'events':
        return startLane(context, options, queue.lane('events'), { prepare: (items) => Promise.resolve(eventBatch(items)) });
      default:
        return lane satisfies never;
    }
  };
}

interface LaneWriter<T> {
  prepare(items: readonly T[]): Promise<Batch>;
  stored?(result: BatchResult): void;
  /** The outcome of a write is not known, or it did not come to it. */
  failed?(): void;
}

function startLane<T>(context: ChildContext, options: PersisterOptions, items: LaneQueue<T>, writer: LaneWriter<T>): Started {
  const { database, store, lane, queue, onCatchUp, batch = LIMITS.batch } = options;
  return startWorker<PersisterEvent>(
    context,
    (self) => {
      let writing = false;
      let draining = false;
      let cancelTimer: (() => void) | null = null;

      const state = (name: string, event: string): void => context.probe.state(name, event);
      const lookAfter = (ms: number): void => {
        cancelTimer ??= self.later(ms, () => {
          cancelTimer = null;
          begin();
        });
      };
      const stopTimer = (): void => {
        cancelTimer?.();
        cancelTimer = null;
      };

      /** Something came, or the last batch ended: gather, write, or wait. */
      const look = (event: string): void => {
        if (writing) return;
        if (!database.ready()) {
          stopTimer();
          if (draining) self.done();
          else state('waiting', event);
        } else if (items.length === 0) {
          if (draining) self.done();
          else state('idle', event);
        } else if (draining || items.length >= batch.rows) begin();
        else {
          state('gathering', event);
          lookAfter(batch.ms);
        }
      };

      const begin = (): void => {
        stopTimer();
        if (writing || !database.ready() || items.length === 0) return;
        writing = true;
        state(draining ? 'draining' : 'writing', 'batch');
        const taken = items.take(batch.rows);
        self.task(write(taken).then((outcome) => self.send({ type: 'written', outcome })));
      };

      const write = async (taken: readonly T[]): Promise<'stored' | 'away'> => {
        try {
          const batch = await writer.prepare(taken);
          const result = await storeBatch(store, batch);
          if (context.signal.aborted) return 'away';
          items.done();
          writer.stored?.(result);
          return 'stored';
        } catch (error) {
          writer.failed?.();
          if (!context.signal.aborted) items.putBack();
          if (error instanceof StoreError && error.code === 'away') return 'away';
          throw error;
        }
      };

      // A batch that an earlier incarnation had in its hands. If it was written after all, its keys make it the same batch.
      items.putBack();
      context.probe.queued(() => items.length);
      const stopItems = items.onItems(() => {
        if (!writing && (cancelTimer === null || items.length >= batch.rows)) self.send({ type: 'look' });
      });
      const stopDatabase = database.subscribe((ready) => self.send({ type: 'ready', ready }));
      const stopRoom = lane === 'activity' ? queue.onRoom((hostIds) => onCatchUp?.(hostIds)) : () => {};
      if (context.incarnation > 1 && lane === 'activity' && database.ready()) onCatchUp?.(null);
      self.send({ type: 'look' });

      return {
        receive(event) {
          switch (event.type) {
            case 'look':
              return look('items');
            case 'ready':
              if (event.ready && lane === 'activity') onCatchUp?.(null);
              return look(event.ready ? 'database ready' : 'database away');
            case 'written':
              writing = false;
              if (event.outcome === 'away' && database.ready()) {
                if (draining) self.done();
                else {
                  state('waiting', 'away');
                  lookAfter(RETRY_MS);
                }
                return undefined;
              }
              return look(event.outcome);
            case 'shutdown':
              draining = true;
              return look('shutdown');
            default:
              return event satisfies never;
          }
        },
        cleanup() {
          stopItems();
          stopRoom();
          stopDatabase();
        },
      };
    },
    { drains: true },
  );
}

async function storeBatch(store: Store, batch: Batch): Promise<BatchResult> {
  for (let tries = 0; ; tries++) {
    try {
      return await store.writeBatch(batch);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'partition' || error.ts === null || tries >= PARTITIONS_A_BATCH) throw error;
      const table = PARTITIONED_TABLES.find((name) => name === error.table);
      if (table === undefined) throw error;
      // 'refused' too: from then on the store rejects the rows that belong there.
      await store.makePartition(table, error.ts);
    }
  }
}

function activityWriter(options: PersisterOptions): LaneWriter<LaneItems['activity']> {
  const marks = createPersisterMarks(options.store);
  return {
    async prepare(entries) {
      return {
        ...emptyBatch(),
        boots: entries.flatMap((entry) => entry.boots),
        activity: entries.flatMap((entry) => entry.rows),
        gaps: entries.flatMap((entry) => entry.gaps),
        marks: await marks.advance(entries),
      };
    },
    stored({ rejected }) {
      if (rejected.length > 0) options.onRejected?.(rejected);
    },
    failed: () => marks.forget(),
  };
}

function eventBatch(items: readonly LaneItems['events'][]): Batch {
  const batch = emptyBatch();
  for (const item of items) {
    if (item.kind === 'host') batch.hostEvents.push(item.event);
    else batch.modelEvents.push(item.event);
  }
  return batch;
}

function emptyBatch(): Batch {
  return { boots: [], activity: [], gaps: [], marks: [], hostEvents: [], modelEvents: [], perf: [] };
}

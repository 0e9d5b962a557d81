/** A link's published state: seq rises by exactly one with every delta, on a tick that the first change arms. */
import { LIMITS, type Limits } from '../../model/limits.ts';
import type { PatchOp } from '../../model/patch.ts';
import { createPublisher } from '../../model/host/publish.ts';
import type { Clock, Random, TimerId } from '../../model/seams.ts';
import type { HostState } from '../../model/host/state.ts';
import type { Moment } from '../../model/time.ts';

/** Where a host's state goes. */
export interface StateSink {
  snapshot(epoch: string, seq: number, state: HostState): void;
  /** `ops` lead from the state before to `state`. */
  delta(epoch: string, seq: number, ops: PatchOp[], state: HostState): void;
}

export interface Publishing {
  /** Something changed: it goes out with the next tick. */
  touch(): void;
  /** Everything anew, under a new state epoch: the first time, and when the fleet-store is another one. */
  publish(): void;
  /** What waits goes out at once; nothing after that. */
  close(): void;
  /** Nothing goes out any more. */
  drop(): void;
}

export interface PublishingOptions {
  /** `fresh`: the last contact as it is now, even if it is shown later by itself. */
  project(at: Moment, fresh?: boolean): HostState;
  /** Monotonic ms at which the projection changes by itself; null: never. */
  changesAt(): number | null;
  sink: StateSink;
  clock: Clock;
  random: Random;
  limits?: Pick<Limits['publish'], 'tickMs' | 'lastContactMs' | 'respBytesMs'>;
  /** A throw inside the tick. */
  crash(error: unknown): void;
}

export function createPublishing({ project, changesAt, sink, clock, random, crash, limits = LIMITS.publish }: PublishingOptions): Publishing {
  const { tickMs } = limits;
  const moment = (): Moment => ({ wall: clock.now(), mono: clock.monotonic() });
  let publisher: ReturnType<typeof createPublisher> | null = null;
  let epoch = '';
  let seq = 0;
  let timer: TimerId = null;
  /** Monotonic ms at which the timer fires. */
  let due = 0;
  let open = true;

  const arm = (at: number): void => {
    if (!open) return;
    if (timer !== null) {
      if (due <= at) return;
      clock.clearTimeout(timer);
    }
    due = at;
    timer = clock.setTimeout(() => {
      timer = null;
      try {
        tick();
      } catch (error) {
        crash(error);
      }
    }, Math.max(0, Math.ceil(at - clock.monotonic())));
  };

  const tick = (): void => {
    if (publisher === null) return;
    const at = moment();
    // A contact that was held back goes out as the last of now, not of when it was held.
    const due = publisher.dueAt();
    const ops = publisher.next(project(at, due !== null && at.mono >= due), at);
    if (ops !== null) {
      seq += 1;
      sink.delta(epoch, seq, ops, publisher.state);
    }
    const moments = [publisher.dueAt(), changesAt()].filter((next) => next !== null);
    if (moments.length > 0) arm(Math.max(Math.min(...moments), at.mono + tickMs));
  };

  const drop = (): void => {
    open = false;
    if (timer !== null) clock.clearTimeout(timer);
    timer = null;
  };

  return {
    touch: () => {
      if (publisher !== null) arm(clock.monotonic() + tickMs);
    },
    publish() {
      const at = moment();
      publisher = createPublisher(project(at), at, limits);
      epoch = random.id();
      seq = 1;
      sink.snapshot(epoch, seq, publisher.state);
      arm(at.mono + tickMs);
    },
    close() {
      if (!open) return;
      tick();
      drop();
    },
    drop,
  };
}

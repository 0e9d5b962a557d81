/**
 * Log text on its way from a host to its readers: gathered a tick, so that a flood of lines is a few frames, and bounded: what is
 * too much for a tick is lost, oldest first, and counted. A stream that begins anew sends its history again; of that only what
 * is new goes on.
 */
import type { Limits } from '../../model/limits.ts';
import type { LogChunk } from '../../model/host/log-memory.ts';
import { createLogTail, type LogTail } from '../../model/host/log-tail.ts';
import { endOf } from '../../model/host/log-text.ts';
import type { Clock, TimerId } from '../../model/seams.ts';
import { timeOfMs } from '../../model/time.ts';

/** One log of one stream. */
export interface LogLane {
  text(text: string): void;
  /** The stream has no history: what comes is written now. */
  live(): void;
  /** The stream begins anew: what comes first is its history. */
  restart(): void;
  /** What waits is thrown away. */
  close(): void;
}

export interface LogLanes {
  open(source: string, model: string | null): LogLane;
  /** All that waits goes out now: a stream has ended. */
  flush(): void;
  /** Nothing goes out any more. */
  drop(): void;
}

export interface LogLanesOptions {
  clock: Clock;
  limits: Limits['logs'];
  out(model: string | null, chunk: LogChunk): void;
  /** A throw inside the tick. */
  crash(error: unknown): void;
}

interface Lane {
  source: string;
  model: string | null;
  tail: LogTail;
  /** The history is still coming. */
  history: boolean;
  /** Monotonic ms at which all of it has come; null: none of it has. */
  historyUntil: number | null;
  waiting: string;
  dropped: number;
}

export function createLogLanes({ clock, limits, out, crash }: LogLanesOptions): LogLanes {
  let full = new Set<Lane>();
  let timer: TimerId = null;
  let open = true;

  const most = (lane: Lane): number => (lane.history ? limits.historyChars : limits.tickChars);
  const trim = (lane: Lane): void => {
    if (lane.waiting.length <= most(lane)) return;
    const kept = endOf(lane.waiting, most(lane));
    lane.dropped += Buffer.byteLength(lane.waiting) - Buffer.byteLength(kept);
    lane.waiting = kept;
  };
  const send = (lane: Lane): void => {
    const at = lane.history ? null : timeOfMs(clock.now());
    if (lane.history) lane.waiting = lane.tail.history(lane.source, lane.waiting);
    else lane.tail.append(lane.source, lane.waiting);
    trim(lane);
    const { waiting, dropped } = lane;
    lane.history = false;
    lane.waiting = '';
    if (waiting === '') return;
    lane.dropped = 0;
    out(lane.model, { source: lane.source, at, text: waiting, dropped });
  };
  const tick = (): void => {
    timer = null;
    const now = clock.monotonic();
    const due = full;
    full = new Set();
    for (const lane of due) {
      if (lane.history && lane.historyUntil !== null && now < lane.historyUntil) full.add(lane);
      else send(lane);
    }
    if (full.size > 0) arm();
  };
  const arm = (): void => {
    timer ??= clock.setTimeout(() => {
      try {
        tick();
      } catch (error) {
        crash(error);
      }
    }, limits.tickMs);
  };
  const disarm = (): void => {
    if (timer !== null) clock.clearTimeout(timer);
    timer = null;
  };

  return {
    open(source, model) {
      const lane: Lane = { source, model, tail: createLogTail(), history: true, historyUntil: null, waiting: '', dropped: 0 };
      return {
        text(text) {
          if (text === '' || !open) return;
          if (lane.history) lane.historyUntil ??= clock.monotonic() + limits.historyMs;
          lane.waiting += text;
          // Twice, so that trimming costs little a character.
          if (lane.waiting.length > 2 * most(lane)) trim(lane);
          full.add(lane);
          arm();
        },
        live() {
          if (!full.has(lane)) lane.history = false;
        },
        restart() {
          if (full.delete(lane)) send(lane);
          lane.history = true;
          lane.historyUntil = null;
        },
        close: () => void full.delete(lane),
      };
    },
    flush() {
      disarm();
      const all = full;
      full = new Set();
      for (const lane of all) send(lane);
    },
    drop() {
      open = false;
      disarm();
      full.clear();
    },
  };
}

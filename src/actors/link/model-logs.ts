/**
 * The logs of single models, which a host sends on streams of their own: open while somebody reads them and the host is live. A
 * stream that ends is asked for again, gently; what becomes of it never says anything of the host.
 */
import { statusFault, contentType } from '../../io/llama-swap/stream-head.ts';
import { UPSTREAM } from '../../io/llama-swap/upstream-paths.ts';
import { backoffDelay } from '../../model/backoff.ts';
import type { Limits } from '../../model/limits.ts';
import { HostError, type HostFault } from '../../model/host/liveness.ts';
import type { Clock, HostPort, HostStream, Random, TimerId } from '../../model/seams.ts';
import type { LogLane } from './log-lanes.ts';

export interface ModelLogsDeps {
  port: Pick<HostPort, 'open'>;
  clock: Clock;
  random: Random;
  limits: Limits['backoff'];
  lane(model: string): LogLane;
  /** The host does not offer this one: asked again on the host's next connection. */
  refused(model: string, fault: HostFault): void;
  crash(error: unknown): void;
}

export interface ModelLogs {
  /** All that have readers now. */
  want(models: readonly string[]): void;
  /** The host is live. */
  begin(): void;
  /** It is not any more: every stream is cut. */
  end(): void;
}

interface ModelLog {
  model: string;
  lane: LogLane;
  abort: AbortController | null;
  timer: TimerId;
  attempt: number;
  /** Monotonic ms since the last try was taken up. */
  openedAt: number;
}

export function createModelLogs(deps: ModelLogsDeps): ModelLogs {
  const { clock, limits } = deps;
  const wanted = new Map<string, ModelLog>();
  let live = false;

  const cut = (log: ModelLog): void => {
    log.abort?.abort();
    log.abort = null;
    if (log.timer !== null) clock.clearTimeout(log.timer);
    log.timer = null;
  };
  const again = (log: ModelLog): void => {
    log.abort = null;
    // Never at once: a host that takes each stream and ends it is not to be hammered.
    const delay = limits.baseMs + backoffDelay(log.attempt, limits, deps.random);
    log.attempt += 1;
    log.timer = clock.setTimeout(() => {
      log.timer = null;
      open(log);
    }, delay);
  };
  const read = (log: ModelLog, mine: AbortController, stream: HostStream): void => {
    const fault = logFault(stream);
    if (fault !== null) {
      cut(log);
      return deps.refused(log.model, fault);
    }
    log.openedAt = clock.monotonic();
    log.lane.restart();
    // Reads cut characters apart.
    const utf8 = new TextDecoder();
    const guard = (run: () => void): void => {
      if (log.abort !== mine) return;
      try {
        run();
      } catch (error) {
        deps.crash(error);
      }
    };
    stream.start({
      chunk: (bytes) => guard(() => log.lane.text(utf8.decode(bytes, { stream: true }))),
      end: () => guard(() => {
        log.lane.text(utf8.decode());
        if (clock.monotonic() - log.openedAt >= limits.healthyMs) log.attempt = 0;
        again(log);
      }),
    });
  };
  const open = (log: ModelLog): void => {
    const mine = new AbortController();
    log.abort = mine;
    deps.port.open(mine.signal, UPSTREAM.modelLog(log.model)).then(
      (stream) => {
        if (log.abort === mine) read(log, mine, stream);
      },
      (error: unknown) => {
        if (log.abort !== mine) return;
        if (!(error instanceof HostError)) throw error;
        again(log);
      },
    ).catch(deps.crash);
  };

  return {
    want(models) {
      for (const [model, log] of wanted) {
        if (models.includes(model)) continue;
        cut(log);
        log.lane.close();
        wanted.delete(model);
      }
      for (const model of models) {
        if (wanted.has(model)) continue;
        const log: ModelLog = { model, lane: deps.lane(model), abort: null, timer: null, attempt: 0, openedAt: 0 };
        wanted.set(model, log);
        if (live) open(log);
      }
    },
    begin() {
      live = true;
      for (const log of wanted.values()) {
        if (log.abort !== null || log.timer !== null) continue;
        log.attempt = 0;
        open(log);
      }
    },
    end() {
      live = false;
      for (const log of wanted.values()) cut(log);
    },
  };
}

function logFault(stream: HostStream): HostFault | null {
  const fault = statusFault(stream);
  if (fault !== null) return fault;
  const type = contentType(stream);
  return type === 'text/plain' ? null : { code: 'protocol', text: `Expected a log as text/plain; ${type === '' ? 'an answer without a content type' : type.slice(0, 100)} came.` };
}

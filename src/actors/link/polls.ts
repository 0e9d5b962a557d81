/**
 * What a link asks its host by and by, on a second connection: who it is, what runs, how it performs. Every answer proves the
 * host alive; a poll without one is a probe that failed. Never two of a kind at once, and sparingly: each is a line in its log.
 */
import { readHealth, readRunning, readVersion } from '../../io/llama-swap/answers.ts';
import { readPerformance } from '../../io/llama-swap/performance.ts';
import { UPSTREAM } from '../../io/llama-swap/upstream-paths.ts';
import type { Limits } from '../../model/limits.ts';
import type { HostFault } from '../../model/host/liveness.ts';
import { HostError } from '../../model/host/liveness.ts';
import type { PerfReading, RunningModel } from '../../model/host/readings.ts';
import type { Clock, HostAnswer, HostPort, TimerId } from '../../model/seams.ts';
import { msOfTime } from '../../model/time.ts';

export interface PollsDeps {
  port: HostPort;
  clock: Clock;
  /** Uniform in [0, 1): spreads a fleet's polls. */
  chance(): number;
  limits: Limits['probe'];
  version(build: { version: string; commit: string } | null): void;
  /** `askedAt`: `modelsSeen` when it was asked. */
  running(models: RunningModel[], askedAt: number): void;
  modelsSeen(): number;
  perf(reading: PerfReading): void;
  /** Switched off, or the release is too old. */
  perfAbsent(): void;
  /** Anything answered, on any path. */
  answered(): void;
  failed(fault: HostFault): void;
  /** This process stood still: the timer came so many ms late. */
  late(ms: number): void;
  oddity(what: string): void;
  crash(error: unknown): void;
}

export interface Polls {
  /** GET for others (the reconciler); null: no answer. */
  get(path: string): Promise<HostAnswer | null>;
  begin(): void;
  /** Models changed: ask /running soon. */
  modelsChanged(): void;
  end(): void;
}

/** A burst of changes asks once. */
const SOON_MS = 250;
/** A timer that comes so late tells that this process stood still, and its readers with it. */
const LATE_MS = 5_000;

/** `after` (the host's own words) outlives connections: pass the same object. */
export function createPolls(deps: PollsDeps, position: { after: string | null }): Polls {
  const { clock, limits } = deps;
  const timers = new Map<string, TimerId>();
  let abort = new AbortController();
  let open = false;
  let lastAnswer = 0;
  let perfStepMs = 0;
  let runningAsked = false;
  let runningAgain = false;

  const at = (name: string, ms: number, run: () => Promise<void> | void): void => {
    if (!open) return;
    const old = timers.get(name);
    if (old !== undefined) clock.clearTimeout(old);
    const due = clock.monotonic() + ms;
    timers.set(name, clock.setTimeout(() => {
      timers.delete(name);
      try {
        const late = clock.monotonic() - due;
        if (late > LATE_MS) return deps.late(late);
        const done = run();
        if (done) done.catch(deps.crash);
      } catch (error) {
        deps.crash(error);
      }
    }, ms));
  };

  const ask = async (path: string): Promise<HostAnswer | HostFault | null> => {
    const { signal } = abort;
    try {
      const answer = await deps.port.get(path, { signal, timeoutMs: limits.timeoutMs });
      if (signal.aborted) return null;
      lastAnswer = clock.monotonic();
      deps.answered();
      return answer;
    } catch (error) {
      if (signal.aborted) return null;
      if (error instanceof HostError) return error.fault;
      throw error;
    }
  };
  const isAnswer = (got: HostAnswer | HostFault): got is HostAnswer => 'status' in got;

  const running = async (): Promise<void> => {
    if (runningAsked) {
      runningAgain = true;
      return;
    }
    runningAsked = true;
    const askedAt = deps.modelsSeen();
    const got = await ask(UPSTREAM.running);
    if (got === null) return;
    runningAsked = false;
    if (isAnswer(got)) {
      const read = readRunning(got);
      if (read.kind === 'running') {
        for (const bad of read.bad) deps.oddity(bad.what);
        deps.running(read.models, askedAt);
      } else deps.oddity(`/running: ${read.fault.text}`);
    }
    at('running', runningAgain ? SOON_MS : limits.runningEveryMs, running);
    runningAgain = false;
  };

  const perf = async (): Promise<void> => {
    const got = await ask(UPSTREAM.performance(position.after));
    if (got === null) return;
    if (!isAnswer(got)) {
      deps.failed(got);
      return at('perf', limits.perfEveryMs, perf);
    }
    const read = readPerformance(got);
    switch (read.kind) {
      case 'perf':
        for (const bad of read.bad) deps.oddity(bad.what);
        perfStepMs = stepOf(read.reading) ?? perfStepMs;
        position.after = read.reading.after ?? position.after;
        deps.perf(read.reading);
        return at('perf', Math.max(limits.perfEveryMs, perfStepMs), perf);
      case 'refused':
        deps.oddity(`/api/performance: ${read.fault.text}`);
        // A host that came back with another clock does not know this `after`.
        position.after = null;
        return at('perf', limits.everyMs, perf);
      case 'absent':
      case 'off':
        deps.perfAbsent();
        return at('health', limits.everyMs + limits.stepMs / 2, health);
      default:
        read satisfies never;
    }
  };

  const health = async (): Promise<void> => {
    const since = clock.monotonic() - lastAnswer;
    // Half a step more: the clock's nearest step is not before its time.
    if (since < limits.everyMs) return at('health', limits.everyMs - since + limits.stepMs / 2, health);
    const got = await ask(UPSTREAM.health);
    if (got === null) return;
    if (!isAnswer(got)) deps.failed(got);
    else readHealth(got);
    at('health', limits.everyMs + limits.stepMs / 2, health);
  };

  const version = async (): Promise<void> => {
    const got = await ask(UPSTREAM.version);
    if (got === null) return;
    if (!isAnswer(got)) return at('version', limits.everyMs, version);
    const read = readVersion(got);
    if (read.kind !== 'refused') deps.version(read.kind === 'version' ? read.build : null);
  };

  return {
    async get(path) {
      const got = await ask(path);
      return got !== null && isAnswer(got) ? got : null;
    },
    begin() {
      open = true;
      abort = new AbortController();
      lastAnswer = clock.monotonic();
      version().catch(deps.crash);
      // Asked before the list of models that comes with the stream, it would be asked again for that.
      at('running', SOON_MS, running);
      // Steps behind /running: periods keep their distance, and due together they would want a second connection every minute.
      at('perf', 4 * SOON_MS + Math.floor(deps.chance() * 1_000), perf);
    },
    modelsChanged() {
      if (!open) return;
      if (runningAsked) runningAgain = true;
      else at('running', SOON_MS, running);
    },
    end() {
      open = false;
      abort.abort();
      for (const timer of timers.values()) clock.clearTimeout(timer);
      timers.clear();
      runningAsked = false;
      runningAgain = false;
    },
  };
}

/** Time between the last two samples of the host itself, ms. */
function stepOf({ samples }: PerfReading): number | null {
  const own = samples.filter(({ gpu }) => gpu === null);
  if (own.length < 2) return null;
  return msOfTime(own.at(-1)!.ts) - msOfTime(own.at(-2)!.ts);
}

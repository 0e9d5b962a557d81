/** The host program itself: a process that boots, serves, reloads and dies, over the engine, the rows, the logs and the samples. */
import { createBroadcast } from './broadcast.ts';
import { createEngine, type Flight, type FlightEnd } from './engine.ts';
import type { ServedRow, SimFault, SimHost, SimHostOptions, SimModelSpec, SimRow } from './sim-types.ts';
import { createFront } from './front.ts';
import { goDuration, goTime } from './go-json.ts';
import type { MouthState } from './http-mouth.ts';
import { createLogHistory, type LogHistory } from './log-history.ts';
import type { HostLogs, LogTap } from './log-stream.ts';
import { makesRow, outcome } from './outcomes.ts';
import { generationOf, releaseNumber, type Release } from './releases.ts';
import { createRows } from './rows.ts';
import { createSamples } from './samples.ts';
import { connectFrames, inflightFrame, logFrame, modelStatus, rowFrame, streamHeaders, type Frame } from './stream-mouth.ts';
import type { Handler, Sink, WireRequest } from './wire.ts';

export type Accepts = 'yes' | 'refuse' | 'close';

export interface Core {
  control: Omit<SimHost, 'listen' | 'port' | 'close'>;
  handle: Handler;
  /** Stops it for good. */
  retire(): void;
  /** What a connection meets. */
  accepts(): Accepts;
  /** Told of each change of `accepts`, and of each death of the process: its sockets die with it ('kill') or are closed when flushed ('term'). */
  onLife(listener: (event: 'accepts' | 'kill' | 'term') => void): void;
}

const DEFAULT_MODELS: SimModelSpec[] = [
  { id: 'alpha-8b-q4', name: 'Alpha 8B', description: 'everyday chat', aliases: ['gpt-4o-mini', 'alpha'], contextLength: 8_192, capabilities: { function_calling: true } },
  { id: 'beta-32b-q4', name: 'Beta 32B', ttlS: 300 },
  { id: 'embed-small', resident: true, contextLength: 2_048 },
];

export function createCore(options: SimHostOptions): Core {
  const { clock, random, gpus = [], apiKeys = [], profiles = [], offsetMinutes = 0, requestLog = true } = options;
  let release: Release = options.release ?? 'v250';
  let running = false;
  let skew = options.clockSkewMs ?? 0;
  let profile: string | null = null;
  let fault: SimFault | null = null;
  let swallowed = 0;
  let retired = false;
  let process = 0;
  const n = (): number => releaseNumber(release);
  const wall = (): number => clock.now() + skew;
  const date = (): string => new Date(wall()).toUTCString();
  const nanoTime = (): string => goTime(wall(), Math.floor(random.next() * 1e6), offsetMinutes, false);
  const whole = (): boolean => (options.timestamps ?? (generationOf(release) === 3 ? 'seconds' : 'nanos')) === 'seconds';
  const ofModels = new Map<string, LogHistory>();
  const logs: HostLogs = {
    proxy: createLogHistory(), upstream: createLogHistory(),
    ofModel(model) {
      let history = ofModels.get(model);
      if (history === undefined) ofModels.set(model, (history = createLogHistory()));
      return history;
    },
  };
  const taps = new Set<LogTap>();
  const listeners: ((event: 'accepts' | 'kill' | 'term') => void)[] = [];
  const tell = (event: 'accepts' | 'kill' | 'term'): void => { for (const listener of listeners) listener(event); };

  const rows = createRows({ random, max: options.metricsMaxInMemory ?? 1_000, store: options.store ?? false, remember: options.remember ?? 'all', timestamp: () => (whole() ? goTime(wall(), 0, offsetMinutes, true) : nanoTime()) });
  const cast = createBroadcast({
    release: () => release,
    warn: () => log('proxy', '[WARN] handleAPIEvents sendBuffer full, dropped message\n'),
    wedge: (on) => front.wedge(on),
  });
  const emit = (frame: Frame | undefined, went?: () => void): void => {
    if (frame !== undefined) cast.emit(frame, went);
  };
  const engine = createEngine(options.models ?? DEFAULT_MODELS, {
    clock, timestamp: nanoTime, log,
    reports: () => n() >= 240 && cast.streams.size > 0,
    onModels(quiet) { if (!(quiet && n() <= 217)) emit(modelStatus(release, engine)); },
    onStart: (flight) => emit(inflightFrame('start', flight, state())),
    onProgress: (flight) => emit(inflightFrame('progress', flight, state())),
    onEnd: flightEnded,
  });
  const samples = createSamples({
    gpus, everyMs: options.performanceEveryMs ?? 5_000, offsetMinutes, now: wall, monotonic: () => clock.monotonic(),
    load: () => Math.min(1, engine.flights.size / 4),
    memory: () => Math.min(1, engine.models.filter((model) => model.state === 'ready').length / 2),
  });

  const state = () => ({ release, engine, rows, profile, now: clock.monotonic(), get logs() { return { proxy: logs.proxy.text(), upstream: logs.upstream.text() }; } });

  function log(source: 'proxy' | 'upstream', text: string, model: string | null = null): void {
    logs[source].add(text);
    if (model !== null) logs.ofModel(model).add(text);
    if (!front.wedged()) for (const tap of taps) tap.text(source, text, model);
    emit(logFrame(source, text));
  }

  function requestLine(method: string, path: string, status: number, bytes: number, ms: number, agent: string): void {
    if (requestLog) log('proxy', `[INFO] Request 127.0.0.1 "${method} ${path} HTTP/1.1" ${status} ${bytes} "${agent}" ${goDuration(ms)}\n`);
  }

  function announce(served: ServedRow): void {
    const sendsRows = generationOf(release) < 3;
    emit(rowFrame(release, served, rows.captured(served.row.id)), () => { if (sendsRows) served.shown = true; });
  }

  function flightEnded(flight: Flight, how: FlightEnd): void {
    const input = outcome(release, flight, how, clock.monotonic());
    const served = input !== null && makesRow(release, input.status ?? 200) ? rows.add(input) : null;
    const gone = (): void => emit(inflightFrame('end', flight, state()));
    const first = n() <= 217 || n() >= 236;
    if (!first) gone();
    if (served !== null) announce(served);
    if (first) gone();
    requestLine('POST', flight.input.reqPath ?? '/v1/chat/completions', input === null ? 400 : (input.status ?? 200), 640, clock.monotonic() - flight.since, 'sim-client/1');
    flight.input.done?.(served?.row ?? null);
  }

  const mouth: MouthState = {
    get release() { return release; }, engine, rows, samples: options.performance === 'off' ? null : samples, gpus, apiKeys,
    get profile() { return profile; }, profiles, setProfile, logs: () => logs.proxy.text() + logs.upstream.text(), now: wall, date,
  };

  function setProfile(name: string | null): void {
    profile = name;
    if (n() >= 241) emit({ kind: 'profileChanged', data: { active: name } });
  }

  function eventStream(request: WireRequest, sink: Sink): () => void {
    const since = clock.monotonic();
    const mine = process;
    sink.head(200, streamHeaders(date()));
    if (generationOf(release) < 3) for (const served of rows.ring()) served.shown = true;
    cast.greet(sink, connectFrames(state()));
    return () => {
      cast.leave(sink);
      if (running && mine === process) requestLine('GET', '/api/events', 200, 3_539, clock.monotonic() - since, request.headers['user-agent'] ?? '');
    };
  }

  const front = createFront({
    clock, mouth, engine, logs, taps, open: eventStream, line: requestLine,
    foreign: (host) => {
      const handler = handlers.get(host);
      if (handler === undefined) throw new Error('fault other-host: the host was not made by createSimHost');
      return handler;
    },
  });

  function stopped(): void {
    for (const flight of engine.reset()) flight.input.done?.(null);
    front.forget();
  }

  function cutAll(): void {
    cast.endAll('cut');
    taps.clear();
    front.cutAll();
  }

  function booted(): void {
    process += 1;
    rows.begin(release);
    samples.restart();
    profile = null;
    logs.proxy.clear();
    logs.upstream.clear();
    ofModels.clear();
    if (n() >= 218) logs.proxy.add(`[INFO] ${gpus.length > 0 ? 'using nvidia-smi for GPU monitoring' : 'GPU monitoring not available: no GPU monitoring tool available'}\n[INFO] llama-swap listening on http://127.0.0.1:8080\n`);
  }

  const control: Core['control'] = {
    get release() { return release; },
    get running() { return running; },
    get streams() { return cast.streams.size; },
    get logStreams() { return taps.size; },
    get servedCount() { return rows.count(); },
    get inflight() { return engine.flights.size; },
    start() {
      if (running || retired) return;
      running = true;
      booted();
      tell('accepts');
    },
    kill() {
      if (!running) return;
      running = false;
      stopped();
      cutAll();
      tell('kill');
      tell('accepts');
    },
    term() {
      if (!running) return;
      running = false;
      for (const flight of engine.reset()) {
        // From v218 on it is served to its end; its row is seen by nobody, and lives on only in a store.
        if (n() >= 218 && rows.hasStore() && flight.model !== null) rows.add({ ...flight.input, model: flight.model.spec.id });
        else swallowed += 1;
        flight.input.done?.(null);
      }
      stopped();
      cast.endAll('complete');
      cutAll();
      tell('term');
      tell('accepts');
    },
    reload() {
      if (!running) return;
      swallowed += engine.flights.size;
      stopped();
      cast.endAll('complete');
      for (const tap of taps) tap.end();
      taps.clear();
      ofModels.clear();
      profile = null;
      if (generationOf(release) < 3) rows.begin(release);
      if (n() <= 217) {
        logs.proxy.clear();
        logs.upstream.clear();
      }
      clock.setTimeout(() => { if (running) emit(modelStatus(release, engine)); }, 3_000);
    },
    restart(how, { downMs = 0 } = {}) {
      control[how]();
      if (how === 'reload') return;
      if (downMs === 0) control.start();
      else clock.setTimeout(() => control.start(), downMs);
    },
    upgrade(next, { downMs = 0 } = {}) {
      control.term();
      release = next;
      if (downMs === 0) control.start();
      else clock.setTimeout(() => control.start(), downMs);
    },
    record(input = {}) {
      if (!running || !makesRow(release, input.status ?? 200)) return undefined;
      const served = rows.add({ model: engine.models[0]?.spec.id ?? 'alpha-8b-q4', ...input });
      announce(served);
      return served.row;
    },
    recordTwin(of: SimRow) {
      if (!running) return undefined;
      const served = rows.twin(of);
      announce(served);
      return served.row;
    },
    request(input = {}) {
      if (running) engine.request(input);
      else input.done?.(null);
    },
    unload: (model) => void engine.unload(model ?? null),
    log: (source, text, model) => { if (running) log(source, text, model ?? null); },
    setProfile,
    jumpClock(ms) { skew += ms; },
    fault(next) {
      fault = next;
      front.fault(next);
      cast.mute(next?.kind === 'silent');
      if (next?.kind === 'refuse' || next?.kind === 'accept-close') {
        cutAll();
        tell('kill');
      }
      tell('accepts');
    },
    endStreams: (how) => cast.endAll(how),
    dropNext: (count, drop) => cast.dropNext(count, drop),
    doubleNext: (count) => cast.doubleNext(count),
    reverseNext: (count) => cast.reverseNext(count),
    splitStreams: (bytes) => cast.splitStreams(bytes),
    inject: (bytes) => cast.inject(bytes),
    served: () => rows.truth(),
    ring: () => rows.ring().map(({ row }) => row.id),
    swallowed: () => swallowed,
  };
  return {
    control, handle: front.handle,
    retire() {
      control.kill();
      retired = true;
    },
    accepts: () => (!running || fault?.kind === 'refuse' ? 'refuse' : fault?.kind === 'accept-close' ? 'close' : 'yes'),
    onLife: (listener) => void listeners.push(listener),
  };
}

const handlers = new WeakMap<SimHost, Handler>();
export const register = (host: SimHost, core: Core): void => void handlers.set(host, core.handle);

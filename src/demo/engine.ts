/**
 * What llama-swap is for: one model at a time is loaded for whoever asks, the others are stopped for it, residents stay.
 * A swap waits for the requests in flight; a failed load answers all that waited for it.
 */
import type { Clock, TimerId } from '../model/seams.ts';
import type { SimModelSpec, SimRequest } from './sim-types.ts';

export interface EngineModel {
  spec: SimModelSpec;
  state: 'stopped' | 'starting' | 'ready' | 'stopping';
  /** Of the engine's own port, as /running shows. */
  port: number;
  running: number;
  timer: TimerId;
}

/** How the transport of a real request follows it. */
export interface EngineRequest extends SimRequest {
  onRun?: () => void;
  onEnd?: (end: FlightEnd) => void;
}

export interface Flight {
  id: string;
  /** As asked. */
  asked: string;
  /** null: unknown. */
  model: EngineModel | null;
  input: EngineRequest;
  /** Monotonic ms. */
  since: number;
  timestamp: string;
  phase: 'waiting' | 'running';
  respBytes: number;
  timer: TimerId;
}

/** Why a flight ended. */
export type FlightEnd = 'done' | 'load-failed' | 'unloaded' | 'unknown-model' | 'cancelled';

export interface EngineHooks {
  clock: Clock;
  timestamp: () => string;
  /** Models' states may have changed; `quiet`: up to v217 no frame tells. */
  onModels(quiet: boolean): void;
  onStart(flight: Flight): void;
  /** Response headers, then bytes. */
  onProgress(flight: Flight): void;
  onEnd(flight: Flight, end: FlightEnd): void;
  log(source: 'proxy' | 'upstream', text: string, model?: string): void;
  /** Whether a running flight reports progress every 250 ms. */
  reports(): boolean;
}

export function createEngine(specs: SimModelSpec[], hooks: EngineHooks) {
  const { clock } = hooks;
  const byId = (a: SimModelSpec, b: SimModelSpec): number => (a.id < b.id ? -1 : 1);
  const ordered = [...specs.filter((spec) => spec.peer === undefined).sort(byId), ...specs.filter((spec) => spec.peer !== undefined)];
  const models: EngineModel[] = ordered.map((spec, index) => ({ spec, state: 'stopped', port: 21_700 + index, running: 0, timer: null }));
  const flights = new Map<string, Flight>();
  let queue: Flight[] = [];
  let nextId = 1;

  const resolve = (name: string): EngineModel | null => models.find(({ spec }) => spec.id === name || (spec.aliases ?? []).includes(name)) ?? null;
  const isPeer = ({ spec }: EngineModel): boolean => spec.peer !== undefined;

  function later(model: EngineModel, ms: number, then: () => void): void {
    cancel(model);
    model.timer = clock.setTimeout(() => {
      model.timer = null;
      then();
    }, ms);
  }
  function cancel(model: EngineModel): void {
    if (model.timer !== null) clock.clearTimeout(model.timer);
    model.timer = null;
  }

  function end(flight: Flight, how: FlightEnd): void {
    if (!flights.delete(flight.id)) return;
    if (flight.timer !== null) clock.clearTimeout(flight.timer);
    queue = queue.filter((waiting) => waiting !== flight);
    const { model } = flight;
    if (flight.phase === 'running' && model !== null) {
      model.running -= 1;
      armTtl(model);
    }
    hooks.onEnd(flight, how);
    flight.input.onEnd?.(how);
    pump();
  }

  function run(flight: Flight): void {
    flight.phase = 'running';
    if (flight.model !== null) {
      flight.model.running += 1;
      if (!isPeer(flight.model)) cancel(flight.model);
    }
    hooks.onProgress(flight);
    flight.input.onRun?.();
    const total = flight.input.durationMs ?? 100;
    const deadline = clock.monotonic() + total;
    const step = (): void => {
      const left = deadline - clock.monotonic();
      if (left <= 0) return end(flight, 'done');
      flight.timer = clock.setTimeout(() => {
        if (left > 250 && hooks.reports()) {
          flight.respBytes += 2_511;
          hooks.onProgress(flight);
        }
        step();
      }, hooks.reports() ? Math.min(250, left) : left);
    };
    step();
  }

  function armTtl(model: EngineModel): void {
    const ttlS = model.spec.ttlS ?? 0;
    if (ttlS > 0 && model.running === 0 && model.state === 'ready') later(model, ttlS * 1_000, () => stop(model));
  }

  function stop(model: EngineModel): void {
    cancel(model);
    if (model.state === 'stopped' || model.state === 'stopping') return;
    const loading = model.state === 'starting';
    model.state = 'stopping';
    hooks.onModels(false);
    for (const flight of flights.values()) {
      if (flight.model === model && (flight.phase === 'running' || loading)) end(flight, 'unloaded');
    }
    later(model, model.spec.stopMs ?? 20, () => {
      model.state = 'stopped';
      hooks.onModels(false);
      pump();
    });
  }

  function load(model: EngineModel): void {
    model.state = 'starting';
    hooks.onModels(false);
    hooks.log('upstream', 'build: 7999 (c0ffee01) with cc for x86_64-linux-gnu\n', model.spec.id);
    hooks.log('upstream', 'main: loading model\n', model.spec.id);
    later(model, model.spec.loadMs ?? 300, () => {
      if (model.spec.fails === true) {
        model.state = 'stopped';
        hooks.log('proxy', `[ERROR] <${model.spec.id}> upstream command exited prematurely\n`);
        hooks.onModels(true);
        for (const flight of queue.filter((waiting) => waiting.model === model)) end(flight, 'load-failed');
        pump();
        return;
      }
      model.state = 'ready';
      hooks.log('upstream', 'main: model loaded\n', model.spec.id);
      hooks.log('proxy', `[INFO] <${model.spec.id}> Health check passed on http://localhost:${model.port}/health\n`);
      hooks.onModels(false);
      armTtl(model);
      pump();
    });
  }

  /** Goes on with whatever can go on: runs what waits for a ready model, then makes room for the first that waits. */
  function pump(): void {
    for (const flight of queue) {
      if (flight.model?.state !== 'ready') continue;
      queue = queue.filter((waiting) => waiting !== flight);
      run(flight);
    }
    const wanted = queue[0]?.model;
    if (wanted === undefined || wanted === null || wanted.state !== 'stopped') return;
    const swapped = wanted.spec.resident === true ? [] : models.filter((model) => model !== wanted && model.state !== 'stopped' && model.spec.resident !== true && !isPeer(model));
    if (swapped.length === 0) return load(wanted);
    for (const model of swapped) if (model.state === 'ready' && model.running === 0) stop(model);
  }

  return {
    models,
    flights,
    resolve,
    request(input: EngineRequest): Flight {
      const asked = input.model ?? models[0]?.spec.id ?? '';
      const model = resolve(asked);
      const flight: Flight = { id: String(nextId), asked, model, input, since: clock.monotonic(), timestamp: hooks.timestamp(), phase: 'waiting', respBytes: 0, timer: null };
      nextId += 1;
      flights.set(flight.id, flight);
      hooks.onStart(flight);
      if (model === null) end(flight, 'unknown-model');
      else if (isPeer(model) || model.state === 'ready') run(flight);
      else {
        queue.push(flight);
        pump();
      }
      return flight;
    },
    cancel(id: string): boolean {
      const flight = flights.get(id);
      if (flight !== undefined) end(flight, 'cancelled');
      return flight !== undefined;
    },
    unload(name: string | null): boolean {
      const chosen = name === null ? models : models.filter((model) => model === resolve(name));
      for (const model of chosen) stop(model);
      return chosen.length > 0;
    },
    /** The process is gone: no hook is called. Returns what was in flight. */
    reset(): Flight[] {
      const left = [...flights.values()];
      for (const flight of left) if (flight.timer !== null) clock.clearTimeout(flight.timer);
      for (const model of models) {
        cancel(model);
        model.state = 'stopped';
        model.running = 0;
      }
      flights.clear();
      queue = [];
      nextId = 1;
      return left;
    },
  };
}

export type Engine = ReturnType<typeof createEngine>;

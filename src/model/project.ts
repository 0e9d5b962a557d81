/** From a host's memory to what is published. */
import { findModel } from './host-models.ts';
import { DIRTY, type HostMemory, type ModelMemory } from './host-memory.ts';
import type { HostState, InflightRequest, ModelState } from './state.ts';
import { expire, expiresAt, tokensPerSecond } from './throughput.ts';
import { msOfTime, timeOfMs, type Moment } from './time.ts';

/** The state to be published. Parts that did not change are the same objects as last time, so that `diff` passes over them. */
export function project(memory: HostMemory, at: Moment): HostState {
  if (memory.throughput !== null && expire(memory.throughput, at.mono)) memory.dirty |= DIRTY.throughput;
  const last = memory.shown;
  const dirty = last === null ? DIRTY.all : memory.dirty;
  if (last !== null && dirty === 0) return last;
  const remade = dirty & DIRTY.inflight ? markModels(memory) : false;
  memory.dirty = 0;
  const { face } = memory;
  memory.shown = {
    name: face.name,
    tags: face.tags,
    enabled: face.enabled,
    source: face.source,
    asOf: memory.asOf,
    liveness: last !== null && !(dirty & DIRTY.liveness) ? last.liveness : { ...memory.liveness, lastContactAt: memory.contactAt === null ? null : timeOfMs(memory.contactAt) },
    generation: memory.generation,
    build: memory.build,
    bootEpoch: memory.bootEpoch,
    profile: memory.profile,
    models: last !== null && !remade && !(dirty & DIRTY.models) ? last.models : models(memory),
    inflight: last !== null && !(dirty & DIRTY.inflight) ? last.inflight : { total: total(memory), requests: Object.fromEntries(memory.requests) },
    gpus: memory.gpus,
    perf: memory.perf,
    throughput: last !== null && !(dirty & DIRTY.throughput) ? last.throughput : throughput(memory),
    gaps: memory.gaps,
  };
  return memory.shown;
}

/** The monotonic moment at which the projection changes although nothing happens (a row leaves the throughput's window). null: never. */
export function changesAt(memory: HostMemory): number | null {
  return memory.throughput === null ? null : expiresAt(memory.throughput);
}

function total(memory: HostMemory): number | null {
  switch (memory.inflight.kind) {
    case 'unknown': return null;
    case 'count': return memory.countsTrue === true ? memory.inflight.total : null;
    case 'list': return memory.requests.size;
    default: return memory.inflight satisfies never;
  }
}

function throughput(memory: HostMemory): HostState['throughput'] {
  if (memory.throughput === null) return { windowS: 60, rows: 0, outputTokensPerSecond: null };
  return { windowS: 60, rows: memory.throughput.rows, outputTokensPerSecond: tokensPerSecond(memory.throughput) };
}

/** Requests in flight have come or gone: the models that they change are made anew. true: there are such. */
function markModels(memory: HostMemory): boolean {
  let remade = false;
  const counts = countByModel(memory.requests.values(), memory);
  const listed = memory.inflight.kind === 'list';
  const busy = memory.inflight.kind === 'count' && memory.countsTrue === true && memory.inflight.total > 0;
  for (const model of memory.models.values()) {
    const inflight = listed ? (counts.get(model) ?? 0) : null;
    if (model.inflight === inflight && model.busy === busy) continue;
    model.inflight = inflight;
    model.busy = busy;
    model.shown = null;
    remade = true;
  }
  return remade;
}

function countByModel(requests: Iterable<InflightRequest>, memory: HostMemory): Map<ModelMemory, number> {
  const counts = new Map<ModelMemory, number>();
  for (const request of requests) {
    const model = findModel(memory, request.model);
    if (model !== undefined) counts.set(model, (counts.get(model) ?? 0) + 1);
  }
  return counts;
}

function models(memory: HostMemory): Record<string, ModelState> {
  const entries: [string, ModelState][] = [];
  for (const [key, model] of memory.models) entries.push([key, (model.shown ??= modelState(model))]);
  return Object.fromEntries(entries);
}

function modelState(model: ModelMemory): ModelState {
  const { wire } = model;
  return {
    name: wire.name,
    description: wire.description,
    state: wire.state,
    peerId: wire.peerId,
    aliases: wire.aliases,
    unlisted: wire.unlisted,
    contextLength: wire.contextLength,
    ttlS: model.ttlS,
    readySince: model.readySince,
    unloadAt: unloadAt(model),
    inflight: model.inflight,
  };
}

/** The last request's end, or ready-since, plus ttl; none while requests are in flight or may be. */
function unloadAt(model: ModelMemory): string | null {
  if (model.wire.state !== 'ready' || model.ttlS === null || model.ttlS <= 0 || model.busy || (model.inflight ?? 0) > 0) return null;
  const from = later(lastEnd(model), model.readySince);
  if (from === null) return null;
  const whole = `${from.slice(0, 19)}Z`;
  return `${timeOfMs(Date.parse(whole) + model.ttlS * 1000).slice(0, 19)}${from.slice(19)}`;
}

/** The row's time, unless a request that made no row has ended since: a row comes within moments of its request's leaving. */
function lastEnd(model: ModelMemory): string | null {
  const { lastEnd: end, lastLeft: left } = model;
  if (end === null || left === null) return end ?? left;
  return msOfTime(left) > msOfTime(end) + ROW_FOLLOWS_MS ? left : end;
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

const ROW_FOLLOWS_MS = 5_000;

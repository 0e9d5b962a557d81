/** From a host's memory to what is published. */
import { LIMITS } from '../limits.ts';
import { findModel } from './host-models.ts';
import { DIRTY, type HostMemory, type ModelMemory } from './host-memory.ts';
import type { HostState, InflightRequest, ModelState } from './state.ts';
import { expire, expiresAt, tokensPerSecond } from './throughput.ts';
import { msOfTime, timeOfMs, type Moment } from '../time.ts';

/** The state to be published. Parts that did not change are the same objects as last time, so that `diff` passes over them. */
export function project(memory: HostMemory, at: Moment, contactMs: number = LIMITS.publish.lastContactMs): HostState {
  if (memory.throughput !== null && expire(memory.throughput, at.mono)) memory.dirty |= DIRTY.throughput;
  const last = memory.shown;
  let dirty = last === null ? DIRTY.all : memory.dirty;
  const contactAt = contactChangesAt(memory, contactMs);
  if (last !== null && dirty === 0 && (contactAt === null || at.mono < contactAt)) return last;
  if (contactAt !== null) dirty |= DIRTY.liveness;
  const remade = dirty & DIRTY.inflight ? markModels(memory) : false;
  memory.dirty = 0;
  if (dirty & DIRTY.liveness) {
    memory.contactShown = memory.contactAt;
    memory.contactShownAt = at.mono;
  }
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
    utcOffsetMin: memory.utcOffsetMin,
    models: last !== null && !remade && !(dirty & DIRTY.models) ? last.models : models(memory),
    inflight: last !== null && !(dirty & DIRTY.inflight) ? last.inflight : { total: inflightTotal(memory), requests: Object.fromEntries(memory.requests) },
    gpus: memory.gpus,
    perf: memory.perf,
    throughput: last !== null && !(dirty & DIRTY.throughput) ? last.throughput : throughput(memory),
    gaps: memory.gaps,
  };
  return memory.shown;
}

/** The monotonic moment at which the projection changes although nothing happens (a row leaves the throughput's window, a contact has waited long enough). null: never. */
export function changesAt(memory: HostMemory, contactMs: number = LIMITS.publish.lastContactMs): number | null {
  const expiry = memory.throughput === null ? null : expiresAt(memory.throughput);
  const contact = contactChangesAt(memory, contactMs);
  return expiry === null || contact === null ? (expiry ?? contact) : Math.min(expiry, contact);
}

/** A contact rides along with other changes; alone it is taken up after a while. */
function contactChangesAt(memory: HostMemory, contactMs: number): number | null {
  if (memory.contactAt === memory.contactShown) return null;
  return memory.contactShownAt + contactMs;
}

/** Requests under way, where the host tells it for true. */
export function inflightTotal(memory: HostMemory): number | null {
  switch (memory.inflight.kind) {
    case 'unknown': return null;
    case 'count': return memory.countsTrue === true ? memory.inflight.total : null;
    case 'list': return memory.requestsCut ? null : memory.requests.size;
    default: return memory.inflight satisfies never;
  }
}

function throughput(memory: HostMemory): HostState['throughput'] {
  const { windowS } = memory.limits;
  if (memory.throughput === null) return { windowS, rows: 0, outputTokensPerSecond: null };
  return { windowS, rows: memory.throughput.rows, outputTokensPerSecond: tokensPerSecond(memory.throughput) };
}

/** Requests in flight have come or gone: the models that they change are made anew. true: there are such. */
function markModels(memory: HostMemory): boolean {
  let remade = false;
  const counts = countByModel(memory.requests.values(), memory);
  const listed = memory.inflight.kind === 'list' && !memory.requestsCut;
  const busy = (memory.inflight.kind === 'list' && memory.requestsCut) || (memory.inflight.kind === 'count' && memory.countsTrue === true && memory.inflight.total > 0);
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

/** The row's time, unless a request that made no row has left since: a row comes within moments of its request's leaving. */
function lastEnd(model: ModelMemory): string | null {
  const { lastRow, leftAt } = model;
  if (lastRow === null) return leftAt === null ? null : timeOfMs(leftAt);
  return leftAt !== null && leftAt > lastRow.wall + ROW_FOLLOWS_MS ? timeOfMs(leftAt) : endOf(lastRow);
}

/** A row's own time is by the host's clock: believed where it agrees with ours, or when the row is an old one. */
function endOf(row: NonNullable<ModelMemory['lastRow']>): string {
  const ahead = msOfTime(row.ts) - row.wall;
  return ahead > CLOCKS_AGREE_MS || (row.seen && ahead < -CLOCKS_AGREE_MS) ? timeOfMs(row.wall) : row.ts;
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

const ROW_FOLLOWS_MS = 5_000;
const CLOCKS_AGREE_MS = 5_000;

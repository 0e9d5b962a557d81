/** What each message from outside makes of a host's memory. Nothing here fails, waits or reads a clock. */
import type { WireRow } from '../records/activity.ts';
import type { GapTotals } from '../records/gap.ts';
import type { HostEvent } from './host-event.ts';
import { DIRTY, type HostFace, type HostMemory } from './host-memory.ts';
import { forgetGpuFigures, joinGpus } from './host-gpus.ts';
import { checkRunning, findModel, forgetTimes, listModels, requestLeft, rowOf } from './host-models.ts';
import type { Liveness } from './liveness.ts';
import { sameJson } from '../patch.ts';
import type { PerfReading, RunningModel } from './readings.ts';
import type { Generation, InflightRequest } from './state.ts';
import { count, createThroughput } from './throughput.ts';
import { timeOfMs, zoneOffset, type Moment } from '../time.ts';

/** One event of the stream. Rows are not counted here: which of them are new is the link's knowledge (`rowsArrived`). */
export function applyEvent(memory: HostMemory, event: HostEvent, at: Moment): void {
  switch (event.type) {
    case 'models':
      listModels(memory, event.models, at);
      return;
    case 'rows':
      if (event.generation !== null) applyWire(memory, { generation: event.generation });
      if (event.offsetMin !== undefined) applyZone(memory, event.offsetMin);
      return;
    case 'row-ready':
      applyWire(memory, { generation: 3 });
      return;
    case 'inflight-total':
      memory.inflight = { kind: 'count', total: event.total };
      memory.dirty |= DIRTY.inflight;
      return;
    case 'inflight-all':
      allInflight(memory, event.requests, at);
      return;
    case 'inflight-upsert':
      memory.inflight = { kind: 'list' };
      hold(memory, event.id, event.request);
      memory.dirty |= DIRTY.inflight;
      return;
    case 'inflight-remove':
      leave(memory, event.id, at);
      return;
    case 'profile':
      if (memory.profile !== event.active) {
        memory.profile = event.active;
        memory.dirty |= DIRTY.rest;
      }
      return;
    case 'log':
    case 'ui-config':
    case 'unknown':
    case 'malformed':
      return;
    default:
      event satisfies never;
  }
}

/** Rows that are new to Drover. 'live': ended while we listened, they count for the throughput; 'ring': caught up, they only tell a model's last end. */
export function rowsArrived(memory: HostMemory, rows: readonly WireRow[], origin: 'live' | 'ring', at: Moment): void {
  for (const row of rows) {
    if (origin === 'live' && memory.throughput !== null) {
      count(memory.throughput, row, at.mono);
      memory.dirty |= DIRTY.throughput;
    }
    const model = findModel(memory, row.model);
    if (model !== undefined) rowOf(memory, model, row.ts, origin === 'live', at);
  }
}

function applyZone(memory: HostMemory, offsetMin: number): void {
  if (memory.utcOffsetMin === offsetMin) return;
  memory.utcOffsetMin = offsetMin;
  memory.dirty |= DIRTY.rest;
}

/** What the answer of `/api/metrics/activity`, the shape of rows or `GET /api/metrics` said of the wire. `countsTrue`: see HostMemory. */
export function applyWire(memory: HostMemory, wire: { generation?: Generation; countsTrue?: boolean }): void {
  if (wire.generation !== undefined && wire.generation !== memory.generation) {
    memory.generation = wire.generation;
    memory.dirty |= DIRTY.rest;
  }
  if (wire.countsTrue !== undefined && wire.countsTrue !== memory.countsTrue) {
    memory.countsTrue = wire.countsTrue;
    memory.dirty |= DIRTY.inflight;
  }
}

/** The answer of /running. `askedAt`: `memory.modelsSeen` when it was asked; an older answer tells only ttl. */
export function applyRunning(memory: HostMemory, running: readonly RunningModel[], askedAt: number, at: Moment): void {
  checkRunning(memory, running, memory.present && askedAt === memory.modelsSeen, at);
}

export function applyPerf(memory: HostMemory, reading: PerfReading): void {
  const offsetMin = reading.after === null ? null : zoneOffset(reading.after);
  if (offsetMin !== null) applyZone(memory, offsetMin);
  if (reading.perf !== null) memory.perf = reading.perf;
  if (Object.keys(reading.gpus).length > 0) {
    forgetGpuFigures(memory);
    memory.gpus = joinGpus(memory, reading.gpus);
  }
  memory.dirty |= DIRTY.rest;
}

/** Performance is switched off, or the host is too old for it: what was remembered of GPUs is not to be had any more. */
export function perfAbsent(memory: HostMemory): void {
  memory.perf = null;
  memory.gpus = {};
  memory.dirty |= DIRTY.rest;
}

export function applyVersion(memory: HostMemory, build: { version: string; commit: string } | null): void {
  if (sameJson(memory.build, build)) return;
  memory.build = build;
  memory.dirty |= DIRTY.rest;
}

export function applyFace(memory: HostMemory, face: HostFace): void {
  memory.face = face;
  memory.dirty |= DIRTY.rest;
}

export function setGaps(memory: HostMemory, gaps: GapTotals): void {
  memory.gaps = gaps;
  memory.dirty |= DIRTY.rest;
}

/** The boot is decided. Another than before: what is known of models' times ended with the old one. */
export function setBoot(memory: HostMemory, bootEpoch: number): void {
  if (memory.bootEpoch === bootEpoch) return;
  if (memory.bootEpoch !== null) forgetTimes(memory);
  memory.bootEpoch = bootEpoch;
  memory.dirty |= DIRTY.rest;
}

/** `lastContactAt` is `contacted`'s. */
export function setLiveness(memory: HostMemory, liveness: Omit<Liveness, 'lastContactAt'>): void {
  memory.liveness = liveness;
  memory.dirty |= DIRTY.liveness;
}

/** Bytes or an answer came. Cheap: call it for each. */
export function contacted(memory: HostMemory, at: Moment): void {
  memory.contactAt = at.wall;
}

/** A stream's 200 has come: the next list of models makes the state present again (`asOf: null`), and the wire is learnt anew. */
export function streamOpened(memory: HostMemory, at: Moment): void {
  memory.countsTrue = null;
  memory.inflight = { kind: 'unknown' };
  memory.requests.clear();
  memory.requestsCut = false;
  memory.throughput = createThroughput(memory.limits.windowS);
  memory.dirty |= DIRTY.inflight | DIRTY.throughput;
  contacted(memory, at);
}

/** The stream is over: in-flight requests, rates, perf and profile are forgotten, the rest is remembered `asOf` the last contact: GPUs' figures until the host is present again. */
export function streamEnded(memory: HostMemory, at: Moment): void {
  if (memory.present) memory.asOf = timeOfMs(memory.contactAt ?? at.wall);
  memory.present = false;
  memory.countsTrue = null;
  memory.inflight = { kind: 'unknown' };
  memory.requests.clear();
  memory.requestsCut = false;
  memory.throughput = null;
  memory.perf = null;
  memory.gpusOld = true;
  memory.profile = null;
  memory.dirty = DIRTY.all;
}

function allInflight(memory: HostMemory, requests: ReadonlyMap<string, InflightRequest>, at: Moment): void {
  for (const id of memory.requests.keys()) if (!requests.has(id)) leave(memory, id, at);
  memory.requestsCut = false;
  for (const [id, request] of requests) hold(memory, id, request);
  memory.inflight = { kind: 'list' };
  memory.dirty |= DIRTY.inflight;
}

function hold(memory: HostMemory, id: string, request: InflightRequest): void {
  if (memory.requests.size < memory.limits.requests || memory.requests.has(id)) {
    memory.requests.set(id, request);
    return;
  }
  memory.requestsCut = true;
  memory.refused.requests += 1;
}

function leave(memory: HostMemory, id: string, at: Moment): void {
  const request = memory.requests.get(id);
  if (request === undefined) return;
  memory.requests.delete(id);
  memory.dirty |= DIRTY.inflight;
  const model = findModel(memory, request.model);
  if (model !== undefined) requestLeft(memory, model, at);
}

/** The models in a host's memory: what lists, /running and ended requests make of them. */
import type { WireModel } from './host-event.ts';
import { forgetGpuFigures } from './host-gpus.ts';
import { DIRTY, type HostMemory, type ModelChange, type ModelMemory } from './host-memory.ts';
import type { RunningModel } from './readings.ts';
import { timeOfMs, type Moment } from '../time.ts';

/** `modelStatus`: the whole list. */
export function listModels(memory: HostMemory, named: readonly WireModel[], at: Moment): void {
  const list = named.length <= memory.limits.models ? named : named.slice(0, memory.limits.models);
  memory.refused.models += named.length - list.length;
  memory.modelsSeen += 1;
  if (!memory.present) {
    memory.present = true;
    memory.asOf = null;
    forgetGpuFigures(memory);
    memory.dirty |= DIRTY.rest;
  }
  const models = memory.models;
  for (const wire of list) {
    const model = models.get(wire.key);
    if (model === undefined) {
      models.set(wire.key, { wire, ttlS: null, readySince: null, lastRow: null, leftAt: null, inflight: null, busy: false, shown: null });
      if (wire.state !== '') memory.modelChanges.push({ model: wire.key, from: null, to: wire.state });
      memory.dirty |= DIRTY.models | DIRTY.inflight;
    } else if (!sameModel(model.wire, wire)) {
      turnTo(memory, model, wire.state, at);
      model.wire = wire;
      model.shown = null;
      memory.dirty |= DIRTY.models;
    }
  }
  if (models.size === list.length) return;
  const kept = new Set(list.map((wire) => wire.key));
  for (const key of models.keys()) {
    if (!kept.has(key)) {
      models.delete(key);
      memory.dirty |= DIRTY.models;
    }
  }
}

/**
 * `/running` corrects the list: until v217 a crash and a failed start send no frame. There it names ready models alone; from
 * v218 on all that are not stopped.
 */
export function checkRunning(memory: HostMemory, running: readonly RunningModel[], statesToo: boolean, at: Moment): void {
  const byId = new Map(running.map((entry) => [entry.model, entry]));
  for (const [key, model] of memory.models) {
    if (model.wire.peerId !== null) continue;
    const entry = byId.get(key);
    if (entry !== undefined && entry.ttlS !== model.ttlS) {
      model.ttlS = entry.ttlS;
      touch(memory, model);
    }
    if (!statesToo) continue;
    const state = entry?.state ?? (memory.countsTrue === false && model.wire.state !== 'ready' ? model.wire.state : 'stopped');
    if (state === model.wire.state || (entry === undefined && model.wire.state === 'shutdown')) continue;
    turnTo(memory, model, state, at);
    model.wire = { ...model.wire, state };
    touch(memory, model);
  }
}

/** A row of the model. Of those caught up from the ring only the latest counts, and none of them against one that was seen to come. */
export function rowOf(memory: HostMemory, model: ModelMemory, ts: string, seen: boolean, at: Moment): void {
  const last = model.lastRow;
  if (!seen && last !== null && (last.seen || last.ts >= ts)) return;
  model.lastRow = { ts, wall: at.wall, seen };
  if (model.ttlS !== null && model.ttlS > 0) touch(memory, model);
}

/** A request of the model has left the list of those in flight. */
export function requestLeft(memory: HostMemory, model: ModelMemory, at: Moment): void {
  model.leftAt = at.wall;
  if (model.ttlS !== null && model.ttlS > 0) touch(memory, model);
}

/** The model that a row or a request in flight names: those of a peer are named with the peer or without. */
export function findModel(memory: HostMemory, name: string): ModelMemory | undefined {
  const model = memory.models.get(name);
  if (model !== undefined) return model;
  for (const [key, other] of memory.models) {
    if (other.wire.peerId !== null && key.length === other.wire.peerId.length + 1 + name.length && key.endsWith(name)) return other;
  }
  return undefined;
}

/** Another process, or a reloaded one: what ran before does not run on. */
export function forgetTimes(memory: HostMemory): void {
  for (const model of memory.models.values()) {
    if (model.readySince === null && model.lastRow === null && model.leftAt === null) continue;
    model.readySince = null;
    model.lastRow = null;
    model.leftAt = null;
    touch(memory, model);
  }
}

/** The changes since the last call, in order. */
export function takeModelChanges(memory: HostMemory): ModelChange[] {
  if (memory.modelChanges.length === 0) return memory.modelChanges;
  const changes = memory.modelChanges;
  memory.modelChanges = [];
  return changes;
}

function turnTo(memory: HostMemory, model: ModelMemory, state: string, at: Moment): void {
  const from = model.wire.state;
  if (from === state) return;
  memory.modelChanges.push({ model: model.wire.key, from, to: state });
  model.readySince = state === 'ready' ? timeOfMs(at.wall) : null;
}

function touch(memory: HostMemory, model: ModelMemory): void {
  model.shown = null;
  memory.dirty |= DIRTY.models;
}

function sameModel(a: WireModel, b: WireModel): boolean {
  return a.state === b.state && a.name === b.name && a.description === b.description && a.peerId === b.peerId && a.unlisted === b.unlisted
    && a.contextLength === b.contextLength && a.aliases.length === b.aliases.length && a.aliases.every((alias, i) => alias === b.aliases[i]);
}

/** What a link knows of its host: richer than what is published, mutable (it is the hot path), owned by one link. */
import type { GapTotals } from '../records/gap.ts';
import type { WireModel } from './host-event.ts';
import type { Liveness } from './liveness.ts';
import type { Generation, GpuState, HostState, InflightRequest, ModelState } from './state.ts';
import type { Throughput } from './throughput.ts';
import { LIMITS } from '../limits.ts';
import { msOfTime } from '../time.ts';

/** The declared part of a host's state. */
export type HostFace = Pick<HostState, 'name' | 'tags' | 'enabled' | 'source'>;

export interface ModelMemory {
  wire: WireModel;
  ttlS: number | null;
  /** When it was seen to become ready; null: it was so before we looked. */
  readySince: string | null;
  /** Its last row: when that says it ended, and wall ms when it came; `seen`: it came over the stream, so `wall` is near the end. */
  lastRow: { ts: string; wall: number; seen: boolean } | null;
  /** Wall ms at which its last request left the list of those in flight: not every request makes a row. */
  leftAt: number | null;
  /** Requests in flight where they are listed, else null. */
  inflight: number | null;
  /** The host says that something is in flight, not of which model. */
  busy: boolean;
  /** As published; null: to be made anew. */
  shown: ModelState | null;
}

/** A model's state has changed: what is stored as a model event. `from` null: first seen. */
export interface ModelChange {
  model: string;
  from: string | null;
  to: string;
}

/** Sections of the published state, as bits: what has to be projected anew. */
export const DIRTY = { models: 1, inflight: 2, throughput: 4, liveness: 8, rest: 16, all: 31 } as const;

/** A hostile host names things without end. `windowS`: of the throughput. */
export interface MemoryLimits { windowS: number; models: number; requests: number; gpus: number }

export interface HostMemory {
  readonly limits: MemoryLimits;
  /** Models, requests and GPUs left out for being too many, since the beginning. */
  refused: { models: number; requests: number; gpus: number };
  face: HostFace;
  asOf: string | null;
  liveness: Omit<Liveness, 'lastContactAt'>;
  /** Wall ms of the last contact; null: none yet. */
  contactAt: number | null;
  /** A stream is open and has said which models there are. */
  present: boolean;
  generation: Generation | null;
  build: { version: string; commit: string } | null;
  bootEpoch: number | null;
  profile: string | null;
  /** Of the times that the host writes; null: none seen yet. */
  utcOffsetMin: number | null;
  models: Map<string, ModelMemory>;
  /** Until somebody takes them (`takeModelChanges`). */
  modelChanges: ModelChange[];
  /** Rises with every list of models: an answer of /running that was asked for before is older than the list. */
  modelsSeen: number;
  requests: Map<string, InflightRequest>;
  /** More are in flight than are held: neither total nor counts are known. */
  requestsCut: boolean;
  /** How work in flight is known: not at all, as a bare count (true only where `countsTrue`), or as a list. */
  inflight: { kind: 'unknown' } | { kind: 'count'; total: number } | { kind: 'list' };
  /** Are bare in-flight counts true? Until v217 they lie. null: not known yet. */
  countsTrue: boolean | null;
  /** Begins with the stream; null: no stream, no rates. */
  throughput: Throughput | null;
  gpus: Record<string, GpuState>;
  /** Read before this stream, or none: what they tell is of another time. */
  gpusOld: boolean;
  perf: HostState['perf'];
  gaps: GapTotals;
  dirty: number;
  /** The last projection; which contact it shows, and since which monotonic moment. */
  shown: HostState | null;
  contactShown: number | null;
  contactShownAt: number;
}

/** Of what is published of a host and what the database remembers: the one that knows it. A host not reached since the start has nothing of its own to show. */
export function lastKnown(published: HostState | null, remembered: HostState | null): HostState | null {
  return published === null || (published.liveness.lastContactAt === null && remembered !== null) ? remembered : published;
}

const DEFAULTS: MemoryLimits = { windowS: LIMITS.throughputWindowS, ...LIMITS.host };

/** A host that is just being added, or one remembered: `remembered` is its last published state (`hosts.last_state`), from before a restart. */
export function createHostMemory(face: HostFace, liveness: Liveness, remembered?: HostState | null, limits: MemoryLimits = DEFAULTS): HostMemory {
  const contact = liveness.lastContactAt ?? remembered?.liveness.lastContactAt ?? null;
  const { lastContactAt: _, ...rest } = liveness;
  const memory: HostMemory = {
    limits,
    refused: { models: 0, requests: 0, gpus: 0 },
    face,
    asOf: null,
    liveness: rest,
    contactAt: contact === null ? null : msOfTime(contact),
    present: false,
    generation: remembered?.generation ?? null,
    build: remembered?.build ?? null,
    bootEpoch: remembered?.bootEpoch ?? null,
    profile: null,
    utcOffsetMin: remembered?.utcOffsetMin ?? null,
    models: new Map(),
    modelChanges: [],
    modelsSeen: 0,
    requests: new Map(),
    requestsCut: false,
    inflight: { kind: 'unknown' },
    countsTrue: null,
    throughput: null,
    gpus: remembered?.gpus ?? {},
    gpusOld: true,
    perf: null,
    gaps: remembered?.gaps ?? { count: 0, lostMin: 0, lostMax: 0, lastAt: null },
    dirty: DIRTY.all,
    shown: null,
    contactShown: null,
    contactShownAt: 0,
  };
  if (remembered) {
    // A host that never answered has nothing that could stem from some time.
    const known = remembered.liveness.lastContactAt !== null || Object.keys(remembered.models).length > 0;
    memory.asOf = remembered.asOf ?? (known ? (remembered.liveness.lastContactAt ?? remembered.liveness.since) : null);
    for (const [key, model] of Object.entries(remembered.models)) {
      const { ttlS, readySince, unloadAt: _unload, inflight: _inflight, ...wire } = model;
      memory.models.set(key, { wire: { key, ...wire }, ttlS, readySince, lastRow: null, leftAt: null, inflight: null, busy: false, shown: { ...model, inflight: null } });
    }
  }
  return memory;
}

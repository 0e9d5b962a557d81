/** What a link knows of its host: richer than what is published, mutable (it is the hot path), owned by one link. */
import type { GapTotals } from './gap.ts';
import type { Liveness } from './liveness.ts';
import type { Generation, GpuState, HostState, InflightRequest, ModelState } from './state.ts';
import type { WireModel } from './host-event.ts';

/** The declared part of a host's state. */
export type HostFace = Pick<HostState, 'name' | 'tags' | 'enabled' | 'source'>;

export interface ModelMemory extends WireModel {
  ttlS: number | null;
  readySince: string | null;
  /** End of its last request, by our clock where we saw it, else by the host's. */
  lastEnd: string | null;
  /** As published; null: to be made anew. */
  shown: ModelState | null;
}

/** Sections of the published state, as bits: what has to be projected anew. */
export const DIRTY = { models: 1, inflight: 2, gpus: 4, perf: 8, throughput: 16, liveness: 32, rest: 64, all: 127 } as const;

export interface HostMemory {
  face: HostFace;
  asOf: string | null;
  liveness: Liveness;
  /** Wall ms of the last contact; null: none yet. */
  contactAt: number | null;
  generation: Generation | null;
  build: { version: string; commit: string } | null;
  bootEpoch: number | null;
  profile: string | null;
  models: Map<string, ModelMemory>;
  requests: Map<string, InflightRequest>;
  /** How in-flight work is known: not at all, as a count (true only where `countsTrue`), or as a list. */
  inflight: { kind: 'unknown' } | { kind: 'count'; total: number } | { kind: 'list' };
  /** Are bare in-flight counts true? Until v217 they lie. null: not known yet. */
  countsTrue: boolean | null;
  gpus: Map<string, GpuState>;
  perf: HostState['perf'];
  gaps: GapTotals;
  /** Rises with every list of models: the answer of /running that was asked for before is older than the list. */
  modelsSeen: number;
  dirty: number;
}

/** A host that is just being added, or one remembered: `remembered` is its last published state (`hosts.last_state`), from before a restart. */
export function createHostMemory(_face: HostFace, _liveness: Liveness, _remembered?: HostState | null): HostMemory {
  throw new Error('to come');
}

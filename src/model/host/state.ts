/** A host's published state, field by field as the contract names it. Collections are objects by id, never arrays. */
import type { GapTotals } from '../records/gap.ts';
import type { Liveness } from './liveness.ts';

export type Generation = 1 | 2 | 3;

export interface ModelState {
  name: string;
  description: string;
  /** stopped, starting, ready, stopping, shutdown, unknown; '' for a peer's model. Open: hosts may say more. */
  state: string;
  peerId: string | null;
  aliases: string[];
  unlisted: boolean;
  contextLength: number | null;
  ttlS: number | null;
  readySince: string | null;
  unloadAt: string | null;
  inflight: number | null;
}

export interface InflightRequest {
  model: string;
  path: string;
  method: string;
  startedAt: string;
  respBytes: number | null;
  remoteIp: string | null;
}

export interface GpuState {
  name: string;
  utilPct: number | null;
  memUsedMb: number | null;
  memTotalMb: number | null;
  tempC: number | null;
  powerW: number | null;
}

export interface HostState {
  name: string;
  tags: string[];
  enabled: boolean;
  source: 'config' | 'api';
  /** The time from which a remembered state stems; null from the first snapshot of a live stream on. */
  asOf: string | null;
  liveness: Liveness;
  generation: Generation | null;
  build: { version: string; commit: string } | null;
  bootEpoch: number | null;
  profile: string | null;
  /** Minutes east of UTC of the clock by which the host writes its times; null: it has written none yet. */
  utcOffsetMin: number | null;
  models: Record<string, ModelState>;
  inflight: { total: number | null; requests: Record<string, InflightRequest> };
  gpus: Record<string, GpuState>;
  perf: { ts: string; cpuPct: number | null; memUsedMb: number | null; memTotalMb: number | null; load1: number | null } | null;
  throughput: { windowS: number; rows: number; outputTokensPerSecond: number | null };
  gaps: GapTotals;
}

/** What is declared of a host: by the environment, the file or the API. The API key never leaves io. */
export interface HostConfig {
  id: string;
  name: string;
  baseUrl: string;
  tags: string[];
  enabled: boolean;
  source: 'config' | 'api';
  hasApiKey: boolean;
}

/** A host's published state with its place: the three are read in one step. */
export interface PublishedHost {
  host: string;
  /** State epoch: opaque, compared for equality alone. */
  epoch: string;
  /** Rises by exactly one with every published change, from 1 in each epoch. */
  seq: number;
  state: HostState;
}

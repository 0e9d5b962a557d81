/** What a host's answers say, read and checked, before it has a place in state or store. */
import type { PerfSample } from '../records/perf.ts';
import type { GpuState, HostState } from './state.ts';

/** One entry of `GET /running`. */
export interface RunningModel {
  model: string;
  state: string;
  /** Seconds; 0: never. */
  ttlS: number | null;
}

/** `GET /api/performance`: what is new since `after`. */
export interface PerfReading {
  /** Oldest first, without a hostId. */
  samples: Omit<PerfSample, 'hostId'>[];
  /** The newest of the host itself and of each GPU, null and {} when the answer had none. */
  perf: HostState['perf'];
  gpus: Record<string, GpuState>;
  /** The newest timestamp of all, in the host's own words: what `after` wants. null: keep the old one. */
  after: string | null;
}

/** Seconds in one roll-up of samples, counted from 1970. It divides every partition's period, and what is stored rests on it: no setting. */
export const ROLLUP_S = 300;

/** One performance sample: of a whole host (`gpu` null) or of one of its GPUs. What the host does not tell is null. */
export interface PerfSample {
  hostId: string;
  /** UTC, microseconds. */
  ts: string;
  /** Key of the GPU in the host's state; null: the system. */
  gpu: string | null;
  cpuPct: number | null;
  memUsedMb: number | null;
  memTotalMb: number | null;
  swapUsedMb: number | null;
  swapTotalMb: number | null;
  load1: number | null;
  load5: number | null;
  load15: number | null;
  netRxBytes: number | null;
  netTxBytes: number | null;
  utilPct: number | null;
  memUtilPct: number | null;
  tempC: number | null;
  vramTempC: number | null;
  fanPct: number | null;
  powerW: number | null;
}

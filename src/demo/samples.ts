/** Performance samples, made when somebody asks for the time gone by since the last time: a crowd of hosts costs no timer. */
import { goTime } from './go-json.ts';
import type { SimGpuSpec } from './sim-types.ts';

export interface SampleOptions {
  gpus: SimGpuSpec[];
  everyMs: number;
  offsetMinutes: number;
  /** Wall and monotonic clock of the host. */
  now: () => number;
  monotonic: () => number;
  /** 0 to 1: how busy it is. */
  load: () => number;
  /** Share of the GPUs' memory that models hold. */
  memory: () => number;
}

type Sample = Record<string, unknown> & { timestamp: string };
const HOUR_MS = 3_600_000;
/** A wave that looks alive and is the same each time. */
const wave = (index: number, phase: number): number => (1 + Math.sin(index / 3 + phase)) / 2;
const round = (value: number, digits: number): number => Number(value.toFixed(digits));

export function createSamples(options: SampleOptions) {
  const { gpus, everyMs, offsetMinutes, now, monotonic, load, memory } = options;
  let started = monotonic();
  let made = 0;
  let sys: Sample[] = [];
  let gpu: Sample[] = [];

  function system(index: number, ms: number): Sample {
    const busy = load();
    const used = Math.round(4_000 + 20_000 * memory() + 300 * wave(index, 1));
    return {
      timestamp: goTime(ms, 38_851 + (index * 7_919) % 900_000, offsetMinutes, false),
      cpu_util_per_core: [0, 1, 2, 3].map((core) => round(5 + 60 * busy + 30 * wave(index, core), 3)),
      mem_total_mb: 64_305, mem_used_mb: used, mem_free_mb: 64_305 - used, swap_total_mb: 0, swap_used_mb: 0,
      load_avg_1: round(0.2 + 4 * busy + wave(index, 2), 2), load_avg_5: round(0.3 + 2 * busy, 2), load_avg_15: round(0.3 + busy, 2),
      net_io: [{ name: 'eth0', bytes_recv: 1_000_000 + index * 52_341, bytes_sent: 2_000_000 + index * 91_277 }],
    };
  }

  function card(spec: SimGpuSpec, id: number, index: number, ms: number): Sample {
    const busy = load();
    const util = Math.round(Math.min(100, 2 + 90 * busy + 8 * wave(index, id)));
    const used = Math.round(spec.memTotalMb * (0.03 + 0.9 * memory()));
    return {
      timestamp: goTime(ms + 68, 106_822 + id * 28_912 + (index * 6_733) % 800_000, offsetMinutes, false),
      id, name: spec.name, uuid: spec.uuid, temp_c: Math.round(38 + 40 * busy + 4 * wave(index, id)), vram_temp_c: 0,
      gpu_util_pct: util, mem_util_pct: (used / spec.memTotalMb) * 100, mem_used_mb: used, mem_total_mb: spec.memTotalMb,
      fan_speed_pct: Math.round(30 + 40 * busy), power_draw_w: round(35 + 300 * busy + 10 * wave(index, id), 2),
    };
  }

  function catchUp(): void {
    const ago = monotonic() - started;
    const due = Math.floor(ago / everyMs);
    const keep = Math.ceil(HOUR_MS / everyMs);
    for (let index = Math.max(made + 1, due - keep + 1); index <= due; index += 1) {
      const ms = Math.round(now() - (ago - index * everyMs));
      sys.push(system(index, ms));
      gpus.forEach((spec, id) => gpu.push(card(spec, id, index, ms)));
    }
    made = due;
    if (sys.length > keep) sys = sys.slice(-keep);
    if (gpu.length > keep * gpus.length) gpu = gpu.slice(-keep * gpus.length);
  }

  return {
    /** A new process. */
    restart() {
      started = monotonic();
      made = 0;
      sys = [];
      gpu = [];
    },
    read(): { sys: readonly Sample[]; gpu: readonly Sample[] } {
      catchUp();
      return { sys, gpu };
    },
  };
}

export type Samples = ReturnType<typeof createSamples>;

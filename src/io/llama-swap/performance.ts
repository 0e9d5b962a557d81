/** `GET /api/performance`: samples of the host and of its GPUs. What the tool behind it does not tell is 0 there, and null here. */
import type { PerfReading } from '../../model/host/readings.ts';
import type { HostAnswer } from '../../model/seams.ts';
import type { GpuState } from '../../model/host/state.ts';
import { canonicalTime } from '../../model/time.ts';
import { jsonOf, type Refused } from './answers.ts';
import { isDoc, kindOf, listOf, sampleOf, text, type BadEntry, type Doc } from './checks.ts';

/** `absent`: 404, before v212. `off`: 503, switched off by its owner. */
export type Performance = { kind: 'perf'; reading: PerfReading; bad: BadEntry[] } | { kind: 'absent' } | { kind: 'off' } | Refused;

export function readPerformance(answer: HostAnswer): Performance {
  if (answer.status === 404) return { kind: 'absent' };
  if (answer.status === 503) return { kind: 'off' };
  const read = jsonOf(answer, 'GET /api/performance');
  if (read.kind === 'refused') return read;
  const doc = read.value;
  // Both lists are null until the first sample, that of the GPUs for ever where there is none.
  const system = isDoc(doc) ? listOf(doc['sys_stats']) : undefined;
  const gpus = isDoc(doc) ? listOf(doc['gpu_stats']) : undefined;
  if (!isDoc(doc) || system === undefined || gpus === undefined) return { kind: 'refused', fault: { code: 'protocol', text: `GET /api/performance: expected {sys_stats, gpu_stats}, ${kindOf(doc)} came` } };
  if (doc['enabled'] === false) return { kind: 'off' };

  const bad: BadEntry[] = [];
  const samples: Sample[] = [];
  const reading: PerfReading = { samples, perf: null, gpus: {}, after: null };
  let newest = '';
  const latest = new Map<string, { ts: string; gpu: GpuState }>();
  const take = (entry: unknown, what: string): { doc: Doc; ts: string } | null => {
    const ts = isDoc(entry) && typeof entry['timestamp'] === 'string' ? canonicalTime(entry['timestamp']) : null;
    if (ts !== null && isDoc(entry)) return { doc: entry, ts };
    bad.push({ what: `/api/performance: ${what} without a timestamp`, sample: sampleOf(entry) });
    return null;
  };
  for (const entry of system) {
    const taken = take(entry, 'a sample of the host');
    if (taken === null) continue;
    const sample = systemSample(taken.doc, taken.ts);
    samples.push(sample);
    if (taken.ts >= newest) {
      newest = taken.ts;
      reading.after = taken.doc['timestamp'] as string;
      reading.perf = { ts: sample.ts, cpuPct: sample.cpuPct, memUsedMb: sample.memUsedMb, memTotalMb: sample.memTotalMb, load1: sample.load1 };
    }
  }
  for (const entry of gpus) {
    const taken = take(entry, 'a sample of a GPU');
    if (taken === null) continue;
    const key = gpuKey(taken.doc);
    if (key === null) {
      bad.push({ what: '/api/performance: a GPU with neither uuid nor id', sample: sampleOf(entry) });
      continue;
    }
    const sample = gpuSample(taken.doc, taken.ts, key);
    samples.push(sample);
    if (taken.ts >= newest) {
      newest = taken.ts;
      reading.after = taken.doc['timestamp'] as string;
    }
    const known = latest.get(key);
    if (known === undefined || known.ts <= taken.ts) {
      latest.set(key, { ts: taken.ts, gpu: { name: text(taken.doc['name']) ?? '', utilPct: sample.utilPct, memUsedMb: sample.memUsedMb, memTotalMb: sample.memTotalMb, tempC: sample.tempC, powerW: sample.powerW } });
    }
  }
  samples.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
  reading.gpus = Object.fromEntries([...latest].map(([key, { gpu }]) => [key, gpu]));
  return { kind: 'perf', reading, bad };
}

type Sample = PerfReading['samples'][number];

const NOTHING = {
  cpuPct: null, memUsedMb: null, memTotalMb: null, swapUsedMb: null, swapTotalMb: null, load1: null, load5: null, load15: null, netRxBytes: null, netTxBytes: null,
  utilPct: null, memUtilPct: null, tempC: null, vramTempC: null, fanPct: null, powerW: null,
} as const;

function systemSample(doc: Doc, ts: string): Sample {
  const cores = (listOf(doc['cpu_util_per_core']) ?? []).filter((core) => typeof core === 'number' && core >= 0) as number[];
  return {
    ...NOTHING,
    ts,
    gpu: null,
    cpuPct: cores.length === 0 ? null : Math.round((cores.reduce((sum, core) => sum + core, 0) / cores.length) * 100) / 100,
    memUsedMb: amount(doc['mem_used_mb']),
    memTotalMb: positive(doc['mem_total_mb']),
    swapUsedMb: amount(doc['swap_used_mb']),
    swapTotalMb: amount(doc['swap_total_mb']),
    load1: amount(doc['load_avg_1']),
    load5: amount(doc['load_avg_5']),
    load15: amount(doc['load_avg_15']),
    netRxBytes: traffic(doc['net_io'], 'bytes_recv'),
    netTxBytes: traffic(doc['net_io'], 'bytes_sent'),
  };
}

/**
 * A 0 that no running GPU can have is 'not told'. Utilisation may truly be 0: believed where anything else was told. A fan that
 * stands looks like a card without one: null.
 */
function gpuSample(doc: Doc, ts: string, gpu: string): Sample {
  const memTotalMb = positive(doc['mem_total_mb']);
  const tempC = positive(doc['temp_c']);
  const powerW = positive(doc['power_draw_w']);
  const told = memTotalMb !== null || tempC !== null || powerW !== null;
  return {
    ...NOTHING,
    ts,
    gpu,
    memUsedMb: memTotalMb === null ? positive(doc['mem_used_mb']) : amount(doc['mem_used_mb']),
    memTotalMb,
    utilPct: told ? amount(doc['gpu_util_pct']) : positive(doc['gpu_util_pct']),
    memUtilPct: memTotalMb === null ? positive(doc['mem_util_pct']) : amount(doc['mem_util_pct']),
    tempC,
    vramTempC: positive(doc['vram_temp_c']),
    fanPct: positive(doc['fan_speed_pct']),
    powerW,
  };
}

function gpuKey(doc: Doc): string | null {
  const id = doc['id'];
  return text(doc['uuid']) ?? (typeof id === 'number' || (typeof id === 'string' && id !== '') ? String(id) : null);
}

/** Counters of all interfaces but the loopback. */
function traffic(list: unknown, field: string): number | null {
  let sum: number | null = null;
  for (const entry of listOf(list) ?? []) {
    const bytes = isDoc(entry) && entry['name'] !== 'lo' ? amount(entry[field]) : null;
    if (bytes !== null) sum = (sum ?? 0) + bytes;
  }
  return sum;
}

function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

/** The GPUs in a host's memory: what readings and a new stream make of them. */
import { DIRTY, type HostMemory } from './host-memory.ts';
import type { HostState } from './state.ts';

/** The latest reading goes before what is remembered. */
export function joinGpus(memory: HostMemory, read: HostState['gpus']): HostState['gpus'] {
  const joined = { ...memory.gpus, ...read };
  const over = Object.keys(joined).length - memory.limits.gpus;
  if (over <= 0) return joined;
  memory.refused.gpus += over;
  return Object.fromEntries(Object.entries({ ...read, ...memory.gpus, ...read }).slice(0, memory.limits.gpus));
}

/** What was read before this stream is not of now: which cards there are and how large stays, what they did is unknown until they are read again. */
export function forgetGpuFigures(memory: HostMemory): void {
  if (!memory.gpusOld) return;
  memory.gpusOld = false;
  memory.gpus = Object.fromEntries(Object.entries(memory.gpus).map(([key, { name, memTotalMb }]) => [key, { name, memTotalMb, utilPct: null, memUsedMb: null, tempC: null, powerW: null }]));
  memory.dirty |= DIRTY.rest;
}

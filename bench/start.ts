/** From the start of the process to `/readyz` 200: cold, where initdb makes the cluster first, and warm, where it is there. */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { report } from './report.ts';
import { openDataFolder, startProgram } from './support/program.ts';

const COLD = 3;
const WARM = 5;

interface Started { listens: number; ready: number }

/** Seconds. */
async function start(data: string): Promise<Started> {
  const from = performance.now();
  const program = await startProgram(data);
  const listens = (performance.now() - from) / 1_000;
  while (!(await program.readyz())?.ready) await pause(10);
  const ready = (performance.now() - from) / 1_000;
  await program.stop();
  return { listens, ready };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const load = loadavg()[0]!;
const cold: Started[] = [];
const warm: Started[] = [];
for (let i = 0; i < COLD; i += 1) {
  const folder = openDataFolder();
  try {
    cold.push(await start(folder.path));
    if (i === COLD - 1) for (let j = 0; j < WARM; j += 1) warm.push(await start(folder.path));
  } finally {
    folder.remove();
  }
}
report('start', [
  { name: 'cold, to /readyz 200', value: median(cold.map(({ ready }) => ready)), unit: 's' },
  { name: 'cold, listens', value: median(cold.map(({ listens }) => listens)), unit: 's' },
  { name: 'warm, to /readyz 200', value: median(warm.map(({ ready }) => ready)), unit: 's', atMost: 3 },
  { name: 'warm, listens', value: median(warm.map(({ listens }) => listens)), unit: 's' },
], [`medians of ${COLD} cold and ${WARM} warm starts (ready: ${warm.map(({ ready }) => ready.toFixed(2)).join(', ')} s); load average at the beginning ${load.toFixed(1)}`]);

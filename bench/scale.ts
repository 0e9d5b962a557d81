/**
 * What a fleet costs: 10, 100 and 1,000 simulated hosts in a process of their own, beside the program without any host. The time
 * from the start of the process until all are live, beside what the limiter of reconnects alone costs; memory a host; CPU and
 * event-loop delay, first idle, then with one row a second and host. `--hosts 10,100` takes other sizes.
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from '../src/model/limits.ts';
import { report, type Figure } from './report.ts';
import { openDataFolder, startProgram, startSimHosts, type Program } from './support/program.ts';

const asked = process.argv.indexOf('--hosts');
const SIZES = asked === -1 ? [10, 100, 1_000] : process.argv[asked + 1]!.split(',').map(Number);
/** First polls, boots and rows are over. */
const SETTLE_MS = 20_000;
/** Two rounds of the perf poll. */
const WINDOW_MS = 20_000;
/** prom-client's, inside whose every sample it counts its own pause. */
const DELAY_RESOLUTION_S = 0.01;
const DELAY_P99 = 'drover_nodejs_eventloop_lag_p99_seconds';

interface Window { rss: number; cpu: number; delayMs: number }

/** CPU in cores. The delay is that since the last reading. The collection comes last: what it makes V8 do afterwards took 2 % of a core over these 20 s. */
async function watch(program: Program): Promise<Window> {
  await program.metric(DELAY_P99);
  const [cpu, from] = [program.cpuS(), performance.now()];
  await pause(WINDOW_MS);
  const used = (program.cpuS() - cpu) / ((performance.now() - from) / 1_000);
  const delayMs = Math.max(0, ((await program.metric(DELAY_P99)) - DELAY_RESOLUTION_S) * 1_000);
  await program.collect();
  return { rss: program.rss(), cpu: used, delayMs };
}

interface Measured { hosts: number; liveS: number; idle: Window; busy: Window; behind: number; load: number }

async function measure(hosts: number, data: string): Promise<Measured> {
  const crowd = await startSimHosts(hosts);
  const from = performance.now();
  const program = await startProgram(data, { hosts: crowd.hosts, inspect: true });
  try {
    await program.allLive(hosts);
    const liveS = (performance.now() - from) / 1_000;
    await pause(SETTLE_MS);
    const idle = await watch(program);
    crowd.rate(1);
    await pause(SETTLE_MS);
    const busy = await watch(program);
    const behind = (await crowd.served()) - (await program.metric('drover_writers_inserted_rows_total'));
    return { hosts, liveS, idle, busy, behind, load: loadavg()[0]! };
  } finally {
    await program.stop();
    await crowd.stop();
  }
}

const load = loadavg()[0]!;
const folder = openDataFolder();
try {
  // The first start makes the cluster; the second is the program that the others are held against.
  await (await startProgram(folder.path)).stop();
  const bare = await startProgram(folder.path, { inspect: true });
  await bare.allLive(0);
  await pause(SETTLE_MS);
  const empty = await watch(bare);
  await bare.stop();

  const all: Measured[] = [];
  for (const size of SIZES) all.push(await measure(size, folder.path));

  const kb = (window: Window, hosts: number): number => (window.rss - empty.rss) / 1_024 / hosts;
  const figures: Figure[] = [];
  for (const { hosts, liveS, idle, busy, behind } of all) {
    const large = hosts >= 1_000;
    // The first 50 begin at once.
    const limiterS = hosts / LIMITS.reconnect.perSecond;
    const named = (name: string): string => `${hosts} hosts, ${name}`;
    figures.push(
      { name: named('start to all live'), value: liveS, unit: 's', ...(large ? { ceiling: limiterS, atMost: 1.2 } : {}) },
      { name: named('idle, memory a host'), value: kb(idle, hosts), unit: 'KB', ...(large ? { atMost: 100 } : {}) },
      { name: named('idle, CPU'), value: idle.cpu * 100, unit: '% of a core', ...(large ? { atMost: 5 } : {}) },
      { name: named('idle, event-loop delay p99'), value: idle.delayMs, unit: 'ms' },
      { name: named('1 row/s, memory a host'), value: kb(busy, hosts), unit: 'KB' },
      { name: named('1 row/s, CPU'), value: busy.cpu * 100, unit: '% of a core' },
      { name: named('1 row/s, event-loop delay p99'), value: busy.delayMs, unit: 'ms' },
      { name: named('1 row/s, rows served and not yet stored'), value: behind, unit: 'rows' },
    );
  }
  const ratios = (name: string, of: (one: Measured) => number): string => `${name}, ${all.map(({ hosts }) => hosts).toReversed().join(' : ')} hosts = ${all.map(of).toReversed().map((value) => value.toPrecision(3)).join(' : ')}`;
  report('scale', figures, [
    `the program without hosts: ${(empty.rss / 1_048_576).toFixed(0)} MiB, ${(empty.cpu * 100).toFixed(1)} % of a core, delay p99 ${empty.delayMs.toFixed(1)} ms; load average ${load.toFixed(1)} at the beginning, ${all.map((one) => `${one.load.toFixed(1)} after ${one.hosts} hosts`).join(', ')}`,
    'memory: RSS of the program beyond that, after a forced collection; PostgreSQL and the simulated hosts are other processes',
    ratios('s to all live', ({ liveS }) => liveS),
    ratios('KB a host, idle', ({ idle, hosts }) => kb(idle, hosts)),
    ratios('% CPU, idle', ({ idle }) => idle.cpu * 100),
    ratios('ms delay p99, idle', ({ idle }) => idle.delayMs),
    ratios('KB a host, 1 row/s', ({ busy, hosts }) => kb(busy, hosts)),
    ratios('% CPU, 1 row/s', ({ busy }) => busy.cpu * 100),
    ratios('ms delay p99, 1 row/s', ({ busy }) => busy.delayMs),
  ]);
} finally {
  folder.remove();
}

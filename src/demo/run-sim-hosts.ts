/** Crowds of simulated hosts in a process of their own, for benchmarks: as cheap as a host can be that still speaks to the byte. */
import type { Clock, Random } from '../model/seams.ts';
import { RELEASES, type Release } from './releases.ts';
import { createSimHost } from './sim-host.ts';
import type { SimHost, SimModelSpec } from './sim-types.ts';

export interface RunSimHostsOptions {
  clock: Clock;
  random: Random;
  count: number;
  /** Activity rows a second and host; 0: quiet. */
  rate: number;
  /** Default: spread over v208, v235 and v250. */
  release?: string;
  /** Each host has so many, the first four loaded and asked in turns: a row is then a whole request, seen in flight first. Default: rows alone. */
  models?: number;
  /** Of the hosts' ids; default 'sim'. */
  prefix?: string;
  /** One JSON line, `{"hosts":[{"id","url"}]}`, when all listen. */
  print: (line: string) => void;
}

export interface RunningSimHosts {
  hosts: { id: string; url: string }[];
  /** Changes the rate of all from now on. */
  setRate(rate: number): void;
  /** Rows served so far by all. */
  served(): number;
  stop(): Promise<void>;
}

const TICK_MS = 50;
const LOADED = 4;
const REQUEST_MS = 400;

const modelsOf = (count: number): SimModelSpec[] => Array.from({ length: count }, (_, index) => ({ id: `model-${index + 1}-q4`, name: `Model ${index + 1}`, resident: index < LOADED, ttlS: 600, contextLength: 32_768 }));

export async function runSimHosts(options: RunSimHostsOptions): Promise<RunningSimHosts> {
  const { clock, random, count, models = 0, prefix = 'sim', print } = options;
  const release = RELEASES.find((one) => one === options.release);
  if (options.release !== undefined && release === undefined) throw new Error(`release: expected one of ${RELEASES.join(', ')}, got ${options.release}`);
  const spread: Release[] = ['v208', 'v235', 'v250'];
  const all: SimHost[] = [];
  const hosts: { id: string; url: string }[] = [];
  for (let index = 0; index < count; index += 1) {
    const host = createSimHost({ clock, random, release: release ?? (spread[index % spread.length] as Release), requestLog: false, remember: 'ring', ...(models === 0 ? {} : { models: modelsOf(models) }), gpus: [{ name: 'NVIDIA GeForce RTX 4090', uuid: `GPU-${prefix}-${index}`, memTotalMb: 24_564 }] });
    all.push(host);
    hosts.push({ id: `${prefix}-${index}`, url: await host.listen() });
  }
  let rate = options.rate;
  let next = 0;
  let owed = 0;
  let last = clock.monotonic();
  // One timer for all: rows fall due evenly over the hosts and over time.
  let timer = clock.setTimeout(tick, TICK_MS);
  function tick(): void {
    const now = clock.monotonic();
    owed += ((now - last) / 1_000) * rate * count;
    last = now;
    for (; owed >= 1; owed -= 1) {
      const host = all[next % count];
      if (models === 0) host?.record();
      else host?.request({ model: `model-${1 + (Math.floor(next / count) % Math.min(models, LOADED))}-q4`, durationMs: REQUEST_MS, inputTokens: 900, outputTokens: 250, tokensPerSecond: 42 });
      next += 1;
    }
    timer = clock.setTimeout(tick, TICK_MS);
  }
  print(JSON.stringify({ hosts }));
  return {
    hosts,
    setRate(wanted) { rate = wanted; },
    served: () => all.reduce((total, host) => total + host.servedCount, 0),
    async stop() {
      clock.clearTimeout(timer);
      await Promise.all(all.map((host) => host.close()));
    },
  };
}

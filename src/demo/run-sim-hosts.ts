/** Crowds of simulated hosts in a process of their own, for benchmarks. */
import type { Clock, Random } from '../model/seams.ts';

export interface RunSimHostsOptions {
  clock: Clock;
  random: Random;
  count: number;
  /** Activity rows a second and host; 0: quiet. */
  rate: number;
  /** Default: spread over generations 1, 2, 3. */
  release?: string;
  /** One JSON line: `{"hosts":[{"id","url"}]}` when all listen. */
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

export async function runSimHosts(_options: RunSimHostsOptions): Promise<RunningSimHosts> {
  await Promise.resolve();
  throw new Error('not yet');
}

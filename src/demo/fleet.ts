/** The demo: a lively fleet of simulated hosts of all three generations. */
import type { Clock, Random } from '../model/seams.ts';
import type { SimHost } from './sim-host.ts';

export interface DemoFleetOptions {
  clock: Clock;
  random: Random;
  /** How many; default 8. */
  hosts?: number;
  /** Listen on 127.0.0.1; default true. */
  listen?: boolean;
}

export interface DemoHost { id: string; name: string; url: string; apiKey: string | null; tags: string[]; host: SimHost }

export interface DemoFleet {
  hosts: DemoHost[];
  stop(): Promise<void>;
}

export async function startDemoFleet(_options: DemoFleetOptions): Promise<DemoFleet> {
  await Promise.resolve();
  throw new Error('not yet');
}

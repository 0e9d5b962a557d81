/** The host program itself, before it has a mouth: models, requests, ring, logs, samples, boots. */
import type { SimHost, SimHostOptions } from './sim-host.ts';

export interface Core { control: Omit<SimHost, 'listen' | 'port' | 'close'> }
export function createCore(_options: SimHostOptions): Core { throw new Error('not yet'); }

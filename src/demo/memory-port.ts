import type { HostPort } from '../model/seams.ts';
import type { Core } from './core.ts';
import type { SimHostOptions } from './sim-host.ts';

/** The same bytes without sockets, delivered on the given clock. */
export function createMemoryPort(_core: Core, _options: SimHostOptions): HostPort { throw new Error('not yet'); }

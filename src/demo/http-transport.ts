import type { Clock } from '../model/seams.ts';
import type { Core } from './core.ts';

/** A real HTTP server on 127.0.0.1 over a core. */
export function createHttpPort(_core: Core, _clock: Clock): { listen(port: number): Promise<string>; close(): Promise<void> } { throw new Error('not yet'); }

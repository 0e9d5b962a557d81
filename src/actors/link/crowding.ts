/** What a host named beyond its limits: counted for all hosts, and said once a connection. */
import type { Logger } from 'pino';
import type { HostMemory } from '../../model/host/host-memory.ts';
import type { Limits } from '../../model/limits.ts';

/** Left out because one host named too many, since the process began. */
export type Refused = Record<keyof Limits['host'], number>;

export interface Crowding {
  /** Takes what the memory has left out since the last call. */
  tell(memory: HostMemory): void;
  connected(): void;
}

export function createCrowding(limits: Limits['host'], refused: Refused, log: Pick<Logger, 'warn'>): Crowding {
  const told = new Set<string>();
  return {
    tell(memory) {
      for (const kind of ['models', 'requests', 'gpus'] as const) {
        const more = memory.refused[kind];
        if (more === 0) continue;
        memory.refused[kind] = 0;
        refused[kind] += more;
        if (told.has(kind)) continue;
        told.add(kind);
        log.warn({ kind, more }, `the host names more than ${limits[kind]} ${kind} (limits.host.${kind}): the rest is left out`);
      }
    },
    connected: () => told.clear(),
  };
}

/** Writes what a restart remembers: each host's last published state, at most every 30 s and when told. */
import type { HostsRepository } from '../../io/postgres/hosts.ts';
import type { PublishedHost } from '../../model/host/state.ts';
import { timeOfMs } from '../../model/time.ts';
import type { Clock } from '../../model/seams.ts';

export interface LastStates {
  /** All that differ from what was last written. Rejects as the repository does; what failed is written next time. */
  save(): Promise<void>;
}

export function createLastStates(options: {
  clock: Clock;
  repository: Pick<HostsRepository, 'saveStates'>;
  readFleet(): PublishedHost[];
  isDeclared(id: string): boolean;
}): LastStates {
  const saved = new Map<string, string>();
  return {
    async save() {
      const fleet = options.readFleet();
      const changed = fleet.filter(({ host, epoch, seq }) => saved.get(host) !== `${epoch}/${seq}`);
      if (changed.length === 0) return;
      const at = timeOfMs(options.clock.now());
      await options.repository.saveStates(changed.map(({ host, state }) => ({ id: host, state, at, declared: options.isDeclared(host) })));
      for (const { host, epoch, seq } of changed) saved.set(host, `${epoch}/${seq}`);
      const known = new Set(fleet.map(({ host }) => host));
      for (const host of saved.keys()) if (!known.has(host)) saved.delete(host);
    },
  };
}

/** What people may do with the list of hosts: stored first, then in the roster, then made so by the keeper. */
import type { ApiHost, HostsRepository } from '../../io/postgres/hosts.ts';
import type { HostConfig } from '../../model/host/state.ts';
import type { WriterQueue } from '../writers/writer-queue.ts';
import type { KeeperDoor } from './door.ts';
import type { Roster } from './roster.ts';

export interface NewHost {
  id: string;
  baseUrl: string;
  name?: string | undefined;
  apiKey?: string | undefined;
  tags?: string[] | undefined;
  enabled?: boolean | undefined;
}

/** What is absent stays as it is. `apiKey: null` removes the key. */
export interface HostChange {
  baseUrl?: string | undefined;
  name?: string | undefined;
  apiKey?: string | null | undefined;
  tags?: string[] | undefined;
  enabled?: boolean | undefined;
}

export type HostAnswer =
  | { kind: 'ok'; host: HostConfig }
  | { kind: 'exists' }
  | { kind: 'unknown' }
  /** Declared in the configuration: only `enabled` may change. */
  | { kind: 'declared' };

export interface HostsAdmin {
  /** By id. */
  list(): HostConfig[];
  get(id: string): HostConfig | null;
  /** All three resolve once it is stored and published; they reject with a StoreError 'away' without a database. */
  add(host: NewHost): Promise<HostAnswer>;
  change(id: string, change: HostChange): Promise<HostAnswer>;
  remove(id: string): Promise<HostAnswer>;
}

export function createHostsAdmin({ roster, repository, door, queue }: { roster: Roster; repository: HostsRepository; door: KeeperDoor; queue: Pick<WriterQueue, 'forget'> }): HostsAdmin {
  const get = (id: string): HostConfig | null => roster.get(id)?.config ?? null;
  const keyOf = (apiKey: string | null): ApiHost['apiKey'] => (apiKey === null ? { kind: 'none' } : { kind: 'key', key: apiKey });
  const made = async (id: string): Promise<HostAnswer> => {
    await door.changed(id);
    const host = get(id);
    return host === null ? { kind: 'unknown' } : { kind: 'ok', host };
  };
  return {
    list: () => roster.list().map(({ config }) => config),
    get,
    async add({ id, baseUrl, name = id, apiKey = null, tags = [], enabled = true }) {
      if (get(id) !== null) return { kind: 'exists' };
      if ((await repository.add({ id, baseUrl, name, apiKey, tags, enabled })) === 'exists') return { kind: 'exists' };
      roster.forget(id);
      roster.put({ id, baseUrl, name, tags, enabled, apiKey: keyOf(apiKey) });
      return made(id);
    },
    async change(id, change) {
      const host = roster.get(id);
      if (host === null) return { kind: 'unknown' };
      if (roster.isDeclared(id)) {
        const { enabled, ...rest } = change;
        if (Object.values(rest).some((value) => value !== undefined)) return { kind: 'declared' };
        if (enabled === undefined) return { kind: 'ok', host: host.config };
        await repository.overrideEnabled(id, enabled);
        roster.enable(id, enabled);
        return made(id);
      }
      if ((await repository.change(id, change)) === 'unknown') return { kind: 'unknown' };
      const { config } = roster.get(id) ?? host;
      const apiKey = change.apiKey === undefined ? (roster.get(id) ?? host).apiKey : change.apiKey;
      roster.put({
        id,
        baseUrl: change.baseUrl ?? config.baseUrl,
        name: change.name ?? config.name,
        tags: change.tags ?? config.tags,
        enabled: change.enabled ?? config.enabled,
        apiKey: keyOf(apiKey),
      });
      return made(id);
    },
    async remove(id) {
      const host = get(id);
      if (host === null) return { kind: 'unknown' };
      if (roster.isDeclared(id)) return { kind: 'declared' };
      if ((await repository.remove(id)) === 'unknown') return { kind: 'unknown' };
      roster.remove(id);
      await door.changed(id);
      queue.forget(id);
      return { kind: 'ok', host };
    },
  };
}

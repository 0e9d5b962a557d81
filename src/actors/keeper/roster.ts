/**
 * Which hosts there should be: those of the configuration and those that the API added. It is what people said, not what runs.
 * Held by the composition root, so that a keeper that crashes finds it again.
 */
import type { Logger } from 'pino';
import type { DeclaredHost } from '../../io/declared-hosts.ts';
import type { ApiHost, HostRecord } from '../../io/postgres/hosts.ts';
import type { HostConfig, HostState } from '../../model/host/state.ts';

/** A host with all that is needed to reach it. Never published, never logged. */
export interface RosterHost {
  config: HostConfig;
  apiKey: string | null;
  /** PEM. */
  ca: string | null;
}

export interface Roster {
  /** By id. */
  list(): RosterHost[];
  get(id: string): RosterHost | null;
  isDeclared(id: string): boolean;
  /** What the database knows, read whole. Returns the ids that are new, changed or gone. */
  load(records: readonly HostRecord[]): string[];
  put(host: ApiHost): void;
  remove(id: string): void;
  enable(id: string, enabled: boolean): void;
  /** The last state that the database remembered; null: none. */
  remembered(id: string): HostState | null;
  /** An id that somebody removed begins with nothing remembered. */
  forget(id: string): void;
}

export function createRoster(declared: readonly DeclaredHost[], log: Logger): Roster {
  const hosts = new Map<string, RosterHost>();
  const declaredIds = new Set(declared.map(({ id }) => id));
  const states = new Map<string, HostState>();
  for (const { id, name, baseUrl, tags, enabled, apiKey, ca } of declared) {
    hosts.set(id, { config: { id, name, baseUrl, tags, enabled, source: 'config', hasApiKey: apiKey !== null }, apiKey, ca });
  }
  const ofApi = ({ id, name, baseUrl, tags, enabled, apiKey }: ApiHost): RosterHost => {
    if (apiKey.kind === 'unreadable') log.warn({ host: id }, apiKey.reason);
    const key = apiKey.kind === 'key' ? apiKey.key : null;
    return { config: { id, name, baseUrl, tags, enabled, source: 'api', hasApiKey: apiKey.kind !== 'none' }, apiKey: key, ca: null };
  };

  return {
    list: () => [...hosts.values()].sort((a, b) => (a.config.id < b.config.id ? -1 : 1)),
    get: (id) => hosts.get(id) ?? null,
    isDeclared: (id) => declaredIds.has(id),
    load(records) {
      const touched = new Set<string>();
      const known = new Set<string>();
      for (const { id, api, enabledOverride, lastState } of records) {
        if (lastState !== null && !states.has(id)) {
          states.set(id, lastState);
          touched.add(id);
        }
        if (declaredIds.has(id)) {
          if (api !== null) log.warn({ host: id }, 'the configuration and the API both have this host: the configuration wins');
          const host = hosts.get(id)!;
          if (enabledOverride !== null && enabledOverride !== host.config.enabled) {
            hosts.set(id, { ...host, config: { ...host.config, enabled: enabledOverride } });
            touched.add(id);
          }
        } else if (api !== null) {
          known.add(id);
          const next = ofApi(api);
          if (JSON.stringify(hosts.get(id)) !== JSON.stringify(next)) {
            hosts.set(id, next);
            touched.add(id);
          }
        }
      }
      for (const id of hosts.keys()) {
        if (declaredIds.has(id) || known.has(id)) continue;
        hosts.delete(id);
        touched.add(id);
      }
      return [...touched];
    },
    put: (host) => void hosts.set(host.id, ofApi(host)),
    remove(id) {
      hosts.delete(id);
      states.delete(id);
    },
    enable(id, enabled) {
      const host = hosts.get(id);
      if (host) hosts.set(id, { ...host, config: { ...host.config, enabled } });
    },
    remembered: (id) => states.get(id) ?? null,
    forget: (id) => void states.delete(id),
  };
}

/** What of a host decides its connection: when this changes, the link has to begin again. */
export function connectionOf({ config, apiKey, ca }: RosterHost): string {
  return JSON.stringify([config.baseUrl, apiKey, ca]);
}

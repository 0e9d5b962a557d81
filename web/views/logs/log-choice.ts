/** Which logs are followed, as the address has it: `host` for a whole host's, `model` as host/model for a model's own. Pure. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { logsTopic } from '../../../src/model/frames.ts';

export interface FollowedLog {
  host: string;
  /** null: the host's own log, with all that its models write. */
  model: string | null;
  topic: string;
  /** false: the fleet has no such host, or the host no such model (now). */
  known: boolean;
}

export function followedLogs(hosts: Iterable<string>, models: Iterable<string>, fleet: ReadonlyMap<string, HeldHost>): FollowedLog[] {
  const logs: FollowedLog[] = [];
  for (const host of hosts) logs.push({ host, model: null, topic: logsTopic(host, null), known: fleet.has(host) });
  for (const name of models) {
    const cut = name.indexOf('/');
    const [host, model] = cut === -1 ? [name, ''] : [name.slice(0, cut), name.slice(cut + 1)];
    logs.push({ host, model, topic: logsTopic(host, model), known: Object.hasOwn(fleet.get(host)?.state.models ?? {}, model) });
  }
  return logs;
}

/** As `model` in the address. */
export const modelName = (host: string, model: string): string => `${host}/${model}`;

export const SOURCES = ['proxy', 'upstream'] as const;
export type Source = (typeof SOURCES)[number];

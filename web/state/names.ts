/** What hosts and models are called, for people. Their ids stand in addresses and on hover. */
import type { HeldHost } from '../../src/model/client-fleet.ts';
import { useConnection } from './hooks.ts';

/** Each gives the id back where the fleet knows no name. A model's is the first one that a host gives it. */
export interface Names { host: (id: string) => string; model: (key: string) => string }

/** The same object until a name changes, however often the fleet does. */
export const useNames = (): Names => useConnection(({ client }) => namesOf(client.fleet.hosts));

type Hosts = ReadonlyMap<string, HeldHost>;
let seen: Hosts | null = null;
let hostNames: ReadonlyMap<string, string> = new Map();
let modelNames: ReadonlyMap<string, string> = new Map();
let names: Names = { host: (id) => id, model: (key) => key };

function namesOf(hosts: Hosts): Names {
  if (hosts === seen) return names;
  seen = hosts;
  const ofHosts = new Map<string, string>();
  const ofModels = new Map<string, string>();
  for (const [id, { state }] of hosts) {
    ofHosts.set(id, state.name);
    for (const [key, { name }] of Object.entries(state.models)) if (name !== '' && !ofModels.has(key)) ofModels.set(key, name);
  }
  if (isSame(ofHosts, hostNames) && isSame(ofModels, modelNames)) return names;
  hostNames = ofHosts;
  modelNames = ofModels;
  names = { host: (id) => ofHosts.get(id) ?? id, model: (key) => ofModels.get(key) ?? key };
  return names;
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, name]) => b.get(key) === name);
}

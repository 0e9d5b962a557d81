/** What hosts and models are called, for people. Their ids stand in addresses and on hover. */
import type { HeldHost } from '../../src/model/client-fleet.ts';
import { keyAtPeer } from '../format/peer-key.ts';
import { shown } from '../format/shown.ts';
import { useConnection } from './hooks.ts';

/** Each gives the id back where the fleet knows no name; both are fit to be shown. */
export interface Names {
  host: (id: string) => string;
  /** The first name that a host gives it. A name that is not one model's alone gives way to the key; a peer's model leaves it to the one that is here. */
  model: (key: string) => string;
  /**
   * The key, and what else the model goes by: a peer's is `peer/model` at the host that hands on to it and `model` at the peer, and
   * rows may name it either way.
   */
  keysOf: (key: string) => readonly string[];
}

/** The same object until a name changes, however often the fleet does. */
export const useNames = (): Names => useConnection(({ client }) => namesOf(client.fleet.hosts));

type Hosts = ReadonlyMap<string, HeldHost>;
/** Of a model: the name, '' where it has none; `bare`: its key at the peer, null when a host has it itself. */
interface Called { name: string; bare: string | null }

let seen: Hosts | null = null;
let hostNames: ReadonlyMap<string, string> = new Map();
let called: ReadonlyMap<string, Called> = new Map();
let names: Names = { host: shown, model: shown, keysOf: (key) => [key] };

function namesOf(hosts: Hosts): Names {
  if (hosts === seen) return names;
  seen = hosts;
  const ofHosts = new Map<string, string>();
  const ofModels = new Map<string, Called>();
  for (const [id, { state }] of hosts) {
    ofHosts.set(id, state.name);
    for (const [key, { name, peerId }] of Object.entries(state.models)) {
      const before = ofModels.get(key);
      const bare = keyAtPeer(key, peerId);
      if (before === undefined) ofModels.set(key, { name, bare });
      else {
        if (before.name === '') before.name = name;
        if (bare === null) before.bare = null;
      }
    }
  }
  if (isSame(ofHosts, hostNames, (a, b) => a === b) && isSame(ofModels, called, (a, b) => a.name === b.name && a.bare === b.bare)) return names;
  hostNames = ofHosts;
  called = ofModels;
  names = namesFrom(ofHosts, ofModels);
  return names;
}

function isSame<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>, same: (one: T, other: T) => boolean): boolean {
  return a.size === b.size && [...a].every(([key, one]) => {
    const other = b.get(key);
    return other !== undefined && same(one, other);
  });
}

export function namesFrom(ofHosts: ReadonlyMap<string, string>, ofModels: ReadonlyMap<string, Called>): Names {
  const hosts = new Map([...ofHosts].flatMap(([id, name]) => (name.trim() === '' ? [] : [[id, shown(name)]])));
  const owners = new Map<string, { here: number; all: number }>();
  const atPeers = new Map<string, string[]>();
  for (const [key, { name, bare }] of ofModels) {
    const owner = owners.get(name) ?? { here: 0, all: 0 };
    owners.set(name, { here: owner.here + (bare === null ? 1 : 0), all: owner.all + 1 });
    if (bare !== null) atPeers.set(bare, [...atPeers.get(bare) ?? [], key]);
  }
  const models = new Map<string, string>();
  for (const [key, { name, bare }] of ofModels) {
    const owner = owners.get(name);
    const alone = owner?.all === 1 || (owner?.here === 1 && bare === null);
    if (name.trim() !== '' && alone && !(name !== key && ofModels.has(name))) models.set(key, shown(name));
  }
  return {
    host: (id) => hosts.get(id) ?? shown(id),
    model(key) {
      const peers = ofModels.has(key) ? [] : atPeers.get(key) ?? [];
      const known = peers.length === 1 ? peers[0] ?? key : key;
      return models.get(known) ?? shown(known);
    },
    keysOf(key) {
      const bare = ofModels.get(key)?.bare ?? null;
      return [key, ...(bare === null ? atPeers.get(key) ?? [] : [bare])];
    },
  };
}

/** Models of peers: `peer/model` at the host that hands on to it, `model` at the peer. A host's rows name it either way. */
import type { ModelState } from '../../src/model/host/state.ts';

/** Its key at the peer; null for a model that the host has itself. */
export function keyAtPeer(key: string, peerId: string | null): string | null {
  return peerId !== null && key.startsWith(`${peerId}/`) ? key.slice(peerId.length + 1) : null;
}

/** What rows of the host may call its model: the key first. */
export function rowNames(key: string, models: Readonly<Record<string, ModelState>>): readonly string[] {
  const bare = Object.hasOwn(models, key) ? keyAtPeer(key, models[key]?.peerId ?? null) : null;
  return bare === null || Object.hasOwn(models, bare) ? [key] : [key, bare];
}

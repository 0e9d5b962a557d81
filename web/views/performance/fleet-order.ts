/** The hosts of the fleet by name, and which of them tell of their performance. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { shown } from '../../format/shown.ts';

export interface FleetHost { id: string; name: string; tells: boolean }

export function inOrder(fleet: ReadonlyMap<string, HeldHost> | null): FleetHost[] {
  return [...fleet ?? []]
    .map(([id, { state }]) => ({ id, name: shown(state.name), tells: state.perf !== null || Object.keys(state.gpus).length > 0 }))
    .sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
}

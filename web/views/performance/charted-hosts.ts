/** The hosts of the fleet as charts see them. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { looksOf, type LineLook } from '../../charts/looks.ts';
import { shown } from '../../format/shown.ts';
import { inOrder } from './fleet-order.ts';

/** What a chart needs of a host. `look`: its own among those that are shown. */
export interface ChartedHost { id: string; name: string; look: LineLook; gpus: readonly { key: string; name: string }[] }

/** In the order given; one that is not (or no longer) in the fleet goes by its id. A host looks by its place in the fleet, so that it has one colour whoever else is shown. */
export function chartedHosts(fleet: ReadonlyMap<string, HeldHost> | null, ids: readonly string[]): ChartedHost[] {
  const order = inOrder(fleet).map(({ id }) => id);
  const placeOf = new Map([...order, ...ids.filter((id) => fleet?.has(id) !== true).sort()].map((id, place) => [id, place]));
  const looks = looksOf(ids.map((id) => placeOf.get(id)!));
  return ids.map((id) => {
    const state = fleet?.get(id)?.state;
    return { id, name: shown(state?.name ?? id), look: looks.get(placeOf.get(id)!)!, gpus: Object.entries(state?.gpus ?? {}).map(([gpu, { name }]) => ({ key: gpu, name: shown(name) })) };
  });
}

/** Lines of history that these hosts have: each one of its own, and one for each GPU. */
export const countTracks = (hosts: readonly ChartedHost[]): number => hosts.reduce((sum, { gpus }) => sum + 1 + gpus.length, 0);

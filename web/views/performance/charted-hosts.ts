/** The hosts of the fleet as charts see them: the same objects until something of that changes. */
import { useMemo } from 'react';
import { shown } from '../../format/shown.ts';
import { useFleet } from '../../state/hooks.ts';
import type { ChartedHost } from './metric-chart.tsx';

/** In the order given; one that is not (or no longer) in the fleet goes by its id. */
export function useChartedHosts(ids: readonly string[]): readonly ChartedHost[] {
  const fleet = useFleet();
  const key = JSON.stringify(ids.map((id): ChartedHost => {
    const state = fleet?.get(id)?.state;
    return { id, name: shown(state?.name ?? id), gpus: Object.entries(state?.gpus ?? {}).map(([gpu, { name }]) => ({ key: gpu, name: shown(name) })) };
  }));
  return useMemo(() => JSON.parse(key) as ChartedHost[], [key]);
}

/** Lines of history that these hosts have: each one of its own, and one for each GPU. */
export const countTracks = (hosts: readonly ChartedHost[]): number => hosts.reduce((sum, { gpus }) => sum + 1 + gpus.length, 0);

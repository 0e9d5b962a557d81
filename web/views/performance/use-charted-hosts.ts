/** The hosts of the fleet as charts see them: the same objects until something of that changes. */
import { useMemo } from 'react';
import { useFleet } from '../../state/hooks.ts';
import { chartedHosts, type ChartedHost } from './charted-hosts.ts';

export function useChartedHosts(ids: readonly string[]): readonly ChartedHost[] {
  const fleet = useFleet();
  const key = JSON.stringify(chartedHosts(fleet, ids));
  return useMemo(() => JSON.parse(key) as ChartedHost[], [key]);
}

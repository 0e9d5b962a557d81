/** How many days of performance this Drover keeps: until it has said so, as many as it usually does. */
import { LIMITS } from '../../../src/model/limits.ts';
import { useQuery } from '../../state/use-query.ts';

export function useKeptDays(): number {
  const { data } = useQuery<{ settings: readonly { path: string; value: unknown }[] }>('/api/about');
  const value = data?.settings.find(({ path }) => path === 'limits.retentionDays.perf')?.value;
  return typeof value === 'number' ? value : LIMITS.retentionDays.perf;
}

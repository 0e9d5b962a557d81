/** How many days of performance this Drover keeps: until it has said so, as many as it usually does. */
import { LIMITS } from '../../../src/model/limits.ts';
import { useQuery } from '../../state/use-query.ts';

/** Days: of samples as they came, and of what they were summed up to. */
export interface Kept { samples: number; steps: number }

export function useKept(): Kept {
  const { data } = useQuery<{ settings: readonly { path: string; value: unknown }[] }>('/api/about');
  const days = (name: 'perf' | 'perfRollups'): number => {
    const value = data?.settings.find(({ path }) => path === `limits.retentionDays.${name}`)?.value;
    return typeof value === 'number' ? value : LIMITS.retentionDays[name];
  };
  const samples = days('perf');
  return { samples, steps: Math.max(samples, days('perfRollups')) };
}

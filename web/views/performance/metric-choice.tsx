/** Which groups of metrics are charted; none chosen: all. */
import type { ReactElement } from 'react';
import { Chip } from '../../ui/chip.tsx';
import { GROUP_NAMES, METRIC_GROUPS, type MetricGroup } from './metrics.ts';

export function MetricChoice({ chosen, onToggle, onAll }: { chosen: ReadonlySet<string>; onToggle: (group: MetricGroup) => void; onAll: () => void }): ReactElement {
  return (
    <div role="group" aria-label="Metrics" className="flex min-w-0 items-center gap-1.5 overflow-x-auto sm:flex-wrap">
      <Chip on={chosen.size === 0} onToggle={onAll}>All metrics</Chip>
      {METRIC_GROUPS.map((group) => <Chip key={group} on={chosen.has(group)} onToggle={() => onToggle(group)}>{GROUP_NAMES[group]}</Chip>)}
    </div>
  );
}

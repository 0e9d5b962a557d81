/** Why there is nothing to chart, and what to do. */
import type { ReactElement } from 'react';
import { shown } from '../../format/shown.ts';
import { useFleet } from '../../state/hooks.ts';
import { Empty } from '../../ui/notes.tsx';

export function NoPerformance({ hosts }: { hosts: readonly string[] }): ReactElement {
  const fleet = useFleet();
  const names = hosts.map((id) => shown(fleet?.get(id)?.state.name ?? id));
  return (
    <Empty title={`No performance of ${names.length === 1 ? names[0] : 'these hosts'} in this time`}>
      <p>llama-swap tells it from v212 on, where its configuration does not switch performance off. An older host has to be upgraded; GPUs show where nvidia-smi or rocm-smi tells of them.</p>
    </Empty>
  );
}

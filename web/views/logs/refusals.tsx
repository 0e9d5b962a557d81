/** Logs that are asked for and do not come: why, and what to do. */
import type { ReactElement, ReactNode } from 'react';
import { shown as fit } from '../../format/shown.ts';
import { useConnection } from '../../state/hooks.ts';
import { useNames } from '../../state/names.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { FollowedLog } from './log-choice.ts';

export interface RefusalsProps { logs: readonly FollowedLog[]; onLeave: (log: FollowedLog) => void; onRetry: (topic: string) => void }

export function Refusals({ logs, onLeave, onRetry }: RefusalsProps): ReactElement | null {
  const refused = useConnection(({ client }) => client.refused);
  const names = useNames();
  const shown = logs.flatMap((log): { log: FollowedLog; why: ReactNode; again: boolean }[] => {
    if (!log.known) return [{ log, why: log.model === null ? <>There is no host <bdi>{fit(log.host)}</bdi>.</> : <><bdi>{names.host(log.host)}</bdi> has no model {log.model === '' ? 'of that name' : <bdi>{fit(log.model)}</bdi>}.</>, again: false }];
    const why = refused.get(log.topic);
    return why === undefined ? [] : [{ log, why: <>The log of <bdi>{log.model === null ? names.host(log.host) : names.model(log.model)}</bdi> is not followed: <bdi>{fit(why)}</bdi>.</>, again: true }];
  });
  if (shown.length === 0) return null;
  return (
    <ul className="grid gap-2 px-4 pb-3">
      {shown.map(({ log, why, again }) => (
        <li key={log.topic} role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-warn px-3 py-2">
          <Icon name="warning" className="text-warn" />
          <p className="min-w-0 grow basis-64 wrap-anywhere">{why}</p>
          {again ? <Button onClick={() => onRetry(log.topic)}>Try again</Button> : null}
          <Button look="quiet" onClick={() => onLeave(log)}>Leave it</Button>
        </li>
      ))}
    </ul>
  );
}

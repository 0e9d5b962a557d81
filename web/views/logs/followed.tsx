/** The logs that are followed, and the way out of each. */
import type { ReactElement } from 'react';
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { useNames } from '../../state/names.ts';
import { shown } from '../../format/shown.ts';
import { Icon } from '../../ui/icon.tsx';
import { LivenessMark } from '../../ui/liveness.tsx';
import type { FollowedLog } from './log-choice.ts';

export function Followed({ logs, fleet, onLeave }: { logs: readonly FollowedLog[]; fleet: ReadonlyMap<string, HeldHost>; onLeave: (log: FollowedLog) => void }): ReactElement {
  const names = useNames();
  return (
    <ul aria-label="Followed" className="flex min-w-0 grow flex-wrap justify-end gap-1.5">
      {logs.map((log) => {
        const { host, model, known, topic } = log;
        const liveness = fleet.get(host)?.state.liveness.state;
        const name = model === null ? names.host(host) : `${names.host(host)} ${names.model(model)}`;
        return (
          <li key={topic} className={`inline-flex h-7 max-w-full items-center gap-1.5 rounded-full border border-line bg-panel pr-1 pl-2.5 text-sm ${known ? '' : 'text-faint line-through'}`} title={shown(`${name}: ${host}${model === null ? '' : ` ${model}`}${liveness === undefined ? '' : `: ${host} is ${liveness}`}`)}>
            {liveness === undefined ? null : <LivenessMark state={liveness} />}<span className="max-w-72 min-w-0 truncate">{name}</span>
            <button type="button" aria-label={`Leave ${name}`} className="inline-flex size-5 shrink-0 items-center justify-center rounded-full text-faint hover:bg-hover hover:text-ink" onClick={() => onLeave(log)}><Icon name="close" className="size-3" /></button>
          </li>
        );
      })}
    </ul>
  );
}

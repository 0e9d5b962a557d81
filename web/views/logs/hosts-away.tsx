/** Followed hosts that write nothing now, because nothing is read from them. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { hostAddress } from '../../format/addresses.ts';
import { useNames } from '../../state/names.ts';
import { For } from '../../ui/time.tsx';
import { LivenessMark } from '../../ui/liveness.tsx';
import type { FollowedLog } from './log-choice.ts';

const AWAY: ReadonlySet<string> = new Set(['down', 'quarantined', 'disabled']);

export function HostsAway({ logs, fleet }: { logs: readonly FollowedLog[]; fleet: ReadonlyMap<string, HeldHost> }): ReactElement | null {
  const names = useNames();
  const away = [...new Set(logs.map(({ host }) => host))].flatMap((id) => {
    const held = fleet.get(id);
    return held !== undefined && AWAY.has(held.state.liveness.state) ? [{ id, name: names.host(id), liveness: held.state.liveness }] : [];
  });
  if (away.length === 0) return null;
  return (
    <ul role="status" className="grid gap-1 px-4 pb-3">
      {away.map(({ id, name, liveness: { state, reason, since } }) => (
        <li key={id} className="flex flex-wrap items-baseline gap-x-2 text-soft">
          <LivenessMark state={state} className="self-center" />
          <span><Link href={hostAddress(id)} title={id} className="wrap-anywhere font-medium text-ink hover:text-accent hover:underline">{name}</Link> has been {state} for <For since={since} />{reason === null ? '' : ` (${reason.text})`}.</span>
          <span>{state === 'disabled' ? 'Its log goes on when it is enabled.' : 'Its log goes on when it is back; what is here was written before.'}</span>
        </li>
      ))}
    </ul>
  );
}

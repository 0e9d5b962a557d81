/** Before a restart by hand: which actor, and what goes down and comes back with it. */
import type { ReactElement } from 'react';
import { partsOf } from '../../format/actor-path.ts';
import { actorApi } from '../../format/addresses.ts';
import { counted } from '../../format/figures.ts';
import { useQuery } from '../../state/use-query.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { Fault } from '../../ui/notes.tsx';

const NAMED = 12;

export function RestartConfirm({ path, busy, onConfirm, onClose }: { path: string; busy: boolean; onConfirm: () => void; onClose: () => void }): ReactElement {
  const { data, error } = useQuery<{ path: string; restarts: string[] }>(`${actorApi(path)}?do=restart`);
  const { tail } = partsOf(path);
  const others = data?.restarts.filter((one) => one !== path) ?? [];
  return (
    <Confirm title={`Restart ${tail}?`} action={`Restart ${tail}`} busy={busy || error !== null} onConfirm={onConfirm} onClose={onClose}>
      <p className="break-all text-ink">{path}</p>
      {error === null ? null : <div className="mt-2"><Fault error={error} /></div>}
      {data === null ? null : others.length === 0 ? <p className="mt-2">Nothing else restarts with it.</p> : (
        <>
          <p className="mt-2">{counted(others.length, 'other actor')} {others.length === 1 ? 'restarts' : 'restart'} with it, in this order:</p>
          <ul className="mt-1 grid gap-0.5 text-sm">{others.slice(0, NAMED).map((one) => <li key={one} className="break-all">{one}</li>)}{others.length > NAMED ? <li>and {others.length - NAMED} more</li> : null}</ul>
        </>
      )}
      <p className="mt-2">What it holds in memory is gone. It begins its next incarnation, and its own number of restarts rises by one; against its supervisor's limit of crashes a restart by hand does not count.</p>
    </Confirm>
  );
}

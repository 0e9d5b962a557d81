/** Whose performance is charted: the hosts of a small fleet all in sight, of a large one those shown and a list of the rest. */
import { useState, type ReactElement } from 'react';
import { counted } from '../../format/figures.ts';
import { toggled, type SetParams } from '../../state/address.ts';
import { useFleet } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SearchField } from '../../ui/field.tsx';
import { Swatch } from '../../charts/swatch.tsx';
import { inOrder } from './fleet-order.ts';
import type { ChartedHost } from './charted-hosts.ts';
import { MOST_USUAL } from './usual-hosts.ts';

/** More are listed in a dialog. */
const IN_SIGHT = 16;

/** `chosen`: by the address; none: the usual ones are shown. `silent`: those shown of which there is no sample in the stretch of time. */
export function HostChoice({ chosen, shown, silent, setParams }: { chosen: ReadonlySet<string>; shown: readonly ChartedHost[]; silent: ReadonlySet<string>; setParams: SetParams }): ReactElement {
  const fleet = useFleet();
  const [choosing, choose] = useState(false);
  const all = inOrder(fleet);
  const gone = shown.filter(({ id }) => fleet?.has(id) !== true).map(({ id, name }) => ({ id, name, tells: true }));
  const looks = new Map(shown.map(({ id, look }) => [id, look]));
  const toggle = (id: string): void => setParams({ host: toggled(chosen, id) }, 'step');
  const listed = all.length <= IN_SIGHT ? all : all.filter(({ id }) => looks.has(id));
  return (
    <div role="group" aria-label="Hosts" className="flex items-center gap-1.5 overflow-x-auto sm:flex-wrap">
      <Chip on={chosen.size === 0} onToggle={() => setParams({ host: null }, 'step')}>{all.length <= MOST_USUAL ? 'All hosts' : `First ${MOST_USUAL} hosts`}</Chip>
      {[...listed, ...gone].map(({ id, name, tells }) => {
        const look = looks.get(id);
        const why = !tells ? `${name} tells no performance: llama-swap does from v212 on, where its configuration does not switch it off` : silent.has(id) ? `${name} told no samples in this time` : null;
        return (
          <Chip key={id} on={chosen.has(id)} onToggle={() => toggle(id)} {...(why === null ? {} : { title: why })}>
            {look === undefined || why !== null ? null : <Swatch {...look} />}<span className="max-w-56 min-w-0 truncate" title={why ?? name}>{name}</span>{why === null ? null : <span className="text-faint italic">no samples</span>}
          </Chip>
        );
      })}
      {all.length > IN_SIGHT ? <><span className="text-sm text-faint">{shown.length} of {counted(all.length, 'host')}</span><Button onClick={() => choose(true)}>Choose hosts</Button></> : null}
      {choosing ? <HostList all={all} chosen={chosen} toggle={toggle} onClose={() => choose(false)} /> : null}
    </div>
  );
}

function HostList({ all, chosen, toggle, onClose }: { all: readonly { id: string; name: string }[]; chosen: ReadonlySet<string>; toggle: (id: string) => void; onClose: () => void }): ReactElement {
  const [q, type] = useState('');
  const found = all.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(q.toLowerCase()));
  return (
    <Dialog title="Choose hosts" onClose={onClose} className="w-full max-w-md">
      <div className="grid gap-2 p-4">
        <SearchField label="Host" value={q} onChange={(event) => type(event.target.value)} />
        <ul className="grid max-h-96 overflow-y-auto">
          {found.map(({ id, name }) => (
            <li key={id}><label className="flex h-8 cursor-pointer items-center gap-2 rounded-sm px-1.5 hover:bg-hover"><input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} /><span className="min-w-0 truncate" title={name}>{name}</span></label></li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

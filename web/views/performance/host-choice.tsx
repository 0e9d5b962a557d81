/** Whose performance is charted: the hosts of a small fleet all in sight, of a large one those shown and a list of the rest. */
import { useState, type ReactElement } from 'react';
import { counted } from '../../format/figures.ts';
import { shown as fit } from '../../format/shown.ts';
import { toggled, type SetParams } from '../../state/address.ts';
import { useFleet } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SearchField } from '../../ui/field.tsx';
import { seriesVariable } from '../../charts/colours.ts';
import type { ChartedHost } from './metric-chart.tsx';
import { MOST_USUAL } from './usual-hosts.ts';

/** More are listed in a dialog. */
const IN_SIGHT = 16;

/** `chosen`: by the address; none: the usual ones are shown. */
export function HostChoice({ chosen, shown, setParams }: { chosen: ReadonlySet<string>; shown: readonly ChartedHost[]; setParams: SetParams }): ReactElement {
  const fleet = useFleet();
  const [choosing, choose] = useState(false);
  const all = [...fleet ?? []].map(([id, { state }]) => ({ id, name: fit(state.name) })).sort((a, b) => a.name.localeCompare(b.name));
  const gone = shown.filter(({ id }) => fleet?.has(id) !== true);
  const places = new Map(shown.map(({ id }, index) => [id, index]));
  const toggle = (id: string): void => setParams({ host: toggled(chosen, id) }, 'step');
  const listed = all.length <= IN_SIGHT ? all : all.filter(({ id }) => places.has(id));
  return (
    <div role="group" aria-label="Hosts" className="flex items-center gap-1.5 overflow-x-auto sm:flex-wrap">
      <Chip on={chosen.size === 0} onToggle={() => setParams({ host: null }, 'step')}>{all.length <= MOST_USUAL ? 'All hosts' : `First ${MOST_USUAL} hosts`}</Chip>
      {[...listed, ...gone].map(({ id, name }) => {
        const place = places.get(id);
        return (
          <Chip key={id} on={chosen.has(id)} onToggle={() => toggle(id)}>
            {shown.length > 1 && place !== undefined ? <span aria-hidden="true" className="h-0.5 w-3.5 rounded-full" style={{ background: seriesVariable(place) }} /> : null}<span className="max-w-56 min-w-0 truncate" title={name}>{name}</span>
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

/** The actors that run a host. */
import { useMemo, type ReactElement } from 'react';
import { Link } from 'wouter';
import { exitWords, type ActorStatus } from '../../../src/model/status.ts';
import { actorAddress } from '../../format/addresses.ts';
import { whole } from '../../format/figures.ts';
import { useActors } from '../../state/hooks.ts';
import { Section } from '../../ui/section.tsx';
import { Table, type TableColumn } from '../../ui/table.tsx';
import { Ago, For } from '../../ui/time.tsx';

const hostPath = (id: string): string => `drover/fleet/hosts/host:${id}`;

const COLUMNS: readonly TableColumn<ActorStatus>[] = [
  { id: 'name', name: 'Actor', cell: ({ name, path }) => <Link href={actorAddress(path)} title={path} className="font-medium hover:text-accent hover:underline">{name}</Link> },
  { id: 'state', name: 'State', cell: ({ state }) => state },
  { id: 'since', name: 'For', className: 'whitespace-nowrap', cell: ({ since }) => <For since={since} /> },
  { id: 'restarts', name: 'Restarts', right: true, cell: ({ restarts: { total } }) => <span className={total > 0 ? 'text-warn' : 'text-faint'}>{whole(total)}</span> },
  { id: 'exit', name: 'Last exit', className: 'max-w-56 truncate text-soft', cell: ({ lastExit }) => (lastExit === null ? <span className="text-faint">none</span> : <span title={exitWords(lastExit)}><Ago at={lastExit.at} />: {exitWords(lastExit)}</span>) },
];

export function HostActors({ id }: { id: string }): ReactElement {
  const actors = useActors();
  const path = hostPath(id);
  const mine = useMemo(() => Object.values(actors ?? {}).filter((one) => one.path === path || one.path.startsWith(`${path}/`)), [actors, path]);
  return (
    <Section title="Actors" flush actions={<Link href={actorAddress(path)} className="text-accent hover:underline">In the tree</Link>}>
      {mine.length > 0 ? <Table label="Actors" columns={COLUMNS} rows={mine} keyOf={({ path: key }) => key} />
        : <p className="p-4 text-soft">{actors === null ? 'Waiting for the actor tree …' : 'No actor runs for it: it is disabled, in quarantine, or on its way.'}</p>}
    </Section>
  );
}

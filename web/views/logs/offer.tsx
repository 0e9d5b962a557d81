/** Where to begin: the hosts whose log can be read. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { shown } from '../../format/shown.ts';
import { withQuery } from '../../state/api.ts';
import { useNames } from '../../state/names.ts';
import { LivenessMark } from '../../ui/liveness.tsx';
import { Empty } from '../../ui/notes.tsx';

const MOST = 24;

export function Offer({ fleet }: { fleet: ReadonlyMap<string, HeldHost> }): ReactElement {
  const names = useNames();
  if (fleet.size === 0) return <Empty title="No host yet"><Link href="/settings?add=1" className="font-medium text-accent underline">Add a host</Link></Empty>;
  const hosts = [...fleet].sort(([, a], [, b]) => a.state.name.localeCompare(b.state.name));
  return (
    <Empty title="Whose log?">
      <ul className="flex flex-wrap justify-center gap-2">
        {hosts.slice(0, MOST).map(([id, { state }]) => <li key={id} data-row className="max-w-full"><Link href={withQuery('/logs', { host: id })} title={shown(id)} className="inline-flex h-8 max-w-full items-center gap-1.5 rounded-md border border-edge bg-panel px-2.5 font-medium text-ink hover:bg-hover"><LivenessMark state={state.liveness.state} /><span className="max-w-72 min-w-0 truncate">{names.host(id)}</span></Link></li>)}
      </ul>
      <p className="mt-3">{fleet.size > MOST ? `and ${fleet.size - MOST} more under “Choose logs”, ` : 'Several at once, '}and a model’s own, under “Choose logs”.</p>
    </Empty>
  );
}

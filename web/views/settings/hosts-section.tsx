/** The hosts that Drover watches: added, tried, changed, put aside and removed. Those from the configuration may only be put aside. */
import { useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import type { HostConfig } from '../../../src/model/host/state.ts';
import { hostAddress, hostApi } from '../../format/addresses.ts';
import { useParams } from '../../state/address.ts';
import { api } from '../../state/api.ts';
import { useFleet } from '../../state/hooks.ts';
import { useQuery } from '../../state/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LivenessWord } from '../../ui/liveness.tsx';
import { Empty, Fault, Waiting } from '../../ui/notes.tsx';
import { HostForm } from './host-form.tsx';
import { Section } from '../../ui/section.tsx';

export function HostsSection(): ReactElement {
  const [params, setParams] = useParams();
  const fleet = useFleet();
  // The live fleet says that something has changed; what was configured is asked for again.
  const faces = [...(fleet ?? [])].map(([id, { state }]) => `${id} ${state.name} ${state.enabled} ${state.tags.join(' ')}`).join('\n');
  const hosts = useQuery<{ hosts: HostConfig[] }>('/api/hosts', faces);
  const [removing, setRemoving] = useState<HostConfig | null>(null);
  const [error, setError] = useState<unknown>(null);
  const list = hosts.data?.hosts ?? null;
  const edited = list?.find(({ id }) => id === params.get('edit'));
  const act = (work: Promise<unknown>): void => {
    setError(null);
    work.then(hosts.reload, setError);
  };
  return (
    <Section title="Hosts" actions={<Button look="solid" onClick={() => setParams({ add: '1' })}><Icon name="plus" />Add a host</Button>}>
      {error === null ? null : <div className="mb-3"><Fault error={error} /></div>}
      {hosts.error === null ? null : <Fault error={hosts.error} retry={hosts.reload} />}
      {list === null ? (hosts.error === null ? <Waiting what="the hosts" /> : null) : list.length === 0 ? <Empty title="No host yet">Add the address of a llama-swap.</Empty> : (
        <ul className="grid">
          {list.map((host) => {
            const { id, name, baseUrl, source, enabled, hasApiKey } = host;
            const liveness = fleet?.get(id)?.state.liveness.state;
            const declared = source === 'config';
            return (
              <li key={id} data-row data-host={id} className="grid gap-2 border-b border-line py-2 last:border-0 sm:grid-cols-[minmax(0,1.2fr)_minmax(0,2fr)_7rem_auto] sm:items-center">
                <div className="min-w-0"><Link href={hostAddress(id)} className="block truncate font-medium hover:text-accent hover:underline">{name}</Link><p className="truncate text-sm text-faint">{id}</p></div>
                <p className="min-w-0 text-sm"><span className="block truncate font-mono" title={baseUrl}>{baseUrl}</span><span className="text-faint">{declared ? 'from the configuration' : 'added here'}{hasApiKey ? ', with an API key' : ''}</span></p>
                <p>{liveness === undefined ? null : <LivenessWord state={liveness} />}</p>
                <p className="flex flex-wrap gap-2 sm:justify-end">
                  <Button aria-label={`${enabled ? 'Disable' : 'Enable'} ${name}`} onClick={() => act(api(hostApi(id), { method: 'PATCH', body: { enabled: !enabled } }))}>{enabled ? 'Disable' : 'Enable'}</Button>
                  {declared ? null : <><Button aria-label={`Edit ${name}`} onClick={() => setParams({ edit: id })}>Edit</Button><Button look="danger" aria-label={`Remove ${name}`} onClick={() => setRemoving(host)}>Remove</Button></>}
                </p>
              </li>
            );
          })}
        </ul>
      )}
      {params.has('add') ? <HostForm host={null} onClose={() => setParams({ add: null })} onDone={hosts.reload} /> : null}
      {edited === undefined || edited.source === 'config' ? null : <HostForm host={edited} onClose={() => setParams({ edit: null })} onDone={hosts.reload} />}
      {removing === null ? null : (
        <Confirm title={`Remove ${removing.name} (${removing.id})?`} action={`Remove ${removing.id}`} onClose={() => setRemoving(null)} onConfirm={() => { act(api(hostApi(removing.id), { method: 'DELETE' })); setRemoving(null); }}>
          Drover stops watching it. Its history stays, and the same id added again goes on with it.
        </Confirm>
      )}
    </Section>
  );
}

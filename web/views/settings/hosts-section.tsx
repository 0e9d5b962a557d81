/** The hosts that Drover watches: added, tried, changed, put aside and removed. Those from the configuration may only be put aside. */
import { useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import type { Liveness } from '../../../src/model/host/liveness.ts';
import type { HostConfig } from '../../../src/model/host/state.ts';
import { hostAddress, hostApi } from '../../format/addresses.ts';
import { UNKNOWN } from '../../format/figures.ts';
import { shown } from '../../format/shown.ts';
import { useParams } from '../../state/address.ts';
import { api } from '../../state/api.ts';
import { useFleet, useLine } from '../../state/hooks.ts';
import { useQuery } from '../../state/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LivenessWord } from '../../ui/liveness.tsx';
import { Empty, Fault, Waiting } from '../../ui/notes.tsx';
import { HostForm } from './host-form.tsx';
import { Section } from '../../ui/section.tsx';

/** What is known of a host while its configuration cannot be asked for: what the fleet held last. */
type KnownHost = Omit<HostConfig, 'baseUrl' | 'hasApiKey'> & { baseUrl: string | null; hasApiKey: boolean | null };

export function HostsSection(): ReactElement {
  const [params, setParams] = useParams();
  const fleet = useFleet();
  const { state: line } = useLine();
  // The live fleet says that something has changed; what was configured is asked for again.
  const faces = [...(fleet ?? [])].map(([id, { state }]) => `${id} ${state.name} ${state.enabled} ${state.tags.join(' ')}`).join('\n');
  const hosts = useQuery<{ hosts: HostConfig[] }>('/api/hosts', faces);
  const [asking, ask] = useState<{ of: KnownHost; about: 'disable' | 'remove' } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const configured = hosts.data?.hosts ?? null;
  const list: readonly KnownHost[] | null = configured ?? (hosts.error === null || fleet === null ? null
    : [...fleet].map(([id, { state: { name, tags, enabled, source } }]) => ({ id, name, tags, enabled, source, baseUrl: null, hasApiKey: null })));
  const away = line !== 'open';
  const edited = configured?.find(({ id }) => id === params.get('edit'));
  const act = (work: Promise<unknown>): void => {
    setError(null);
    work.then(mended, setError);
  };
  /** What failed before has been got over. */
  const mended = (): void => {
    setError(null);
    hosts.reload();
  };
  const enable = ({ id }: KnownHost, enabled: boolean): void => act(api(hostApi(id), { method: 'PATCH', body: { enabled } }));
  return (
    <Section title="Hosts" actions={<Button look="solid" disabled={away} onClick={() => setParams({ add: '1' }, 'step')}><Icon name="plus" />Add a host</Button>}>
      {error === null ? null : <div className="mb-3"><Fault error={error} onClose={() => setError(null)} /></div>}
      {hosts.error === null || (away && list !== null) ? null : <Fault error={hosts.error} retry={hosts.reload} />}
      {list === null ? (hosts.error === null ? <Waiting what="the hosts" /> : null) : list.length === 0 ? <Empty title="No host yet">Add the address of a llama-swap.</Empty> : (
        <ul data-stale={away} className={`grid gap-x-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_minmax(6rem,0.9fr)_14rem] ${away ? 'opacity-60 grayscale' : ''}`}>
          {list.map((host) => {
            const { id, name, baseUrl, source, enabled, hasApiKey } = host;
            const liveness = fleet?.get(id)?.state.liveness;
            const declared = source === 'config';
            return (
              <li key={id} data-row data-host={id} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-b border-line py-2 first:pt-0 last:border-0 last:pb-0 sm:col-span-full sm:grid-cols-subgrid sm:gap-y-0">
                <div className="min-w-0"><Link href={hostAddress(id)} className="block truncate font-medium hover:text-accent hover:underline">{shown(name)}</Link><p className="truncate text-sm text-faint">{id}</p></div>
                <p className="min-w-0 text-sm max-sm:order-1"><span className="block truncate font-mono" title={baseUrl ?? undefined}>{baseUrl ?? UNKNOWN}</span><span className="text-faint">{declared ? 'from the configuration' : 'added here'}{hasApiKey === true ? ', with an API key' : ''}</span></p>
                <Standing liveness={liveness} />
                <p className={`flex flex-wrap gap-2 max-sm:order-2 ${declared ? '' : 'max-sm:col-span-full'}`}>
                  <Button aria-label={`${enabled ? 'Disable' : 'Enable'} ${shown(name)}`} disabled={away} className="w-20" onClick={() => (enabled ? ask({ of: host, about: 'disable' }) : enable(host, true))}>{enabled ? 'Disable' : 'Enable'}</Button>
                  {declared ? null : <><Button aria-label={`Edit ${shown(name)}`} disabled={away} onClick={() => setParams({ edit: id }, 'step')}>Edit</Button><Button look="danger" aria-label={`Remove ${shown(name)}`} disabled={away} onClick={() => ask({ of: host, about: 'remove' })}>Remove</Button></>}
                </p>
              </li>
            );
          })}
        </ul>
      )}
      {params.has('add') ? <HostForm host={null} others={configured ?? []} onClose={() => setParams({ add: null })} onDone={mended} /> : null}
      {edited === undefined || edited.source === 'config' ? null : <HostForm host={edited} others={configured ?? []} onClose={() => setParams({ edit: null })} onDone={mended} />}
      {asking === null ? null : <Sure {...asking} onClose={() => ask(null)} onConfirm={() => {
        if (asking.about === 'disable') enable(asking.of, false);
        else act(api(hostApi(asking.of.id), { method: 'DELETE' }));
        ask(null);
      }} />}
    </Section>
  );
}

/** With the reason in as much of a line as there is, whole on hover. */
function Standing({ liveness }: { liveness: Liveness | undefined }): ReactElement {
  if (liveness === undefined) return <p />;
  const { state, reason } = liveness;
  const why = state === 'disabled' ? null : reason;
  return <p className="min-w-0" title={why?.text}><span className="block"><LivenessWord state={state} /></span>{why === null ? null : <span className="block max-w-40 truncate text-sm text-soft sm:max-w-none">{why.text}</span>}</p>;
}

function Sure({ of: { id, name }, about, onClose, onConfirm }: { of: KnownHost; about: 'disable' | 'remove'; onClose: () => void; onConfirm: () => void }): ReactElement {
  switch (about) {
    case 'disable': return (
      <Confirm title={`Disable ${shown(name)} (${id})?`} action={`Disable ${id}`} onClose={onClose} onConfirm={onConfirm}>
        Drover ends its connection and watches it no more until you enable it: no state, no requests, no figures. The host itself goes on serving. Enabled again, Drover reads what the host still remembers of the time between; what it has forgotten is a gap.
      </Confirm>
    );
    case 'remove': return (
      <Confirm title={`Remove ${shown(name)} (${id})?`} action={`Remove ${id}`} onClose={onClose} onConfirm={onConfirm}>
        Drover stops watching it. Its history stays, and the same id added again goes on with it.
      </Confirm>
    );
    default: return about satisfies never;
  }
}

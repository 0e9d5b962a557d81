/** Everything of one host. */
import { lazy, Suspense, useEffect, type ReactElement } from 'react';
import { Link, useParams, useSearch } from 'wouter';
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { shown } from '../../format/shown.ts';
import { withQuery } from '../../state/api.ts';
import { useFleet, useLine } from '../../state/hooks.ts';
import { useLatestRows } from '../../state/latest-rows.ts';
import { useNames } from '../../state/names.ts';
import { Empty, Waiting } from '../../ui/notes.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { RowsTable } from '../../ui/rows-table.tsx';
import { Section } from '../../ui/section.tsx';
import { HostActors } from './host-actors.tsx';
import { HostFacts, LivenessLine } from './host-facts.tsx';
import { HostGpus } from './host-gpus.tsx';
import { HostHistory } from './host-history.tsx';
import { HostInflight } from './host-inflight.tsx';
import { HostModels } from './host-models.tsx';

const ROWS = 25;
const HostLogs = lazy(async () => ({ default: (await import('./host-logs.tsx')).HostLogs }));
const HostCharts = lazy(async () => ({ default: (await import('../performance/host-charts.tsx')).HostCharts }));

export function HostView(): ReactElement {
  const { id } = useParams<{ id: string }>();
  const fleet = useFleet();
  const held = fleet?.get(id);
  if (fleet === null) return <><PageHead title={shown(id)} /><Waiting what="the host" /></>;
  if (held === undefined) return <UnknownHost id={id} />;
  return <Host key={id} id={id} held={held} />;
}

function Host({ id, held: { epoch, state } }: { id: string; held: HeldHost }): ReactElement {
  const { state: line } = useLine();
  const name = useNames().host(id);
  const latest = useLatestRows({ host: id }, ROWS);
  // The address may come to name a part of the page while it stands.
  const search = useSearch();
  useEffect(() => {
    if (location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [search]);
  return (
    <>
      <PageHead title={name} above={{ href: '/', name: 'Fleet' }} summary={<span className="wrap-anywhere text-faint">{name === id ? '' : <><bdi>{shown(id)}</bdi> </>}{state.tags.map((tag) => <Link key={tag} href={withQuery('/', { tag })} className="mr-1 hover:text-ink">#{shown(tag)}</Link>)}</span>}>
        <nav aria-label="Of this host" className="flex gap-4">
          <Link href={withQuery('/activity', { host: id })} className="text-accent hover:underline">Activity</Link>
          <Link href={withQuery('/performance', { host: id })} className="text-accent hover:underline">Performance</Link>
          <Link href={withQuery('/logs', { host: id })} className="text-accent hover:underline">Logs</Link>
        </nav>
      </PageHead>
      <div className={`grid gap-4 px-4 pb-6 ${line === 'open' ? '' : 'opacity-60 grayscale'}`} data-stale={line !== 'open'}>
        <LivenessLine state={state} />
        <HostFacts id={id} epoch={epoch} state={state} />
        <div className={`grid items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)] ${state.asOf === null ? '' : 'grayscale'}`} data-remembered={state.asOf !== null}>
          <HostModels models={state.models} rows={latest.rows} />
          <HostGpus gpus={state.gpus} />
        </div>
        <HostHistory id={id} state={state} />
        <Section title="Log" flush actions={<Link href={withQuery('/logs', { host: id })} className="text-accent hover:underline">All of its logs</Link>}>
          <Suspense fallback={<p role="status" className="h-66 p-4 text-soft">Loading the log …</p>}><HostLogs id={id} liveness={state.liveness.state} /></Suspense>
        </Section>
        <Section title="The last hour"><Suspense fallback={<p role="status" className="text-soft">Loading the charts …</p>}><HostCharts hostId={id} /></Suspense></Section>
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
          <Section title="Last requests" flush actions={<Link href={withQuery('/activity', { host: id })} className="text-accent hover:underline">All activity</Link>}><RowsTable of="host" latest={latest} /></Section>
          <div className="grid gap-4"><HostInflight inflight={state.inflight} /><HostActors id={id} /></div>
        </div>
      </div>
    </>
  );
}

/** What was stored of a removed host stays. */
function UnknownHost({ id }: { id: string }): ReactElement {
  return (
    <>
      <PageHead title={shown(id)} above={{ href: '/', name: 'Fleet' }} />
      <div className="grid gap-4 px-4 pb-6">
        <Empty title={`There is no host “${shown(id)}”`}>
          <p>It was removed, or never was. <Link href="/" className="text-accent underline">Go to the fleet</Link>, or see what is kept of it: its <Link href={withQuery('/activity', { host: id })} className="text-accent underline">activity</Link>, its <Link href={withQuery('/performance', { host: id })} className="text-accent underline">performance</Link>, and its history below.</p>
        </Empty>
        <HostHistory key={id} id={id} state={null} />
      </div>
    </>
  );
}

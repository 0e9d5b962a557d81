/** One model at all its hosts, side by side, and its last requests. */
import { Fragment, useMemo, type ReactElement } from 'react';
import { Link } from 'wouter';
import { useParams, usePathRest } from '../../state/address.ts';
import { withQuery } from '../../state/api.ts';
import { counted, whole } from '../../format/figures.ts';
import { rowNames } from '../../format/peer-key.ts';
import { shown } from '../../format/shown.ts';
import { useFleet, useLine } from '../../state/hooks.ts';
import { useLatestRows } from '../../state/latest-rows.ts';
import { useNames } from '../../state/names.ts';
import { speedOf } from '../../state/speed-book.ts';
import { useSpeeds } from '../../state/speeds.ts';
import { isLoaded } from '../../ui/model-word.ts';
import { Empty, Waiting } from '../../ui/notes.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { RowsTable } from '../../ui/rows-table.tsx';
import { Section } from '../../ui/section.tsx';
import { Table } from '../../ui/table.tsx';
import { COLUMNS, type HostOfModel } from './model-columns.tsx';

const ROWS = 50;
const MATRIX = { href: '/matrix', name: 'Matrix' };

export function ModelView(): ReactElement {
  const id = usePathRest('/models/');
  return <Model key={id} id={id} />;
}

function Model({ id }: { id: string }): ReactElement {
  const fleet = useFleet();
  const { state: line } = useLine();
  const [params, setParams] = useParams();
  const names = useNames();
  const keys = useMemo(() => names.keysOf(id), [names, id]);
  const latest = useLatestRows({ models: keys }, ROWS);
  const { byHost } = useSpeeds({ models: keys });
  const hosts = useMemo(() => {
    const all = [...(fleet ?? [])].flatMap(([hostId, { state }]) => keys.flatMap((key): HostOfModel[] => {
      const model = Object.hasOwn(state.models, key) ? state.models[key] : undefined;
      return model === undefined ? [] : [{ id: hostId, as: key === id ? null : key, state, model, speed: speedOf(byHost.get(hostId), rowNames(key, state.models)) ?? null, fastest: 0 }];
    }));
    const fastest = Math.max(0, ...all.map(({ speed }) => speed?.tokens ?? 0));
    return all.map((one) => ({ ...one, fastest }));
  }, [fleet, byHost, id, keys]);
  const [first] = hosts;
  const title = names.model(id);

  if (fleet === null) return <><PageHead title={shown(id)} above={MATRIX} /><Waiting what="the fleet" /></>;
  const inflight = hosts.reduce<number | null>((sum, { model }) => (model.inflight === null ? sum : (sum ?? 0) + model.inflight), null);
  return (
    <>
      <PageHead title={title} above={MATRIX} summary={title === shown(id) ? undefined : <code className="font-mono text-sm wrap-anywhere" title="the model's key, by which it is asked for">{shown(id)}</code>}>
        <nav aria-label="Of this model" className="flex gap-4">
          <Link href={withQuery('/activity', { model: keys })} className="text-accent hover:underline">Activity</Link>
          <Link href={withQuery('/matrix', { model: id })} className="text-accent hover:underline">In the matrix</Link>
        </nav>
      </PageHead>
      <div className={`grid gap-4 px-4 pb-6 ${line === 'open' ? '' : 'opacity-60 grayscale'}`} data-stale={line !== 'open'}>
        {first === undefined ? null : (
          <p className="wrap-anywhere text-soft">
            {[
              first.model.description, `loaded at ${hosts.filter(({ model }) => isLoaded(model)).length} of ${counted(hosts.length, 'host')}`,
              inflight === null ? '' : `${whole(inflight)} in flight`, otherNames(id, keys, hosts),
            ].filter((part) => part !== '').map((part, at) => <Fragment key={part}>{at === 0 ? '' : ' · '}<bdi>{shown(part)}</bdi></Fragment>)}
          </p>
        )}
        {first === undefined && latest.rows.length === 0 ? latest.loading ? <Waiting what="its requests" /> : (
          <Empty title={`No host has a model “${shown(id)}”`}><Link href="/matrix" className="text-accent underline">See which models there are</Link></Empty>
        ) : (
          <>
            <Section title="Hosts" flush actions={<span className="text-sm text-faint">speeds: medians of the last requests</span>}>
              {hosts.length === 0 ? <p className="p-4 text-soft">No host has it now; it was here once.</p> : (
                <Table
                  label="Hosts" columns={COLUMNS} rows={hosts} keyOf={(host) => (host.as === null ? host.id : `${host.id} ${host.as}`)}
                  order={{ sort: params.get('sort') ?? 'host', descending: params.get('order') === 'desc', onSort: (sort, descending) => setParams({ sort: sort === 'host' ? null : sort, order: descending ? 'desc' : null }) }}
                />
              )}
            </Section>
            <Section title="Last requests" flush actions={<Link href={withQuery('/activity', { model: keys })} className="text-accent hover:underline">All activity</Link>}><RowsTable of="model" latest={latest} /></Section>
          </>
        )}
      </div>
    </>
  );
}

function otherNames(id: string, keys: readonly string[], hosts: readonly HostOfModel[]): string {
  const others = new Set([...keys, ...hosts.flatMap(({ model }) => model.aliases)].filter((name) => name !== id));
  return others.size === 0 ? '' : `also known as ${[...others].join(', ')}`;
}

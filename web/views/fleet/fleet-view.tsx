/** All hosts at a glance: who is there, what runs, what is wrong. */
import { memo, useMemo, type CSSProperties, type ReactElement } from 'react';
import { Link } from 'wouter';
import { useChosen, useParams, type SetParams } from '../../state/address.ts';
import { counted } from '../../format/figures.ts';
import { useFleet, useLine, usePreferences } from '../../state/hooks.ts';
import { prefer, type Preferences } from '../../state/preferences.ts';
import { Button } from '../../ui/button.tsx';
import { SearchField, Segments } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty, Waiting } from '../../ui/notes.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useNarrow, usePhone } from '../../ui/use-phone.ts';
import { Cards } from './cards.tsx';
import { COLUMNS, type Column } from './columns.tsx';
import { ColumnChoice } from './column-choice.tsx';
import { passes, SORTS, sorted, type FleetSort, type HostEntry } from './fleet-filter.ts';
import { FleetChips } from './fleet-chips.tsx';
import { useUnsteady } from './use-unsteady.ts';

const LAYOUTS = [{ value: 'table', label: 'Table', icon: <Icon name="table" /> }, { value: 'cards', label: 'Cards', icon: <Icon name="cards" /> }] as const;

/** No filter. */
const ALL = { state: null, tag: null, unsteady: null, q: null };

export function FleetView(): ReactElement {
  const fleet = useFleet();
  const { state: line } = useLine();
  const { fleetLayout, hiddenColumns } = usePreferences();
  const phone = usePhone();
  const narrow = useNarrow();
  const unsteady = useUnsteady();
  const [params, setParams] = useParams();
  const states = useChosen(params, 'state');
  const tags = useChosen(params, 'tag');
  const only = params.has('unsteady');
  const q = params.get('q') ?? '';
  const sort = SORTS.find((one) => one === params.get('sort')) ?? 'name';
  const descending = params.get('order') === 'desc';
  const layout = LAYOUTS.find(({ value }) => value === params.get('layout'))?.value ?? (narrow ? 'cards' : fleetLayout);

  const all = useMemo(() => [...(fleet ?? [])].map(([id, held]): HostEntry => ({ id, held, unsteady: unsteady?.get(id) ?? null })), [fleet, unsteady]);
  const found = useMemo(() => sorted(all.filter((entry) => passes(entry, { q, states, tags, unsteady: only })), sort, descending), [all, q, states, tags, only, sort, descending]);
  const columns = useMemo(() => COLUMNS.filter(({ id }) => id === 'name' || !hiddenColumns.includes(id)), [hiddenColumns]);
  const choose = (fleetLayout: Preferences['fleetLayout']): void => {
    prefer({ fleetLayout });
    setParams({ layout: fleetLayout }, 'step');
  };

  if (fleet === null) return <><PageHead title="Fleet" /><Waiting what="the fleet" /></>;
  return (
    <>
      <PageHead title="Fleet" summary={counted(all.length, 'host')}>
        <SearchField label="Host, model, tag" value={q} onChange={(event) => setParams({ q: event.target.value })} className="min-w-0 grow sm:w-56 sm:grow-0" />
        {phone ? null : (
          <>
            <Link href="/matrix?show=multiples" className="inline-flex h-8 items-center gap-1.5 px-1 text-accent hover:underline"><Icon name="performance" />One metric</Link>
            <Segments label="Layout" value={layout} onChange={choose} options={LAYOUTS} />
            {layout === 'table' ? <ColumnChoice /> : null}
          </>
        )}
      </PageHead>
      <div className={`flex items-center gap-1.5 px-4 pb-3 max-sm:overflow-x-auto sm:flex-wrap ${line === 'open' ? '' : 'opacity-60 grayscale'}`} role="group" aria-label="Filters">
        <FleetChips hosts={all} steadyKnown={unsteady !== null} states={states} tags={tags} only={only} setParams={setParams} />
        {states.size + tags.size > 0 || only || q !== '' ? <Button look="quiet" onClick={() => setParams(ALL, 'step')}>Show all</Button> : null}
      </div>
      <div className={`px-4 pb-6 ${line === 'open' ? '' : 'opacity-60 grayscale'}`} data-stale={line !== 'open'}>
        {all.length === 0 ? <NoHosts /> : found.length === 0 ? <Empty title="No host passes these filters"><Button onClick={() => setParams(ALL, 'step')}>Show all</Button></Empty>
          : phone || layout === 'cards' ? <Cards hosts={found} /> : <Table hosts={found} columns={columns} sort={sort} descending={descending} setParams={setParams} />}
      </div>
    </>
  );
}

function Table({ hosts, columns, sort, descending, setParams }: { hosts: HostEntry[]; columns: Column[]; sort: FleetSort; descending: boolean; setParams: SetParams }): ReactElement {
  const template = { '--columns': columns.map(({ width }) => width).join(' ') } as CSSProperties;
  return (
    <div role="table" aria-label="Hosts" className="panel overflow-x-auto" style={template}>
      <div role="row" className="grid grid-cols-(--columns) gap-x-3 xl:gap-x-4 border-b border-line px-3 text-sm text-soft">
        {columns.map(({ id, name, title, right = false, className = '' }) => {
          const here = id === sort;
          return (
            <div key={id} role="columnheader" aria-sort={here ? (descending ? 'descending' : 'ascending') : 'none'} className={`${right ? 'text-end' : ''} ${className}`}>
              <button type="button" title={title} className={`inline-flex h-8 items-center gap-1 hover:text-ink ${here ? 'font-medium text-ink' : ''}`} onClick={() => setParams({ sort: id === 'name' ? null : id, order: here && !descending ? 'desc' : null })}>
                {name}{here ? <Icon name={descending ? 'down' : 'up'} className="size-3" /> : null}
              </button>
            </div>
          );
        })}
      </div>
      {hosts.map((entry) => <Row key={entry.id} {...entry} columns={columns} />)}
    </div>
  );
}

/** Drawn again when its host has changed; those out of sight are not laid out. */
const Row = memo(function Row({ id, held, unsteady, columns }: HostEntry & { columns: Column[] }): ReactElement {
  return (
    <div role="row" data-row data-host={id} data-liveness={held.state.liveness.state} className="grid grid-cols-(--columns) min-h-14 items-center gap-x-3 xl:gap-x-4 border-b border-line px-3 py-1.5 [contain-intrinsic-size:auto_3.5rem] [content-visibility:auto] last:border-0 hover:bg-hover focus-within:bg-hover">
      {columns.map(({ id: column, right = false, className = '', cell }) => <div key={column} role="cell" className={`min-w-0 ${right ? 'figure' : ''} ${className} ${held.state.asOf === null || column === 'liveness' ? '' : 'grayscale'}`}>{cell({ id, held, unsteady })}</div>)}
    </div>
  );
});

function NoHosts(): ReactElement {
  return (
    <Empty title="No host yet">
      <p><Link href="/settings?add=1" className="font-medium text-accent underline">Add a host here</Link>, or name your llama-swap hosts when Drover starts:</p>
      <pre className="my-2 overflow-x-auto rounded-md border border-line bg-ground p-2 text-start font-mono text-sm">DROVER_HOSTS=gpu1=http://192.168.1.20:8080 npm start</pre>
    </Empty>
  );
}

/** All models of a host, those that are not listed too. */
import { useMemo, type ReactElement } from 'react';
import { Link } from 'wouter';
import type { HostState, ModelState } from '../../../src/model/host/state.ts';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { modelAddress } from '../../format/addresses.ts';
import { counted, span, UNKNOWN, whole } from '../../format/figures.ts';
import { failureOf } from '../../format/failure.ts';
import { rowNames } from '../../format/peer-key.ts';
import { shown } from '../../format/shown.ts';
import { useParams } from '../../state/address.ts';
import { useNames } from '../../state/names.ts';
import { isLoaded, modelWord } from '../../ui/model-word.ts';
import { LastFailed, ModelStateWord, Unloads } from '../../ui/model-state.tsx';
import { Section } from '../../ui/section.tsx';
import { Table, type TableColumn } from '../../ui/table.tsx';
import { Ago } from '../../ui/time.tsx';

interface Entry { id: string; model: ModelState; failure: string | null }

const ORDER = ['ready', 'starting', 'waiting', 'stopping', 'shutdown', 'stopped'];
const rank = ({ id, model }: Entry): string => `${String(ORDER.indexOf(modelWord(model)) + 1 || ORDER.length + 1)} ${id}`;

const COLUMNS: readonly TableColumn<Entry>[] = [
  { id: 'model', name: 'Model', by: ({ id }) => id.toLowerCase(), cell: (entry) => <ModelName {...entry} /> },
  { id: 'state', name: 'State', by: rank, className: 'whitespace-nowrap', cell: ({ model, failure }) => <><ModelStateWord model={model} /><LastFailed model={model} failure={failure} /></> },
  { id: 'unloads', name: 'Unloads', by: ({ model: { unloadAt } }) => unloadAt, className: 'whitespace-nowrap max-sm:hidden', cell: ({ model }) => <Unloads model={model} /> },
  { id: 'inflight', name: 'In flight', right: true, className: 'max-sm:pr-4', by: ({ model: { inflight } }) => inflight, cell: ({ model: { inflight } }) => whole(inflight) },
  { id: 'ttl', name: 'TTL', right: true, className: 'max-sm:hidden', by: ({ model: { ttlS } }) => ttlS, cell: ({ model: { ttlS } }) => (ttlS === null ? UNKNOWN : ttlS <= 0 ? 'stays' : span(ttlS * 1_000)) },
  { id: 'context', name: 'Context', right: true, className: 'max-sm:hidden', by: ({ model: { contextLength } }) => contextLength, cell: ({ model: { contextLength } }) => <span title="tokens">{whole(contextLength)}</span> },
  { id: 'since', name: 'Ready', right: true, className: 'max-sm:hidden', by: ({ model: { readySince } }) => readySince, cell: ({ model: { readySince } }) => <Ago at={readySince} /> },
];

/** `rows`: its newest requests, newest first. */
export function HostModels({ models, rows }: Pick<HostState, 'models'> & { rows: readonly ActivityRow[] }): ReactElement {
  const [params, setParams] = useParams();
  const entries = useMemo(() => Object.entries(models).map(([id, model]): Entry => {
    const called = rowNames(id, models);
    const last = rows.find((row) => called.includes(row.model));
    return { id, model, failure: last === undefined ? null : failureOf(last) };
  }), [models, rows]);
  const up = entries.filter(({ model }) => isLoaded(model)).length;
  return (
    <Section title="Models" flush actions={<span className="text-soft">{up} of {counted(entries.length, 'model')} loaded</span>}>
      {entries.length === 0 ? <p className="p-4 text-soft">The host has named no model yet. Its configuration lists them; a live host names them within a moment.</p> : (
        <Table
          label="Models" columns={COLUMNS} rows={entries} keyOf={({ id }) => id}
          order={{ sort: params.get('sort') ?? 'state', descending: params.get('order') === 'desc', onSort: (sort, descending) => setParams({ sort: sort === 'state' ? null : sort, order: descending ? 'desc' : null }) }}
        />
      )}
    </Section>
  );
}

function ModelName({ id, model: { name, aliases, peerId, unlisted, description } }: Entry): ReactElement {
  const [called, key] = [useNames().model(id), shown(id)];
  const said = [called === key ? '' : key, name === '' || shown(name) === called || shown(name) === key ? '' : `named ${name}`, aliases.length === 0 ? '' : `also ${aliases.join(', ')}`, peerId === null ? '' : `at its peer ${peerId}`, unlisted ? 'not listed' : ''];
  return (
    <div className="min-w-0 max-w-80 max-sm:max-w-44">
      <Link href={modelAddress(id)} className="block truncate font-medium hover:text-accent hover:underline" title={shown(description === '' ? id : `${id}: ${description}`)}>{called}</Link>
      <p className="truncate text-sm text-faint">
        {shown(said.filter((part) => part !== '').join(' · '))}
      </p>
    </div>
  );
}

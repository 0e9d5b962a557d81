/** What is asked for: chosen here, kept in the address. */
import { useState, type ReactElement } from 'react';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { timeOfMs } from '../../../src/model/time.ts';
import type { SetParams } from '../../state/address.ts';
import { connection } from '../../state/connection.ts';
import { useZone } from '../../state/hooks.ts';
import { useNames, type Names } from '../../state/names.ts';
import { shown } from '../../format/shown.ts';
import { absolute, type Offset } from '../../format/times.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Choice } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { FILTER_NAMES, filtersAnything, SPANS, SPAN_NAMES, type Criteria, type Span } from './criteria.ts';
import { Search } from './search.tsx';
import { knownOf, type Called } from './suggestions.ts';

const CUSTOM_MS = 86_400_000;
const ERRORS = ['4xx', '5xx'] as const;

/** `rows`: those on hand. */
export function Filters({ criteria, setParams, rows }: { criteria: Criteria; setParams: SetParams; rows: () => readonly ActivityRow[] }): ReactElement {
  const names = useNames();
  const [{ hosts, models }, set] = useState(() => fleetNames(names));
  const look = (): void => set(fleetNames(names));
  const turn = { onFocus: look, onPointerEnter: look };
  const { hosts: chosenHosts, models: chosenModels, statuses, path, from, to, last } = criteria;
  const given = { host: chosenHosts, model: chosenModels, status: statuses, path: path === null ? [] : [path] };
  const add = (name: keyof typeof given, value: string): void => {
    if (!given[name].includes(value)) setParams({ [name]: name === 'path' ? value : [...new Set([...given[name], ...name === 'model' ? names.keysOf(value) : [value]])] }, 'step');
  };
  const range = last ?? (from !== null || to !== null ? 'custom' : 'all');
  return (
    <div role="group" aria-label="Filters" className="flex shrink-0 flex-wrap items-center gap-1.5 px-4 pb-3">
      <Search onChoose={add} look={() => {
        const known = fleetNames(names);
        return knownOf(known.hosts, known.models, rows());
      }} />
      <Adder label="Host" names={hosts} chosen={chosenHosts} turn={turn} onAdd={(host) => add('host', host)} />
      <Adder label="Model" names={models} chosen={chosenModels} turn={turn} onAdd={(model) => add('model', model)} />
      <Choice label="Time" className="w-40" value={range} onChange={({ target: { value } }) => {
        if (value === 'custom') setParams({ last: null, from: timeOfMs(Date.now() - CUSTOM_MS), to: null }, 'step');
        else setParams({ last: value === 'all' ? null : value, from: null, to: null }, 'step');
      }}>
        <option value="all">all of the time</option>
        {(Object.keys(SPANS) as Span[]).map((span) => <option key={span} value={span}>{SPAN_NAMES[span]}</option>)}
        <option value="custom">from … to …</option>
      </Choice>
      {range === 'custom' ? (
        <>
          <Moment label="From" value={from} onChange={(value) => setParams({ from: value }, 'step')} />
          <Moment label="To" value={to} onChange={(value) => setParams({ to: value }, 'step')} />
        </>
      ) : null}
      {ERRORS.filter((status) => !statuses.includes(status)).map((status) => <Chip key={status} on={false} onToggle={() => add('status', status)}>{status}</Chip>)}
      {(Object.keys(given) as (keyof typeof given)[]).flatMap((name) => given[name].map((value) => (
        <Chip key={`${name} ${value}`} on title={shown(`Take away the filter ${name} ${value}`)} onToggle={() => setParams({ [name]: given[name].filter((one) => one !== value) }, 'step')}>
          <span className="text-soft">{name}</span><span className="max-w-72 truncate">{name === 'host' ? names.host(value) : name === 'model' ? names.model(value) : shown(value)}</span><Icon name="close" className="size-3" />
        </Chip>
      )))}
      {filtersAnything(criteria) ? <Button look="quiet" onClick={() => setParams(NO_FILTERS, 'step')}>Show all</Button> : null}
    </div>
  );
}

export const NO_FILTERS: Readonly<Record<string, null>> = Object.fromEntries(FILTER_NAMES.map((name) => [name, null]));

function Adder({ label, names, chosen, turn, onAdd }: { label: string; names: readonly Called[]; chosen: readonly string[]; turn: { onFocus: () => void; onPointerEnter: () => void }; onAdd: (name: string) => void }): ReactElement {
  const free = names.filter(({ id }) => !chosen.includes(id));
  return (
    <Choice label={label} className="w-28" value="" {...turn} onChange={({ target }) => onAdd(target.value)}>
      <option value="">{label} …</option>
      {free.map(({ id, name }) => <option key={id} value={id} title={shown(id)}>{names.some((other) => other.name === name && other.id !== id) ? `${name} (${shown(id)})` : name}</option>)}
    </Choice>
  );
}

/** A time in the chosen zone; in the address it is UTC. */
function Moment({ label, value, onChange }: { label: string; value: string | null; onChange: (value: string | null) => void }): ReactElement {
  const offset = useZone();
  const ms = value === null ? Number.NaN : Date.parse(value);
  return (
    <label className="flex items-center gap-1.5 text-sm text-soft">
      {label}
      <input
        type="datetime-local" step="1" className="h-8 rounded-md border border-edge bg-panel px-2 text-ink" defaultValue={Number.isNaN(ms) ? '' : absolute(ms, offset).slice(0, 19).replace(' ', 'T')}
        onBlur={({ target }) => onChange(instant(target.value, offset))} onKeyDown={({ key, currentTarget }) => {
          if (key === 'Enter') onChange(instant(currentTarget.value, offset));
        }}
      />
    </label>
  );
}

function instant(text: string, offset: Offset): string | null {
  const ms = text === '' ? Number.NaN : offset === null ? Date.parse(text) : Date.parse(`${text}Z`) - offset * 60_000;
  return Number.isNaN(ms) ? null : timeOfMs(ms);
}

/** Hosts and models of the fleet as they are when somebody turns to a field: it changes many times a second, the names hardly ever. */
function fleetNames(names: Names): { hosts: readonly Called[]; models: readonly Called[] } {
  const { hosts } = connection.getSnapshot().context.client.fleet;
  const called = (ids: Iterable<string>, name: (id: string) => string): Called[] => [...new Set(ids)].map((id) => ({ id, name: name(id) })).sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  return { hosts: called(hosts.keys(), names.host), models: called([...hosts.values()].flatMap(({ state }) => Object.keys(state.models)), names.model) };
}

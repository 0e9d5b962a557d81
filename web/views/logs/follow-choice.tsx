/** Which logs to follow: hosts, and below a chosen one its models. */
import { useState, type ReactElement } from 'react';
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { shown } from '../../format/shown.ts';
import { toggled } from '../../state/address.ts';
import { useNames } from '../../state/names.ts';
import { DropDown } from '../../ui/drop-down.tsx';
import { LivenessMark } from '../../ui/liveness.tsx';
import { modelName } from './log-choice.ts';

const MOST = 60;

export interface FollowChoiceProps { fleet: ReadonlyMap<string, HeldHost>; hosts: ReadonlySet<string>; models: ReadonlySet<string>; onChange: (change: { host?: string[]; model?: string[] }) => void }

export function FollowChoice({ fleet, hosts, models, onChange }: FollowChoiceProps): ReactElement {
  const [q, setQ] = useState('');
  const names = useNames();
  const rows = choices(fleet, hosts, models, q.toLowerCase());
  return (
    <DropDown label="Choose logs" icon="logs" className="w-80">
      <input type="search" aria-label="Host or model" placeholder="Host or model" value={q} onChange={({ target }) => setQ(target.value)} className="mb-1 h-8 rounded-md border border-edge bg-panel px-2" />
      <fieldset className="grid max-h-96 min-w-0 grid-cols-[minmax(0,1fr)] gap-0.5 overflow-y-auto">
        <legend className="sr-only">Logs</legend>
        {rows.slice(0, MOST).map(({ host, model, held }) => {
          const chosen = model === null ? hosts.has(host) : models.has(modelName(host, model));
          return (
            <label key={`${host}/${model ?? ''}`} className={`flex h-7 shrink-0 cursor-pointer items-center gap-2 rounded-sm px-1.5 hover:bg-hover ${model === null ? '' : 'pl-7 text-soft'}`}>
              <input type="checkbox" checked={chosen} onChange={() => onChange(model === null ? { host: toggled(hosts, host) } : { model: toggled(models, modelName(host, model)) })} />
              {model === null ? <><LivenessMark state={held.state.liveness.state} /><span className="truncate" title={shown(host)}>{names.host(host)}</span></> : <span className="truncate" title={shown(`the own log of ${model}`)}>{names.model(model)}</span>}
            </label>
          );
        })}
        {rows.length > MOST ? <p className="px-1.5 py-1 text-sm text-faint">and {rows.length - MOST} more: search for them</p> : null}
        {rows.length === 0 ? <p className="px-1.5 py-1 text-sm text-faint">No host and no model is called so.</p> : null}
      </fieldset>
    </DropDown>
  );
}

interface ChoiceRow { host: string; model: string | null; held: HeldHost }

const nameOf = ({ state: { models } }: HeldHost, key: string): string => models[key]?.name || key;

/** Every host, and the models of those that are followed; with a search, what is called so. A peer's model has its log at the peer. */
function choices(fleet: ReadonlyMap<string, HeldHost>, hosts: ReadonlySet<string>, models: ReadonlySet<string>, q: string): ChoiceRow[] {
  const followed = new Set([...hosts, ...[...models].map((name) => name.slice(0, Math.max(0, name.indexOf('/'))))]);
  const rows: ChoiceRow[] = [];
  for (const [host, held] of [...fleet].sort((a, b) => a[1].state.name.localeCompare(b[1].state.name))) {
    const called = `${host} ${held.state.name}`.toLowerCase().includes(q);
    const own = Object.entries(held.state.models).filter(([key, { peerId }]) => peerId === null && (q === '' ? followed.has(host) : `${key} ${nameOf(held, key)}`.toLowerCase().includes(q) || (called && followed.has(host))));
    if (!called && own.length === 0) continue;
    rows.push({ host, model: null, held }, ...own.map(([model]): ChoiceRow => ({ host, model, held })));
  }
  return rows;
}

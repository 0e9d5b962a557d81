/** What a model is at one host. */
import type { ReactElement } from 'react';
import type { HostState, ModelState } from '../../../src/model/host/state.ts';
import { shown } from '../../format/shown.ts';
import { counted, rounded, whole } from '../../format/figures.ts';
import { speedWords, type Speed } from '../../state/speed-book.ts';
import { HostLink } from '../../ui/links.tsx';
import { LivenessWord } from '../../ui/liveness.tsx';
import { Bar } from '../../ui/meter.tsx';
import { LastFailed, ModelStateWord, Unloads } from '../../ui/model-state.tsx';
import { modelWord } from '../../ui/model-word.ts';
import type { TableColumn } from '../../ui/table.tsx';
import { Ago } from '../../ui/time.tsx';

/** `as`: its key there, where that is another than the page's. `speed` null: no request of it was seen there. `fastest`: the most tokens a second at any host. */
export interface HostOfModel { id: string; as: string | null; state: HostState; model: ModelState; speed: Speed | null; fastest: number }

export const COLUMNS: readonly TableColumn<HostOfModel>[] = [
  { id: 'host', name: 'Host', className: 'max-w-56 max-sm:max-w-28', by: ({ state }) => state.name.toLowerCase(), cell: ({ id, as }) => <><HostLink id={id} className="block truncate font-medium hover:text-accent hover:underline" />{as === null ? null : <p className="truncate text-sm text-faint" title={`here it is asked for as ${shown(as)}`}>as <bdi>{shown(as)}</bdi></p>}</> },
  { id: 'liveness', name: 'Liveness', className: 'max-sm:hidden', by: ({ state }) => state.liveness.state, cell: ({ state }) => <span title={state.liveness.reason?.text}><LivenessWord state={state.liveness.state} /></span> },
  { id: 'state', name: 'State', by: ({ model }) => modelWord(model), cell: ({ model, state, speed }) => <span className={state.asOf === null ? '' : 'grayscale'} title={state.asOf === null ? undefined : 'remembered: the host is not live'}><ModelStateWord model={model} /><LastFailed model={model} failure={speed?.failure ?? null} /></span> },
  { id: 'unloads', name: 'Unloads', className: 'max-sm:hidden', by: ({ model }) => model.unloadAt, cell: ({ model }) => <Unloads model={model} /> },
  { id: 'inflight', name: 'In flight', right: true, by: ({ model }) => model.inflight, cell: ({ model }) => whole(model.inflight) },
  {
    id: 'tokens', name: 'Tokens/s', right: true, by: ({ speed }) => speed?.tokens ?? null,
    cell: ({ speed, fastest }) => (
      <span className="inline-flex items-baseline justify-end gap-2">
        {(speed?.tokens ?? null) === null ? null : <span className="w-16 self-center max-sm:hidden" aria-hidden="true"><Bar value={speed?.tokens ?? null} max={fastest} label="beside the fastest" className="h-1 w-full" /></span>}
        <span className="min-w-10"><Rate value={speed?.tokens} speed={speed} what="output" /></span>
      </span>
    ),
  },
  { id: 'newest', name: 'Newest tok/s', right: true, className: 'max-sm:hidden', by: ({ speed }) => speed?.newest ?? null, cell: ({ speed }) => <span title="output tokens a second of the newest request that tells it">{rounded(speed?.newest)}</span> },
  { id: 'prompt', name: 'Prompt/s', right: true, className: 'max-sm:hidden', by: ({ speed }) => speed?.prompt ?? null, cell: ({ speed }) => <Rate value={speed?.prompt} speed={speed} what="prompt" /> },
  { id: 'last', name: 'Last used', right: true, className: 'max-sm:hidden', by: ({ speed }) => speed?.lastAt ?? null, cell: ({ id, speed }) => <Ago at={speed?.lastAt ?? null} host={id} /> },
  { id: 'context', name: 'Context', right: true, className: 'max-sm:hidden', by: ({ model }) => model.contextLength, cell: ({ model }) => <span title="tokens">{whole(model.contextLength)}</span> },
];

function Rate({ value, speed, what }: { value: number | null | undefined; speed: Speed | null; what: string }): ReactElement {
  return <span title={speedWords(speed, ({ rows }) => `median of ${what} tokens a second over the last ${counted(rows, 'request')}`)}>{rounded(value)}</span>;
}

/** What a host works on now, oldest first. */
import { useMemo, type ReactElement } from 'react';
import type { HostState, InflightRequest } from '../../../src/model/host/state.ts';
import { bytes, counted, UNKNOWN, whole } from '../../format/figures.ts';
import { shown } from '../../format/shown.ts';
import { ModelLink } from '../../ui/links.tsx';
import { Section } from '../../ui/section.tsx';
import { Table, type TableColumn } from '../../ui/table.tsx';
import { For } from '../../ui/time.tsx';

interface Entry { id: string; request: InflightRequest }

const COLUMNS: readonly TableColumn<Entry>[] = [
  { id: 'age', name: 'For', className: 'whitespace-nowrap', cell: ({ request: { startedAt } }) => <For since={startedAt} /> },
  { id: 'model', name: 'Model', className: 'max-w-36 truncate max-sm:max-w-24', cell: ({ request: { model } }) => <ModelLink id={model} /> },
  { id: 'path', name: 'Request', className: 'max-w-36 truncate text-soft max-sm:max-w-24', cell: ({ request: { method, path, remoteIp } }) => <span title={shown(`${method} ${path}${remoteIp === null ? '' : `, from ${remoteIp}`}`)}>{shown(`${method} ${path}`)}</span> },
  { id: 'bytes', name: 'Answered', right: true, cell: ({ request: { respBytes } }) => bytes(respBytes) },
  { id: 'remote', name: 'From', right: true, className: 'hidden text-soft 2xl:table-cell', cell: ({ request: { remoteIp } }) => remoteIp ?? UNKNOWN },
];

export function HostInflight({ inflight: { total, requests } }: Pick<HostState, 'inflight'>): ReactElement {
  const entries = useMemo(() => Object.entries(requests).map(([id, request]): Entry => ({ id, request })).sort((a, b) => (a.request.startedAt < b.request.startedAt ? -1 : 1)), [requests]);
  return (
    <Section title="In flight" flush actions={<span className="text-soft">{total === null ? UNKNOWN : counted(total, 'request')}</span>}>
      {entries.length > 0 ? <Table label="In flight" columns={COLUMNS} rows={entries} keyOf={({ id }) => id} />
        : <p className="p-4 text-soft">{total === null ? 'What is in flight is not known now.' : total === 0 ? 'Nothing is in flight.' : `${whole(total)} in flight; this release of llama-swap does not list them one by one.`}</p>}
    </Section>
  );
}

/** The last requests of a host or a model. */
import type { ReactElement } from 'react';
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { duration, rounded, whole, UNKNOWN } from '../format/figures.ts';
import { outputRate } from '../format/rates.ts';
import { shown } from '../format/shown.ts';
import type { LatestRows } from '../state/latest-rows.ts';
import { rowKey } from '../state/rows.ts';
import { HistoryFault } from './history-fault.tsx';
import { HostLink, ModelLink } from './links.tsx';
import { statusColour } from './status-colour.ts';
import { Table, type TableColumn } from './table.tsx';
import { Ago } from './time.tsx';

const TIME: TableColumn<ActivityRow> = { id: 'ts', name: 'Ended', className: 'whitespace-nowrap text-soft', cell: ({ ts, hostId }) => <Ago at={ts} host={hostId} /> };
const HOST: TableColumn<ActivityRow> = { id: 'host', name: 'Host', className: 'max-w-48 truncate max-sm:max-w-24', cell: ({ hostId }) => <HostLink id={hostId} /> };
const MODEL: TableColumn<ActivityRow> = { id: 'model', name: 'Model', className: 'max-w-48 truncate max-sm:max-w-24', cell: ({ model }) => <ModelLink id={model} /> };
const ERROR: TableColumn<ActivityRow> = { id: 'error', name: 'Error', className: 'max-w-64 truncate text-bad max-sm:max-w-32', cell: ({ error }) => (error === null ? null : <span title={shown(error)}>{shown(error)}</span>) };
const REST: readonly TableColumn<ActivityRow>[] = [
  { id: 'path', name: 'Path', className: 'max-w-48 truncate text-soft max-xl:hidden', cell: ({ reqPath }) => (reqPath === null ? UNKNOWN : shown(reqPath)) },
  { id: 'status', name: 'Status', right: true, cell: ({ status, error }) => <span className={statusColour(status)} title={error === null ? undefined : shown(error)}>{status ?? UNKNOWN}</span> },
  ERROR,
  { id: 'in', name: 'In', right: true, className: 'max-sm:hidden', cell: ({ inputTokens }) => <span title="input tokens">{whole(inputTokens)}</span> },
  { id: 'out', name: 'Out', right: true, className: 'max-sm:hidden', cell: ({ outputTokens }) => <span title="output tokens">{whole(outputTokens)}</span> },
  { id: 'tokens', name: 'Tokens/s', right: true, cell: (row) => rounded(outputRate(row)) },
  { id: 'duration', name: 'Took', right: true, cell: ({ durationMs }) => duration(durationMs) },
];
const COLUMNS = { host: [TIME, MODEL, ...REST], model: [TIME, HOST, ...REST] } as const;

/** `of`: whose they are, so that it stands in no column. */
export function RowsTable({ of, latest: { rows, error, loading, reload } }: { of: keyof typeof COLUMNS; latest: LatestRows }): ReactElement {
  return (
    <>
      {error === null ? null : <div className="p-4 pb-2"><HistoryFault error={error} retry={reload}>Requests that ended before lie in the database.</HistoryFault></div>}
      {rows.length > 0 ? <Table label="Last requests" columns={rows.some((row) => row.error !== null) ? COLUMNS[of] : COLUMNS[of].filter((column) => column !== ERROR)} rows={rows} keyOf={rowKey} />
        : loading ? <p role="status" className="p-4 text-soft">Reading the last requests …</p>
        : <p className={`p-4 text-soft ${error === null ? '' : 'pt-0'}`}>{error === null ? `No request to this ${of} is recorded yet. It shows here as it ends.` : 'Requests that end from now on show here.'}</p>}
    </>
  );
}

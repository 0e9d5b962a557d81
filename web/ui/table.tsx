/** A table of figures: sortable by its heads, rows reachable by keys. */
import type { ReactElement, ReactNode } from 'react';
import { Icon } from './icon.tsx';

export interface TableColumn<T> {
  id: string;
  name: string;
  /** A figure: aligned to the end. */
  right?: boolean;
  /** What it is sorted by; null comes last in both directions. Without it the head is no button. */
  by?: (row: T) => number | string | null;
  cell: (row: T) => ReactNode;
  /** Of head and cells, such as `max-sm:hidden`. */
  className?: string;
}

export interface TableProps<T> {
  label: string;
  columns: readonly TableColumn<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** Without it rows stay as they come. */
  order?: { sort: string; descending: boolean; onSort: (sort: string, descending: boolean) => void };
}

export function Table<T>({ label, columns, rows, keyOf, order }: TableProps<T>): ReactElement {
  const by = columns.find(({ id }) => id === order?.sort)?.by;
  const shown = by === undefined ? rows : sortedBy(rows, by, order?.descending === true);
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={label}>
      <table aria-label={label} className="w-full">
        <thead className="border-b border-line text-sm text-soft">
          <tr>{columns.map((column) => <Head key={column.id} column={column} order={order} />)}</tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={keyOf(row)} data-row data-key={keyOf(row)} className="border-b border-line last:border-0 hover:bg-hover focus-within:bg-hover">
              {columns.map(({ id, right = false, className = '', cell }) => <td key={id} className={`px-2 py-1.5 first:pl-4 last:pr-4 ${right ? 'figure' : ''} ${className}`}>{cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ column: { id, name, right = false, by, className = '' }, order }: { column: TableColumn<T>; order: TableProps<T>['order'] }): ReactElement {
  const here = order?.sort === id;
  const box = `h-8 px-2 first:pl-4 last:pr-4 whitespace-nowrap ${right ? 'text-end' : ''} ${className}`;
  if (by === undefined || order === undefined) return <th scope="col" className={box}>{name}</th>;
  return (
    <th scope="col" aria-sort={here ? (order.descending ? 'descending' : 'ascending') : 'none'} className={box}>
      <button type="button" className={`inline-flex h-8 items-center gap-1 hover:text-ink ${here ? 'font-medium text-ink' : ''}`} onClick={() => order.onSort(id, here && !order.descending)}>
        {name}{here ? <Icon name={order.descending ? 'down' : 'up'} className="size-3" /> : null}
      </button>
    </th>
  );
}

function sortedBy<T>(rows: readonly T[], by: (row: T) => number | string | null, descending: boolean): T[] {
  const sign = descending ? -1 : 1;
  return rows.map((row) => ({ row, key: by(row) })).sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return a.key < b.key ? -sign : a.key > b.key ? sign : 0;
  }).map(({ row }) => row);
}

/** One row of the tree. Drawn again when its actor, its counters or its place have changed. */
import { memo, type CSSProperties, type ReactElement } from 'react';
import type { ActorSort } from '../../../src/model/actor-tree.ts';
import type { ActorStatus } from '../../../src/model/status.ts';
import { partsOf } from '../../format/actor-path.ts';
import { counted } from '../../format/figures.ts';
import { Icon } from '../../ui/icon.tsx';
import { COLUMNS, gridOf, shownOf } from './actor-cells.tsx';
import type { Flash } from './ends.ts';

export const ROW_PX = 32;

export interface ActorRowProps {
  /** null: in tree order. */
  sort: ActorSort | null;
  status: ActorStatus;
  queued: number | null;
  handled: number;
  /** In the tree; null: a list, whose rows go by their path. */
  depth: number | null;
  open: boolean | null;
  below: number;
  found: boolean;
  place: number;
  places: number;
  chosen: boolean;
  /** The one that the keys start from. */
  active: boolean;
  /** What flashes here; null: nothing. */
  flash: Flash | null;
  top: number;
}

export const ActorRowView = memo(function ActorRowView({ sort, status, queued, handled, depth, open, below, found, place, places, chosen, active, flash, top }: ActorRowProps): ReactElement {
  const { path, name } = status;
  const style: CSSProperties = { transform: `translateY(${top}px)`, height: ROW_PX };
  return (
    <div
      role="row" data-row data-path={path} data-flash={flash?.kind} tabIndex={active ? 0 : -1} style={style}
      aria-level={(depth ?? 0) + 1} aria-posinset={place} aria-setsize={places} aria-expanded={open ?? undefined} aria-selected={chosen}
      className={`${gridOf(sort)} absolute inset-x-0 top-0 cursor-default items-center border-b border-line outline-offset-[-2px] hover:bg-hover aria-selected:bg-chosen aria-selected:[&_.text-faint]:text-soft ${found ? '' : 'text-faint'}`}
    >
      {flash === null ? null : <span key={flash.at} aria-hidden="true" className={`${flash.kind === 'crash' ? 'flash' : 'flash-hand'} pointer-events-none absolute inset-0`} />}
      <div role="gridcell" className="flex min-w-0 items-center gap-1" style={{ paddingInlineStart: `${(depth ?? 0) * 1.125}rem` }}>
        {depth === null ? null : open === null ? <span className="w-5 shrink-0" /> : (
          <span data-fold className="inline-flex size-5 shrink-0 items-center justify-center rounded-sm text-faint hover:bg-line hover:text-ink"><Icon name={open ? 'open' : 'right'} className="size-3" /></span>
        )}
        {depth === null ? <PathWords path={path} strong={status.kind === 'supervisor'} /> : <span className={`truncate ${status.kind === 'supervisor' ? 'font-medium' : ''}`} title={path}>{name}</span>}
        {open === false ? <span className="shrink-0 text-sm text-faint" title={`${counted(below, 'actor')} below`}>+{below}</span> : null}
      </div>
      {COLUMNS.map(({ right, cell, ...column }) => <div key={column.id} role="gridcell" className={`min-w-0 ${shownOf(column, sort)} ${right ? 'figure' : ''}`}>{cell(status, { queued, handled })}</div>)}
    </div>
  );
});

/** Where there is no room for all, its beginning gives way: written from the right, a line is cut at the left. */
function PathWords({ path, strong }: { path: string; strong: boolean }): ReactElement {
  const { lead, tail } = partsOf(path);
  return <span dir="rtl" className="block min-w-0 truncate text-left" title={path}><bdi dir="ltr"><span className="text-faint">{lead}</span><span className={strong ? 'font-medium' : ''}>{tail}</span></bdi></span>;
}

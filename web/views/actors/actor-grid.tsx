/** The tree as a grid that one walks by keys: only what is in sight is drawn, however many actors there are. */
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import type { ActorSort } from '../../../src/model/actor-tree.ts';
import { Icon } from '../../ui/icon.tsx';
import { COLUMNS, gridOf, shownOf } from './actor-cells.tsx';
import { ActorRowView, ROW_PX } from './actor-row.tsx';
import { parentOf, type ActorRow } from './actor-rows.ts';
import { COLUMN_WORDS } from './actor-words.ts';
import { freshest, type Counters } from './counters.ts';
import type { Flash } from './ends.ts';

const OVERSCAN = 12;

export interface ActorGridProps {
  rows: readonly ActorRow[];
  /** null: in tree order. */
  sort: ActorSort | null;
  descending: boolean;
  onSort: (sort: ActorSort) => void;
  onFold: (path: string) => void;
  chosen: string | null;
  onChoose: (path: string) => void;
  flashes: ReadonlyMap<string, Flash>;
  counters: Counters | null;
}

export function ActorGrid({ rows, sort, descending, onSort, onFold, chosen, onChoose, flashes, counters }: ActorGridProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(chosen);
  const places = useMemo(() => new Map(rows.map(({ status }, at) => [status.path, at])), [rows]);
  const activeAt = places.get(active ?? '') ?? 0;
  const list = sort !== null;
  const virtual = useVirtualizer({
    count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: OVERSCAN,
    getItemKey: (at) => rows[at]?.status.path ?? at,
    // What holds the focus stays in the page, or the focus is lost.
    rangeExtractor: useCallback((range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const shown = defaultRangeExtractor(range);
      return shown.includes(activeAt) || activeAt >= range.count ? shown : [...shown, activeAt].sort((a, b) => a - b);
    }, [activeAt]),
  });

  // An address that names an actor leads to its row.
  const [begin] = useState(() => places.get(chosen ?? '') ?? 0);
  useEffect(() => virtual.scrollToIndex(begin, { align: 'auto' }), [virtual, begin]);

  const focus = (at: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, at))];
    if (row === undefined) return;
    const { path } = row.status;
    setActive(path);
    virtual.scrollToIndex(places.get(path) ?? 0, { align: 'auto' });
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus({ preventScroll: true }));
  };
  const pressed = (event: KeyboardEvent): void => {
    const row = rows[activeAt];
    const other = event.target instanceof Element && event.target.closest('button') !== null;
    if (row === undefined || other || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX) - 2);
    switch (event.key) {
      case 'ArrowDown': focus(activeAt + 1); break;
      case 'ArrowUp': focus(activeAt - 1); break;
      case 'PageDown': focus(activeAt + page); break;
      case 'PageUp': focus(activeAt - page); break;
      case 'Home': focus(0); break;
      case 'End': focus(rows.length - 1); break;
      case 'ArrowRight':
        if (list) return;
        if (row.open === false) onFold(row.status.path);
        else if (row.open === true) focus(activeAt + 1);
        break;
      case 'ArrowLeft':
        if (list) return;
        if (row.open === true) onFold(row.status.path);
        else focus(places.get(parentOf(row.status.path)) ?? activeAt);
        break;
      case 'Enter': case ' ': onChoose(row.status.path); break;
      default: return;
    }
    event.preventDefault();
  };
  const clicked = (event: MouseEvent): void => {
    if (!(event.target instanceof Element)) return;
    const path = event.target.closest<HTMLElement>('[data-path]')?.dataset['path'];
    if (path === undefined) return;
    setActive(path);
    if (event.target.closest('[data-fold]') === null) onChoose(path);
    else onFold(path);
  };

  return (
    <div className="panel @container flex min-h-0 min-w-0 grow flex-col overflow-hidden">
      <div
        ref={scroller} role="treegrid" aria-label="Actors" aria-rowcount={rows.length} tabIndex={-1} className="relative min-h-0 grow overflow-y-auto outline-none"
        onKeyDown={pressed} onClick={clicked} onFocus={({ target }) => setActive(target.closest<HTMLElement>('[data-path]')?.dataset['path'] ?? active)}
      >
        <div role="row" className={`${gridOf(sort)} sticky top-0 z-[1] border-b border-line bg-panel text-sm text-soft`}>
          <ColumnHead name="Actor" words="Its name in the tree; the whole path on hover" sort="path" shown="" right={false} now={sort} descending={descending} onSort={onSort} />
          {COLUMNS.map(({ id, ...column }) => <ColumnHead key={id} words={COLUMN_WORDS[id]} {...column} shown={shownOf({ id, ...column }, sort)} now={sort} descending={descending} onSort={onSort} />)}
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const { status } = row;
            const { queued, handled } = freshest(status, counters);
            return (
              <ActorRowView
                key={key} sort={sort} status={status} queued={queued} handled={handled} depth={list ? null : row.depth} open={list ? null : row.open} below={row.below} found={row.found}
                place={row.place} places={row.places} chosen={status.path === chosen} active={index === activeAt} flash={flashes.get(status.path) ?? null} top={start}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface ColumnHeadProps { name: string; words: string; sort: ActorSort; shown: string; right: boolean; now: ActorSort | null; descending: boolean; onSort: (sort: ActorSort) => void }

function ColumnHead({ name, words, sort, shown, right, now, descending, onSort }: ColumnHeadProps): ReactElement {
  const here = sort === now;
  return (
    <div role="columnheader" aria-sort={here ? (descending ? 'descending' : 'ascending') : 'none'} className={`${shown} ${right ? 'text-end' : ''}`}>
      <button type="button" title={words} className={`inline-flex h-8 items-center gap-1 hover:text-ink ${here ? 'font-medium text-ink' : ''}`} onClick={() => onSort(sort)}>{name}{here ? <Icon name={descending ? 'down' : 'up'} className="size-3" /> : null}</button>
    </div>
  );
}

/** The list of requests and gaps: only what is in sight stands in the page. Keys: j, k and the arrows move, Enter opens. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useState, type KeyboardEvent, type ReactElement, type ReactNode, type RefObject } from 'react';
import { day, type Offset } from '../../format/times.ts';
import { useZones } from '../../state/hooks.ts';
import { useNames } from '../../state/names.ts';
import { useNow } from '../../state/now.ts';
import { entryKey, isGap, type Entry } from './entries.ts';
import { GRID, Row, ROW_HEIGHT, type Layout } from './row.tsx';

const HEADS: Readonly<Record<Exclude<Layout, 'lines'>, readonly string[]>> = {
  all: ['Ended', 'Host', 'Model', 'Path', 'Status', 'In (tok)', 'Out (tok)', 'Tokens/s', 'Took'],
  few: ['Ended', 'Host', 'Model', 'Status', 'Out (tok)', 'Tokens/s', 'Took'],
};
const FIGURES = new Set(['Status', 'In (tok)', 'Out (tok)', 'Tokens/s', 'Took']);
const HEAD_HEIGHT = 32;
const OVERSCAN = 8;
/** Rows before the end at which older ones are asked for. */
const AHEAD = 300;
/** Widths of the list, in pixels, below which it shows less. */
const FEW_BELOW = 900;
const LINES_BELOW = 560;

export interface ListProps {
  /** What scrolls. */
  scroller: RefObject<HTMLDivElement | null>;
  entries: readonly Entry[];
  chosen: string | null;
  stale: boolean;
  /** Of a gap nobody knows whether what was lost passes the filters. */
  unsure: boolean;
  onOpen: (entry: Entry) => void;
  /** A row took the focus. */
  onReach: (entry: Entry) => void;
  /** Scrolled away from the newest row, or back to it. */
  onAway: (away: boolean) => void;
  /** Whether the chosen row is in sight, or all but. */
  onSeen: (seen: boolean) => void;
  onOlder: () => void;
  /** Above the first row. */
  start: ReactNode;
  /** Below the last row. */
  end: ReactNode;
}

export function List(props: ListProps): ReactElement {
  const { scroller, onAway, stale, start, end, entries } = props;
  const width = useWidth(scroller);
  const layout: Layout = width === null || width >= FEW_BELOW ? 'all' : width >= LINES_BELOW ? 'few' : 'lines';
  return (
    <div
      ref={scroller} role="region" aria-label="Requests" tabIndex={0} data-stale={stale} onScroll={({ currentTarget }) => onAway(currentTarget.scrollTop > ROW_HEIGHT[layout])}
      className={`panel min-h-0 min-w-0 grow overflow-x-hidden overflow-y-auto outline-offset-[-2px] ${stale ? 'opacity-60 grayscale' : ''}`}
    >
      {start}
      {entries.length === 0 ? null : (
        <div role="table" aria-label="Requests">
          {layout === 'lines' ? null : (
            <div role="row" className={`${GRID[layout]} sticky top-0 z-1 h-8 items-center border-b border-line bg-panel px-4 text-sm text-soft`}>
              {HEADS[layout].map((name) => <div key={name} role="columnheader" className={`truncate ${FIGURES.has(name) ? 'text-end' : ''}`}>{name}</div>)}
            </div>
          )}
          <Rows {...props} layout={layout} />
        </div>
      )}
      {end}
    </div>
  );
}

function Rows({ scroller, entries, chosen, unsure, layout, onOpen, onReach, onSeen, onOlder }: ListProps & { layout: Layout }): ReactElement {
  const offsets = useZones();
  const names = useNames();
  const now = useNow();
  const height = ROW_HEIGHT[layout];
  const list = useVirtualizer({ count: entries.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: OVERSCAN, scrollMargin: layout === 'lines' ? 0 : HEAD_HEIGHT });
  // The rows stay the same elements, so that one that has the focus keeps it.
  useLayoutEffect(() => list.measure(), [list, height]);
  const items = list.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const days = new Map<Offset, string>();
  const today = (offset: Offset): string => {
    const known = days.get(offset) ?? day(now, offset);
    days.set(offset, known);
    return known;
  };

  useEffect(() => {
    if (last >= entries.length - AHEAD) onOlder();
  }, [last, entries.length, onOlder]);

  const drawn = entries.slice(first, items.length === 0 ? 0 : last + 1);
  const seen = chosen !== null && drawn.some((entry) => entryKey(entry) === chosen);
  useLayoutEffect(() => {
    onSeen(seen);
    return () => onSeen(false);
  }, [seen, onSeen]);

  const under = (target: EventTarget): Entry | undefined => {
    const key = target instanceof Element ? target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined;
    return key === undefined ? undefined : drawn.find((entry) => entryKey(entry) === key);
  };
  const open = (target: EventTarget): void => {
    const entry = under(target);
    if (entry !== undefined) onOpen(entry);
  };
  const pressed = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case 'Enter': open(event.target); break;
      case 'j': case 'ArrowDown': step(event.target, 'nextElementSibling'); break;
      case 'k': case 'ArrowUp': step(event.target, 'previousElementSibling'); break;
      default: return;
    }
    event.preventDefault();
  };
  return (
    <div role="rowgroup" style={{ height: entries.length * height }}>
      <div
        role="presentation" style={{ transform: `translateY(${first * height}px)` }} onKeyDown={pressed} onClick={({ target }) => open(target)}
        onFocus={({ target }) => {
          const entry = under(target);
          if (entry !== undefined) onReach(entry);
        }}
      >
        {drawn.map((entry) => {
          const key = entryKey(entry);
          const offset = offsets(entry.hostId);
          return <Row key={key} entry={entry} layout={layout} hostName={names.host(entry.hostId)} modelName={isGap(entry) ? '' : names.model(entry.model)} offset={offset} today={today(offset)} chosen={key === chosen} unsure={unsure && isGap(entry)} />;
        })}
      </div>
    </div>
  );
}

function step(from: EventTarget, way: 'nextElementSibling' | 'previousElementSibling'): void {
  const next = from instanceof Element ? from.closest('[data-row]')?.[way] : null;
  if (next instanceof HTMLElement) next.focus();
}

function useWidth(element: RefObject<HTMLElement | null>): number | null {
  const [width, set] = useState<number | null>(null);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => set(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

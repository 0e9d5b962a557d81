/** The lines, of which those in sight are drawn. It stays at the newest until the reader goes up. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import { LINE_PX, LogRow, type LogRowProps } from './log-row.tsx';
import type { LogLine } from '../../logs/log-book.ts';
import type { Finder } from '../../logs/use-finder.ts';

const OVERSCAN = 20;
/** So far from the end still counts as the end. */
const END_PX = 2 * LINE_PX;
const UPWARD = new Set(['ArrowUp', 'PageUp', 'Home']);
/** Sizes of wrapped lines are remembered; after so many lines they are forgotten, or they would be for ever. */
const REMEASURE_LINES = 20_000;

export interface LogListProps {
  lines: readonly LogLine[];
  /** How many have gone since the beginning. */
  gone: number;
  following: boolean;
  /** The reader goes up. */
  onLeave: () => void;
  onEnd: () => void;
  wrap: boolean;
  times: boolean;
  found: Finder['found'];
  /** The line that the search stands on, and its place when it was found. Another object scrolls there. */
  current: { id: number; index: number } | null;
  origin: LogRowProps['origin'];
}

export function LogList({ lines, gone, following, onLeave, onEnd, wrap, times, found, current, origin }: LogListProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const [unfold] = useState(() => (id: number): void => setUnfolded((held) => new Set([...held, id].slice(-100))));
  const virtual = useVirtualizer({
    count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => LINE_PX, overscan: OVERSCAN, getItemKey: (at) => lines[at]?.id ?? at,
  });
  const round = Math.floor(gone / REMEASURE_LINES);
  useEffect(() => virtual.measure(), [virtual, wrap, round]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (following && element !== null) element.scrollTop = element.scrollHeight;
  });
  useEffect(() => {
    if (current !== null) virtual.scrollToIndex(current.index, { align: 'center' });
  }, [virtual, current]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    // By what the reader does: a scroll event alone may as well come of lines that were measured.
    let dragged = false;
    const leave = (): void => {
      if (following && element.scrollHeight > element.clientHeight) onLeave();
    };
    const listeners: { [kind in 'wheel' | 'touchmove' | 'keydown' | 'pointerdown' | 'pointerup' | 'scroll']: (event: HTMLElementEventMap[kind]) => void } = {
      wheel: ({ deltaY }) => { if (deltaY < 0) leave(); },
      touchmove: leave,
      keydown: ({ key }) => { if (UPWARD.has(key)) leave(); else if (key === 'End') onEnd(); },
      pointerdown: ({ target }) => { dragged = target === element; },
      pointerup: () => { dragged = false; },
      scroll: () => { if (dragged && element.scrollHeight - element.scrollTop - element.clientHeight > END_PX) leave(); },
    };
    const all = Object.entries(listeners) as [string, EventListener][];
    for (const [kind, listener] of all) element.addEventListener(kind, listener, { passive: true });
    return () => {
      for (const [kind, listener] of all) element.removeEventListener(kind, listener);
    };
  }, [following, onLeave, onEnd]);
  return (
    <div ref={scroller} role="log" aria-live="off" aria-label="Log lines" tabIndex={0} className="relative min-h-0 grow overflow-auto py-1 font-mono text-sm leading-5">
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index];
          return line === undefined ? null : (
            <LogRow
              key={key} line={line} index={index} top={start} ranges={found(line)} current={line.id === current?.id} wrap={wrap} times={times} unfolded={unfolded.has(line.id)} onUnfold={unfold} origin={origin}
              measure={wrap ? virtual.measureElement : undefined}
            />
          );
        })}
      </div>
    </div>
  );
}

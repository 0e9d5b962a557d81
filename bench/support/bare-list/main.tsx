/** What the scrolling of the activity history is held against: the same rows in a virtual list, and nothing besides. */
import './bare-list.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { duration, rounded, UNKNOWN, whole } from '../../../web/format/figures.ts';
import { clockTime } from '../../../web/format/times.ts';

const ROW_HEIGHT = 32;
/** As many beyond the edge as the activity view draws. */
const OVERSCAN = 8;

function BareList({ rows }: { rows: readonly ActivityRow[] }): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: OVERSCAN });
  return (
    <div ref={scroller} className="scroller">
      <div className="rows" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index] as ActivityRow;
          return (
            <div key={key} className="row" style={{ transform: `translateY(${start}px)` }}>
              <div>{clockTime(msOfTime(row.ts), null)}</div><div>{row.hostId}</div><div>{row.model}</div><div>{row.reqPath ?? UNKNOWN}</div><div>{row.status ?? UNKNOWN}</div>
              <div>{whole(row.inputTokens)}</div><div>{whole(row.outputTokens)}</div><div>{rounded(row.tokensPerSecond)}</div><div>{duration(row.durationMs)}</div>
            </div>
          );
        })}
      </div>
    </div>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
const rows = (await (await fetch('/rows.json')).json()) as ActivityRow[];
createRoot(root).render(<BareList rows={rows} />);

/** One line of the list. */
import { memo, type ReactElement } from 'react';
import { bytes } from '../../format/figures.ts';
import type { LogLine } from '../../logs/log-book.ts';
import type { Range } from '../../logs/log-search.ts';
import { LogMark, LogText, LogTime } from '../../logs/log-text.tsx';
import { shown } from '../../format/shown.ts';
import { useNames } from '../../state/names.ts';

export const LINE_PX = 20;
/** What is longer is folded. */
const FOLD_CHARS = 10_000;

export interface LogRowProps {
  line: LogLine;
  index: number;
  top: number;
  /** Where the search found something. */
  ranges: readonly Range[] | null;
  /** The one that the search stands on. */
  current: boolean;
  wrap: boolean;
  times: boolean;
  unfolded: boolean;
  onUnfold: (id: number) => void;
  /** Which log it is of: said when there are several. */
  origin: 'none' | 'source' | 'host';
  /** Of the virtual list, which measures lines that wrap. */
  measure: ((element: HTMLElement | null) => void) | undefined;
}

export const LogRow = memo(function LogRow({ line, index, top, ranges, current, wrap, times, unfolded, onUnfold, origin, measure }: LogRowProps): ReactElement {
  const { id, kind, text } = line;
  const folded = text.length > FOLD_CHARS && !unfolded;
  return (
    <div
      ref={measure} data-index={index} data-log-line={id} data-kind={kind} data-current={current || undefined}
      className={`absolute top-0 left-0 flex min-h-5 gap-3 px-3 ${wrap ? 'w-full' : 'w-max min-w-full'} ${current ? 'bg-chosen [&_.text-faint]:text-soft' : 'hover:bg-hover'}`} style={{ transform: `translateY(${top}px)` }}
    >
      {kind !== 'text' ? <LogMark line={line} /> : (
        <>
          {times ? <LogTime line={line} /> : null}
          {origin === 'none' ? null : <Origin line={line} of={origin} />}
          <span className={`min-w-0 ${wrap ? 'grow break-all whitespace-pre-wrap' : 'whitespace-pre'}`}>
            <LogText text={folded ? text.slice(0, FOLD_CHARS) : text} ranges={ranges} />
            {folded ? <button type="button" className="ml-2 font-sans text-accent underline" onClick={() => onUnfold(id)}>{bytes(text.length - FOLD_CHARS)} more</button> : null}
          </span>
        </>
      )}
    </div>
  );
});

function Origin({ line: { host, model, source }, of }: { line: LogLine; of: 'source' | 'host' }): ReactElement {
  const names = useNames();
  return (
    <span className={`shrink-0 truncate text-faint select-none ${of === 'host' ? 'w-24 sm:w-40' : 'w-18'}`} title={shown(`${host}, ${model ?? source}`)}>
      {of === 'host' ? `${names.host(host)} ${model === null ? source : names.model(model)}` : source}
    </span>
  );
}

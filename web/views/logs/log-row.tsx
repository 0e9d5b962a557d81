/** One line of a log, or a mark of what is missing. */
import { memo, type ReactElement } from 'react';
import { bytes, span } from '../../format/figures.ts';
import { absolute } from '../../format/times.ts';
import { useZone } from '../../state/hooks.ts';
import { plain, spansOf } from './ansi-text.ts';
import type { LogLine } from './log-lines.ts';
import { marked, rangesOf } from './log-search.ts';

export const LINE_PX = 20;
/** What is longer is folded. */
const FOLD_CHARS = 10_000;

export interface LogRowProps {
  line: LogLine;
  index: number;
  top: number;
  regex: RegExp | null;
  /** The one that the search stands on. */
  current: boolean;
  wrap: boolean;
  unfolded: boolean;
  onUnfold: (id: number) => void;
  /** Which log it is of: said when there are several. */
  origin: 'none' | 'source' | 'host';
  /** Of the virtual list, which measures lines that wrap. */
  measure: ((element: HTMLElement | null) => void) | undefined;
}

export const LogRow = memo(function LogRow({ line, index, top, regex, current, wrap, unfolded, onUnfold, origin, measure }: LogRowProps): ReactElement {
  const { id, kind, host, source, model, at, text } = line;
  const zone = useZone(host);
  const folded = text.length > FOLD_CHARS && !unfolded;
  return (
    <div
      ref={measure} data-index={index} data-log-line={id} data-kind={kind} data-current={current || undefined}
      className={`absolute top-0 left-0 flex min-h-5 gap-3 px-3 ${wrap ? 'w-full' : 'w-max min-w-full'} ${current ? 'bg-chosen' : 'hover:bg-hover'}`} style={{ transform: `translateY(${top}px)` }}
    >
      {kind !== 'text' ? <Mark line={line} /> : (
        <>
          {origin === 'none' ? null : (
            <span className={`shrink-0 truncate text-faint select-none ${origin === 'host' ? 'w-24 sm:w-40' : 'w-18'}`} title={`${host}, ${model ?? source}; came ${absolute(at, zone)}`}>
              {origin === 'host' ? `${host} ${model ?? source}` : source}
            </span>
          )}
          <span className={`min-w-0 ${wrap ? 'grow break-all whitespace-pre-wrap' : 'whitespace-pre'}`}>
            <Text text={folded ? text.slice(0, FOLD_CHARS) : text} regex={regex} />
            {folded ? <button type="button" className="ml-2 font-sans text-accent underline" onClick={() => onUnfold(id)}>{bytes(text.length - FOLD_CHARS)} more</button> : null}
          </span>
        </>
      )}
    </div>
  );
});

function Text({ text, regex }: { text: string; regex: RegExp | null }): ReactElement {
  const pieces = marked(spansOf(text), regex === null ? [] : rangesOf(regex, plain(text)));
  return <>{pieces.map(({ text: piece, look, marked: found }, place) => (found ? <mark key={place} className={`rounded-xs bg-warn text-panel`}>{piece}</mark> : look === '' ? piece : <span key={place} className={look}>{piece}</span>))}</>;
}

function Mark({ line: { kind, host, model, source, amount } }: { line: LogLine }): ReactElement {
  switch (kind) {
    case 'dropped': return <span className="font-sans text-warn">⋯ {bytes(amount)} of {host} {model ?? source} are not here: more was written than is passed on</span>;
    case 'away': return <span className="font-sans text-warn">⋯ not connected for {span(amount)}: what was written meanwhile is not here</span>;
    case 'text': return <></>;
    default: return kind satisfies never;
  }
}

/** What the filters show, as a file: each item says what it holds. */
import { useState, type MouseEvent, type ReactElement } from 'react';
import { useNow } from '../../state/now.ts';
import { counted } from '../../format/figures.ts';
import { DropDown } from '../../ui/drop-down.tsx';
import { Fault } from '../../ui/notes.tsx';
import { asksOfRequests, filtersAnything, type Criteria } from './criteria.ts';
import type { Entry } from './entries.ts';
import { saveGaps, saveMarkdown, saveStreamed, streamAddress } from './files.ts';

const ITEM = 'flex min-h-8 w-full items-center justify-between gap-4 rounded-sm px-2 text-start hover:bg-hover disabled:opacity-50';
const NOTE = 'text-right text-sm text-faint';
const HEAD = 'px-2 pt-2 text-sm text-soft first:pt-0';

/** `requests`: how many of the entries are; the others are gaps. */
export function Export({ criteria, entries, requests }: { criteria: Criteria; entries: readonly Entry[]; requests: number }): ReactElement {
  const now = useNow();
  const [fault, setFault] = useState<unknown>(null);
  const attempt = (work: Promise<void>): void => {
    setFault(null);
    work.catch(setFault);
  };
  return (
    <DropDown label="Export" icon="download" className="w-80 max-w-[calc(100vw-2rem)]">
      <p className={HEAD}>{filtersAnything(criteria) ? 'All of history that passes the filters' : 'All of history'}</p>
      {(['csv', 'ndjson'] as const).map((format) => (
        <a
          key={format} className={ITEM} href={streamAddress(criteria, format, now)} onClick={(event) => {
            if (isElsewhere(event)) return;
            event.preventDefault();
            attempt(saveStreamed(criteria, format));
          }}
        >{format.toUpperCase()}<span className={NOTE}>requests, without gaps</span></a>
      ))}
      <button type="button" className={ITEM} onClick={() => attempt(saveGaps(criteria))}>Gaps<span className={NOTE}>NDJSON{asksOfRequests(criteria) ? ', by host and time alone' : ''}</span></button>
      <p className={HEAD}>What this page has read</p>
      <button
        type="button" className={ITEM} disabled={entries.length === 0} onClick={() => {
          setFault(null);
          saveMarkdown(criteria, entries);
        }}
      >Markdown<span className={NOTE}>{heldWords(requests, entries.length - requests)}</span></button>
      {fault === null ? null : <div className="pt-2"><Fault error={fault} /></div>}
    </DropDown>
  );
}

/** Wanted in another tab or window. */
const isElsewhere = ({ ctrlKey, metaKey, shiftKey }: MouseEvent): boolean => ctrlKey || metaKey || shiftKey;

/** "1,231 requests and 2 gaps" */
const heldWords = (requests: number, gaps: number): string => `${counted(requests, 'request')}${gaps === 0 ? '' : ` and ${counted(gaps, 'gap')}`}`;

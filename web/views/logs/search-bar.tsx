/** The search in what is on hand: a regular expression, its faults, from match to match. */
import type { ReactElement } from 'react';
import { whole } from '../../format/figures.ts';
import { Button } from '../../ui/button.tsx';
import { SearchField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';

export interface SearchBarProps {
  text: string;
  onText: (text: string) => void;
  fault: string | null;
  /** Lines that are found; null: nothing is searched for. */
  found: number | null;
  /** Of them the one that the search stands on, from 1; null: none yet. */
  at: number | null;
  only: boolean;
  onOnly: (only: boolean) => void;
  onStep: (by: 1 | -1) => void;
}

export function SearchBar({ text, onText, fault, found, at, only, onOnly, onStep }: SearchBarProps): ReactElement {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchField
        label="Regular expression" className="w-full sm:w-72" value={text} aria-invalid={fault !== null} aria-describedby="log-search-fault" onChange={({ target }) => onText(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          onStep(event.shiftKey ? -1 : 1);
        }}
      />
      <Button aria-label="Previous match" title="Previous match (Shift Enter)" className="px-2" disabled={found === null || found === 0} onClick={() => onStep(-1)}><Icon name="up" /></Button>
      <Button aria-label="Next match" title="Next match (Enter)" className="px-2" disabled={found === null || found === 0} onClick={() => onStep(1)}><Icon name="down" /></Button>
      <label className="flex h-8 cursor-pointer items-center gap-1.5"><input type="checkbox" checked={only} onChange={({ target }) => onOnly(target.checked)} />Only these</label>
      <p id="log-search-fault" role="status" className={`min-w-0 text-sm ${fault === null ? 'text-soft' : 'text-bad'}`}>
        {fault !== null ? fault : found === null ? '' : `${at === null ? '' : `${whole(at)} of `}${whole(found)} ${found === 1 ? 'line' : 'lines'}`}
      </p>
    </div>
  );
}

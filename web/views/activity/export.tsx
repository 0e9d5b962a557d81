/** What the filters show, as a file. */
import type { ReactElement } from 'react';
import { withQuery } from '../../state/api.ts';
import { useNow } from '../../state/now.ts';
import { counted } from '../../format/figures.ts';
import { DropDown } from '../../ui/drop-down.tsx';
import { activityQuery, type Criteria } from './criteria.ts';
import type { Entry } from './entries.ts';
import { markdownOf } from './markdown.ts';

const ITEM = 'flex h-8 w-full items-center justify-between gap-4 rounded-sm px-2 text-start hover:bg-hover';

export function Export({ criteria, entries }: { criteria: Criteria; entries: readonly Entry[] }): ReactElement {
  const now = useNow();
  const address = (format: string): string => withQuery('/api/activity', { ...activityQuery(criteria, now), format });
  return (
    <DropDown label="Export" icon="download" className="w-64">
      <a className={ITEM} href={address('csv')} download="activity.csv">CSV<span className="text-sm text-faint">everything that passes</span></a>
      <a className={ITEM} href={address('ndjson')} download="activity.ndjson">NDJSON<span className="text-sm text-faint">everything that passes</span></a>
      <button type="button" className={ITEM} disabled={entries.length === 0} onClick={() => save('activity.md', 'text/markdown', markdownOf(entries))}>Markdown<span className="text-sm text-faint">{counted(entries.length, 'row')} on hand</span></button>
    </DropDown>
  );
}

function save(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 0);
}

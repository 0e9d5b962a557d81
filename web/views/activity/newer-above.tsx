/** Of a list that begins at an older row: that there are newer ones, and the way to them. */
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty } from '../../ui/notes.tsx';

export function NewerAbove({ onJump }: { onJump: () => void }): ReactElement {
  return (
    <div data-newer-above className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-1.5">
      <p className="text-soft">The list begins at an older request, and stands still.</p>
      <Button onClick={onJump}><Icon name="up" />Jump to the newest</Button>
    </div>
  );
}

export function NoneOlder({ filtered }: { filtered: boolean }): ReactElement {
  return <Empty title={filtered ? 'No request up to this one passes these filters' : 'No request up to this one is on record'} />;
}

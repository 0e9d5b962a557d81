/** The keys, as `?` shows them. */
import type { ReactElement } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { KEYS } from './keys.ts';

export function Help({ onClose }: { onClose: () => void }): ReactElement {
  return (
    <Dialog title="Keys" onClose={onClose} className="w-full max-w-md">
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-2 p-4">
        {KEYS.map(({ keys, does }) => (
          <div key={keys} className="contents">
            <dt className="flex items-start gap-1">{keys.split(/\s+/).map((key) => <kbd key={key} className="rounded-sm border border-edge bg-ground px-1.5 font-mono text-sm">{key}</kbd>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** Stops the tail and lets it go on, and says what waits meanwhile. Its width never changes: it turns under a press on a row, which must not move. */
import type { ReactElement } from 'react';
import { whole } from '../../format/figures.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Tail } from './tail.ts';

export function TailButton({ tail, onPause, onResume }: { tail: Tail; onPause: () => void; onResume: () => void }): ReactElement {
  return tail.paused
    ? <Button onClick={onResume} title="Go on (p)" className="sm:w-24"><Icon name="play" /><span className="max-sm:sr-only">Resume</span></Button>
    : <Button onClick={onPause} title="Pause (p)" className="sm:w-24"><Icon name="pause" /><span className="max-sm:sr-only">Pause</span></Button>;
}

/** Over the list's head while it stands still. */
export function TailMark({ tail: { paused, waiting, skipped }, onResume }: { tail: Tail; onResume: () => void }): ReactElement | null {
  if (waiting.length === 0 && skipped === 0) return null;
  return (
    <div className="pointer-events-none absolute inset-x-0 top-2 sm:top-10 z-2 flex justify-center">
      <button type="button" data-tail-mark onClick={onResume} disabled={!paused} className="pointer-events-auto inline-flex h-8 items-center gap-1.5 rounded-full bg-accent px-3 font-medium text-on-accent shadow-xl">
        <Icon name="up" className="size-3.5" />
        {waiting.length === 0 ? null : <span>{whole(waiting.length)} new</span>}
        {skipped === 0 ? null : <span title="more came than is held while the tail is paused; history is read again when it goes on">{whole(skipped)} skipped</span>}
      </button>
    </div>
  );
}

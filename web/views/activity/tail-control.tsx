/** Stops the tail and lets it go on, and says what waits meanwhile. Both stand in the head of the view, so that they cover no row and move none. */
import type { ReactElement } from 'react';
import { whole } from '../../format/figures.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Tail } from './tail.ts';

/** Its width never changes: it turns under a press on a row, which must not move. `short`: it also says how many wait, where there is no room for the mark. */
export function TailButton({ tail, short, onPause, onResume }: { tail: Tail; short: boolean; onPause: () => void; onResume: () => void }): ReactElement {
  if (!tail.paused) return <Button onClick={onPause} title="Pause (p)" className="w-17 sm:w-24"><Icon name="pause" /><span className="max-sm:sr-only">Pause</span></Button>;
  const came = tail.waiting.length + tail.skipped;
  return (
    <Button onClick={onResume} title="Go on (p)" look={short && came > 0 ? 'solid' : 'plain'} className="w-17 sm:w-24">
      <Icon name="play" /><span className="max-sm:sr-only">Resume</span>{short && came > 0 ? <span className="figure">+{Math.min(came, 999)}<span className="sr-only"> new</span></span> : null}
    </Button>
  );
}

/** What came while the list stands still; pressed, it is shown. */
export function TailMark({ tail: { paused, waiting, skipped }, onResume }: { tail: Tail; onResume: () => void }): ReactElement | null {
  if (waiting.length === 0 && skipped === 0) return null;
  return (
    <button type="button" data-tail-mark onClick={onResume} disabled={!paused} className="inline-flex h-7 items-center gap-1.5 rounded-full bg-accent px-3 text-sm font-medium whitespace-nowrap text-on-accent">
      <Icon name="up" className="size-3.5" />
      {waiting.length === 0 ? null : <span>{whole(waiting.length)} new</span>}
      {skipped === 0 ? null : <span title="more came than is held while the tail is paused; history is read again when it goes on">{whole(skipped)} skipped</span>}
    </button>
  );
}

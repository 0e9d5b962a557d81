/** Frames that were not what they should be: counted in a corner, the last one named. The page goes on without them. */
import type { ReactElement } from 'react';
import { counted } from '../format/figures.ts';
import { useConnection } from '../state/hooks.ts';

export function FaultCorner(): ReactElement | null {
  const { count, last } = useConnection(({ faults }) => faults);
  if (count === 0) return null;
  return <p role="status" data-faults={count} title={last ?? undefined} className="fixed right-2 bottom-16 z-10 max-w-72 truncate rounded-md border border-warn bg-panel px-2 py-1 text-sm text-warn sm:bottom-2">{counted(count, 'frame')} could not be read: {last}</p>;
}

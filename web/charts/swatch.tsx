/** A piece of a line, as it is drawn: for legends and choices. */
import type { ReactElement } from 'react';
import { seriesVariable } from './colours.ts';
import { DASHES, type LineLook } from './looks.ts';

export function Swatch({ colour, dash }: LineLook): ReactElement {
  return (
    <svg viewBox="0 0 18 8" aria-hidden="true" className="h-2 w-4.5 shrink-0" style={{ color: seriesVariable(colour) }}>
      <path d="M0 4h18" stroke="currentColor" strokeWidth="2.5" strokeDasharray={DASHES[dash % DASHES.length]!.join(' ')} />
    </svg>
  );
}

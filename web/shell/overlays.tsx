/** What lies over every view when it is called: the palette and the list of keys. */
import { lazy, Suspense, useCallback, useState, type ReactElement } from 'react';
import { Boundary } from '../ui/boundary.tsx';
import { Help } from './help.tsx';
import { useKeys } from './keys.ts';

const Palette = lazy(async () => ({ default: (await import('../palette/palette.tsx')).Palette }));

export function Overlays(): ReactElement | null {
  const [shown, show] = useState<'none' | 'palette' | 'help'>('none');
  const palette = useCallback(() => show('palette'), []);
  const help = useCallback(() => show('help'), []);
  useKeys({ palette, help });
  switch (shown) {
    case 'none': return <button type="button" className="sr-only focus:not-sr-only focus:fixed focus:right-2 focus:bottom-2 focus:bg-panel focus:p-2" onClick={palette}>Go to …</button>;
    case 'palette': return <Boundary><Suspense fallback={null}><Palette onClose={() => show('none')} help={help} /></Suspense></Boundary>;
    case 'help': return <Help onClose={() => show('none')} />;
    default: return shown satisfies never;
  }
}

/** What lies over every view when it is called: the palette and the list of keys. */
import { lazy, Suspense, useEffect, useRef, type ReactElement } from 'react';
import { Boundary } from '../ui/boundary.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Help } from './help.tsx';
import { useKeys } from './keys.ts';
import { hideOverlay, showHelp, showPalette, useOverlay } from './overlay.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

export function Overlays(): ReactElement | null {
  const shown = useOverlay();
  useKeys();
  // Without a session nothing lies over what is not there.
  useEffect(() => hideOverlay, []);
  switch (shown) {
    case 'none': return <button type="button" className="sr-only focus:not-sr-only focus:fixed focus:right-2 focus:bottom-2 focus:bg-panel focus:p-2 max-sm:hidden" onClick={showPalette}>Go to …</button>;
    case 'palette': return <Boundary><PaletteOrField onClose={hideOverlay} help={showHelp} /></Boundary>;
    case 'help': return <Help onClose={hideOverlay} />;
    default: return shown satisfies never;
  }
}

/** Until the palette is loaded its field stands, so that nothing that is typed goes elsewhere. */
function PaletteOrField({ onClose, help }: { onClose: () => void; help: () => void }): ReactElement {
  const typed = useRef('');
  const field = (
    <Dialog title="Go to" bare onClose={onClose} className="mt-[12dvh] w-full max-w-xl">
      <input aria-label="Go to" className="h-11 w-full bg-transparent px-3 text-lg outline-none" onChange={({ target }) => { typed.current = target.value; }} />
    </Dialog>
  );
  return <Suspense fallback={field}><Palette typed={typed} onClose={onClose} help={help} /></Suspense>;
}

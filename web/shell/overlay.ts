/** Which of the things that lie over every view is called. */
import { createStore } from '@xstate/store';
import { useSelector } from '@xstate/store-react';

export type Shown = 'none' | 'palette' | 'help';

const overlay = createStore({
  context: { shown: 'none' as Shown },
  on: { called: (_context, { shown }: { shown: Shown }): { shown: Shown } => ({ shown }) },
});

export const useOverlay = (): Shown => useSelector(overlay, ({ context }) => context.shown);
export const showPalette = (): void => overlay.trigger.called({ shown: 'palette' });
export const showHelp = (): void => overlay.trigger.called({ shown: 'help' });
export const hideOverlay = (): void => overlay.trigger.called({ shown: 'none' });

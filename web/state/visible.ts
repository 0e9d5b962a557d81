/** Whether somebody can see the page: what costs a host or Drover something rests while nobody does. */
import { useSyncExternalStore } from 'react';

export const useVisible = (): boolean => useSyncExternalStore(watch, () => document.visibilityState === 'visible');

function watch(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}

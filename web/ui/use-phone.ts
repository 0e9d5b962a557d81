/** Whether the page is as narrow as a phone's. */
import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 639px)');

export function usePhone(): boolean {
  return useSyncExternalStore((changed) => {
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, () => query.matches);
}

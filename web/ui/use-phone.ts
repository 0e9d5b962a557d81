/** How wide the page is, where a view is another one when it is narrow. */
import { useSyncExternalStore } from 'react';

interface Width { subscribe: (changed: () => void) => () => void; narrow: () => boolean }

function under(px: number): Width {
  const query = matchMedia(`(max-width: ${px - 1}px)`);
  return {
    subscribe(changed) {
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    narrow: () => query.matches,
  };
}

const PHONE = under(640);
/** Beside the navigation some 900 px are left: a table of many columns has no room in less. */
const TABLE = under(1_100);

export const usePhone = (): boolean => useSyncExternalStore(PHONE.subscribe, PHONE.narrow);
/** No room for a table of many columns, as in a window beside another one, or at 200 % zoom. */
export const useNarrow = (): boolean => useSyncExternalStore(TABLE.subscribe, TABLE.narrow);

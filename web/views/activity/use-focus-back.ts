/** When the detail closes, whoever was in it is at its row again, to go on from there. */
import { useEffect, useRef, type RefObject } from 'react';

/** `open`: the key of the row whose detail is open. `closed` is called after the focus has gone, also when Back closed it. */
export function useFocusBack(scroller: RefObject<HTMLElement | null>, open: string | null, closed: () => void): void {
  const last = useRef<string | null>(null);
  useEffect(() => {
    const before = last.current;
    last.current = open;
    if (open !== null || before === null) return;
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body || activeElement.id === 'view') {
      (scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(before)}"]`) ?? scroller.current)?.focus({ preventScroll: true });
    }
    closed();
  }, [scroller, open, closed]);
}

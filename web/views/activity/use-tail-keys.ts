/** Keys of this view alone: `p` stops the tail and lets it go on, Escape closes the row, which keeps the focus. */
import { useEffect } from 'react';
import { isPlain, isTyping } from '../../ui/view-keys.ts';

export function useTailKeys({ toggle, leave }: { toggle: () => void; leave: () => void }): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (!isPlain(event) || isTyping(event)) return;
      if (event.key === 'p') toggle();
      else if (event.key === 'Escape') leave();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [toggle, leave]);
}

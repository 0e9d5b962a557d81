/** Keys of this view alone: `p` stops the tail and lets it go on, Escape leaves the row. */
import { useEffect } from 'react';

export function useTailKeys({ toggle, leave }: { toggle: () => void; leave: () => void }): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event;
      const typing = target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      if (event.key === 'p') toggle();
      else if (event.key === 'Escape') {
        if (target instanceof HTMLElement) target.closest<HTMLElement>('[data-row]')?.blur();
        leave();
      } else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [toggle, leave]);
}

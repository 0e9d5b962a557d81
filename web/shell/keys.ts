/** Keys that work everywhere: what they do is here, what they are called is in the list that `?` shows. */
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { isPlain, isTyping } from '../ui/view-keys.ts';
import { showHelp, showPalette } from './overlay.ts';
import { NAVIGATION } from './views.ts';

export const KEYS: readonly { keys: string; does: string }[] = [
  { keys: 'Ctrl K', does: 'go anywhere: hosts, models, views, commands' },
  { keys: '/', does: 'search in this view; in one without a search, go anywhere' },
  { keys: 'j  k', does: 'next and previous row' },
  { keys: 'Enter', does: 'open the row' },
  { keys: 'p', does: 'pause the activity, and let it go on' },
  { keys: 'Escape', does: 'close, or leave a field' },
  ...NAVIGATION.map(({ name, key }) => ({ keys: `g ${key}`, does: name })),
  { keys: '?', does: 'this list' },
];

const CHORD_MS = 1_500;

export function useKeys(): void {
  const [, go] = useLocation();
  useEffect(() => {
    let chordAt = -Infinity;
    const pressed = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        showPalette();
        return;
      }
      if (!isPlain(event)) return;
      if (isTyping(event)) {
        if (event.key === 'Escape') {
          // A search field would empty itself.
          event.preventDefault();
          (event.target as HTMLElement).blur();
        }
        return;
      }
      const chord = event.timeStamp - chordAt < CHORD_MS;
      chordAt = -Infinity;
      if (chord) {
        const to = NAVIGATION.find(({ key }) => key === event.key);
        if (to === undefined) return;
        event.preventDefault();
        go(to.path);
        return;
      }
      switch (event.key) {
        case 'g': chordAt = event.timeStamp; return;
        case '?': showHelp(); break;
        case '/': {
          const field = document.querySelector<HTMLInputElement>('[data-search]');
          if (field === null) showPalette();
          field?.focus();
          field?.select();
          break;
        }
        case 'j': if (!step(1)) return; break;
        case 'k': if (!step(-1)) return; break;
        default: return;
      }
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [go]);
}

/** Moves the focus to the next or previous row of the view: to the row itself where it can hold it, else to its first link. */
function step(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  if (rows.length === 0) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  const target = next?.hasAttribute('tabindex') === true ? next : next?.querySelector<HTMLElement>('a, button');
  target?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return true;
}

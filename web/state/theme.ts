/** Puts the theme on the page's root at once, and follows the system while that is the choice. Charts redraw on `themeChanged`. */
import { preferences } from './preferences.ts';

const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export function currentTheme(): 'light' | 'dark' {
  const { theme } = preferences.getSnapshot().context;
  if (theme !== 'system') return theme;
  return darkSystem.matches ? 'dark' : 'light';
}

/** Calls back after each change; returns the end of that. */
export function themeChanged(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function startTheme(): void {
  const apply = (): void => {
    const theme = currentTheme();
    if (document.documentElement.dataset['theme'] === theme) return;
    document.documentElement.dataset['theme'] = theme;
    for (const listener of listeners) listener();
  };
  apply();
  darkSystem.addEventListener('change', apply);
  preferences.subscribe(apply);
}

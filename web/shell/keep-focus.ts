/**
 * Whoever works with keys keeps a place: when what has the focus goes away with a change of the page, the row that stands for the
 * same thing takes it, else the view. A browser would begin again at the page's top.
 */

/** A row says what it is about; drawn anew it is another element. */
const ABOUT = ['data-key', 'data-path', 'data-host'] as const;

export function startKeepFocus(): void {
  let last: HTMLElement | null = null;
  let about: string | null = null;
  document.addEventListener('focusin', ({ target }) => {
    last = target instanceof HTMLElement ? target : null;
    about = last === null ? null : selectorOf(last);
  });
  new MutationObserver(() => {
    if (last === null || last.isConnected || document.activeElement !== document.body) return;
    const again = about === null ? null : document.querySelector<HTMLElement>(about);
    last = null;
    (again ?? document.getElementById('view'))?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

function selectorOf(element: HTMLElement): string | null {
  for (const name of ABOUT) {
    const value = element.getAttribute(name);
    if (value !== null) return `[${name}="${CSS.escape(value)}"]`;
  }
  return null;
}

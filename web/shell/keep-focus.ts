/**
 * Whoever works with keys keeps a place: when what has the focus goes away with a change of the page, the row that stands for the
 * same thing takes it; else its neighbour in the same group, such as the next chip; else what is left around it; else the view. A
 * browser would begin again at the page's top.
 */

/** A row says what it is about; drawn anew it is another element. */
const ABOUT = ['data-key', 'data-path', 'data-host'] as const;
const CONTROLS = 'a[href], button:not([disabled]), input, select, textarea';

interface Place {
  element: HTMLElement;
  about: string | null;
  /** With the element's place among the group's controls. */
  group: { element: Element; at: number } | null;
  /** From the inside out. */
  around: readonly HTMLElement[];
}

export function startKeepFocus(): void {
  let last: Place | null = null;
  document.addEventListener('focusin', ({ target }) => {
    last = target instanceof HTMLElement ? placeOf(target) : null;
  });
  new MutationObserver(() => {
    if (last === null || last.element.isConnected || document.activeElement !== document.body) return;
    const next = nextTo(last);
    last = null;
    next?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

function placeOf(element: HTMLElement): Place {
  const group = element.closest('[role=group]');
  const around: HTMLElement[] = [];
  for (let outer = element.parentElement; outer !== null; outer = outer.parentElement) if (outer.tabIndex >= 0 || outer.hasAttribute('tabindex')) around.push(outer);
  return { element, about: selectorOf(element), group: group === null ? null : { element: group, at: controlsOf(group).indexOf(element) }, around };
}

function nextTo({ about, group, around }: Place): HTMLElement | null {
  const same = about === null ? null : document.querySelector<HTMLElement>(about);
  if (same !== null) return same;
  const controls = group?.element.isConnected === true ? controlsOf(group.element) : [];
  return controls[Math.min(group?.at ?? 0, controls.length - 1)] ?? around.find((outer) => outer.isConnected) ?? document.getElementById('view');
}

const controlsOf = (group: Element): HTMLElement[] => [...group.querySelectorAll<HTMLElement>(CONTROLS)];

function selectorOf(element: HTMLElement): string | null {
  for (const name of ABOUT) {
    const value = element.getAttribute(name);
    if (value !== null) return `[${name}="${CSS.escape(value)}"]`;
  }
  return null;
}

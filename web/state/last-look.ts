/** When this browser's user last looked: while the page was hidden or closed, things happen. The time stays until it was told what. */
import { useSyncExternalStore } from 'react';

const KEY = 'drover.lastLook';
/** Looking away for less is not looking away. */
const AWAY_MS = 30_000;

/** What happened since then, ms since 1970, is still to be told. Another object after each return. */
export interface Untold { sinceMs: number }

const listeners = new Set<() => void>();
/** What a browser remembers that keeps nothing. */
let lookedMs: number | null = null;
let untold: Untold | null = null;

/** null: nothing is to be told. */
export const useUntold = (): Untold | null => useSyncExternalStore(subscribe, () => untold);

/** It was told, or there was nothing to tell. */
export function told(): void {
  set(null);
  looked();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: Untold | null): void {
  untold = next;
  for (const listener of listeners) listener();
}

/** In any tab of this browser. */
function lastLook(): number | null {
  try {
    const kept = Number(localStorage.getItem(KEY));
    return Number.isFinite(kept) && kept > 0 ? kept : lookedMs;
  } catch {
    return lookedMs;
  }
}

function looked(): void {
  lookedMs = Date.now();
  try {
    localStorage.setItem(KEY, String(lookedMs));
  } catch {
    // Then only this page remembers.
  }
}

/** Whoever leaves without having been told is told of the same time again. */
function leave(): void {
  if (untold === null) looked();
}

function come(): void {
  const sinceMs = untold?.sinceMs ?? lastLook();
  if (sinceMs !== null && Date.now() - sinceMs > AWAY_MS) set({ sinceMs });
}

let seen = document.visibilityState === 'visible';
if (seen) come();
document.addEventListener('visibilitychange', () => {
  const before = seen;
  seen = document.visibilityState === 'visible';
  if (seen && !before) come();
  else if (before && !seen) leave();
});
addEventListener('pagehide', () => {
  // A hidden page that is closed or loads itself anew was left before.
  if (seen) leave();
  seen = false;
});
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted || seen || document.visibilityState !== 'visible') return;
  seen = true;
  come();
});

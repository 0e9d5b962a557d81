/** The time for what shows ages: one timer for the whole page, at rest while nobody looks. */
import { useSyncExternalStore } from 'react';

const STEP_MS = 1_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

/** ms since 1970, in whole steps of a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** What is made of the time, a text or a figure: drawn again when that has changed, not at every step. */
export function useAsOfNow<T extends string | number>(made: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => made(now));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  adjust();
  return () => {
    listeners.delete(listener);
    adjust();
  };
}

function adjust(): void {
  const wanted = listeners.size > 0 && document.visibilityState === 'visible';
  if (wanted && timer === null) {
    tick();
    timer = setInterval(tick, STEP_MS);
  } else if (!wanted && timer !== null) {
    clearInterval(timer);
    timer = null;
  }
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

document.addEventListener('visibilitychange', adjust);

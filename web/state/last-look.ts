/** When this browser's user last looked: while the page was hidden or closed, things happen. */
const KEY = 'drover.lastLook';
/** Looking away for less is not looking away. */
const AWAY_MS = 30_000;

const listeners = new Set<(sinceMs: number) => void>();
let awayFrom: number | null = read();
let told = false;

/** Calls back with the time of the last look, once a return: at the page's beginning and whenever it is shown again. */
export function onReturn(listener: (sinceMs: number) => void): () => void {
  listeners.add(listener);
  if (!told && awayFrom !== null && Date.now() - awayFrom > AWAY_MS) listener(awayFrom);
  told = true;
  return () => listeners.delete(listener);
}

function read(): number | null {
  try {
    const kept = Number(localStorage.getItem(KEY));
    return Number.isFinite(kept) && kept > 0 ? kept : null;
  } catch {
    return null;
  }
}

function leave(): void {
  awayFrom = Date.now();
  try {
    localStorage.setItem(KEY, String(awayFrom));
  } catch {
    // Then only this page remembers.
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') leave();
  else if (awayFrom !== null && Date.now() - awayFrom > AWAY_MS) for (const listener of listeners) listener(awayFrom);
});
addEventListener('pagehide', leave);

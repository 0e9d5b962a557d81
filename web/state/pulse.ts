/**
 * Is the other end still there? A browser hides a socket's pings from its page, and a machine that stands still or a line that was
 * cut without a word closes nothing. After a silence the page asks for something that is answered at once; no answer, and it is lost.
 */

export interface Pulse {
  /** The socket is open. */
  begin: () => void;
  /** Something has come. */
  heard: () => void;
  end: () => void;
}

/** The fleet may be quiet for so long and nobody asks. */
const QUIET_MS = 10_000;
const ANSWER_MS = 5_000;

export function createPulse({ ask, lost }: { ask: () => void; lost: () => void }): Pulse {
  let heardAt = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  function wait(ms: number, then: () => void): void {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(then, ms);
  }
  /** One timer a silence, not one a frame. */
  function listen(): void {
    const quietMs = performance.now() - heardAt;
    if (quietMs < QUIET_MS) return wait(QUIET_MS - quietMs, listen);
    const askedAt = performance.now();
    wait(ANSWER_MS, () => {
      if (heardAt > askedAt) listen();
      else lost();
    });
    ask();
  }
  return {
    begin() {
      heardAt = performance.now();
      wait(QUIET_MS, listen);
    },
    heard() {
      heardAt = performance.now();
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/** Draws with the screen's next frame, once however often it is asked; a hidden page has no frames and is content with less. */

export interface Drawing {
  soon: () => void;
  /** What waited to be drawn waits no more. */
  cancel: () => void;
}

export function createDrawing(draw: () => void, hiddenMs: number): Drawing {
  let withdraw: (() => void) | null = null;
  function cancel(): void {
    withdraw?.();
    withdraw = null;
    document.removeEventListener('visibilitychange', ask);
  }
  function take(): void {
    cancel();
    draw();
  }
  /** Asked once more when the page is hidden or shown: a frame never comes to a hidden one. */
  function ask(): void {
    withdraw?.();
    if (document.visibilityState === 'visible') {
      const frame = requestAnimationFrame(take);
      withdraw = () => cancelAnimationFrame(frame);
    } else {
      const timer = setTimeout(take, hiddenMs);
      withdraw = () => clearTimeout(timer);
    }
  }
  function soon(): void {
    if (withdraw !== null) return;
    document.addEventListener('visibilitychange', ask);
    ask();
  }
  return { soon, cancel };
}

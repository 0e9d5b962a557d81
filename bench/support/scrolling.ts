/** Scrolls a list by a fixed path and takes the time of each frame. */
import type { Page } from 'playwright-core';

/** Frames, and pixels that each of them scrolls: slow and fast, down and up again. */
const PATH: readonly [frames: number, pixels: number][] = [[80, 100], [80, 1_500], [80, 20_000], [80, -1_500], [80, -100]];

/** ms between one frame and the next. `scroller`: a selector. */
export function scrollFrames(page: Page, scroller: string): Promise<number[]> {
  return page.evaluate<number[]>(`(async () => {
    const scroller = document.querySelector(${JSON.stringify(scroller)});
    const frame = () => new Promise(requestAnimationFrame);
    scroller.scrollTop = 0;
    for (let i = 0; i < 20; i += 1) await frame();
    const times = [];
    let last = await frame();
    for (const [frames, pixels] of ${JSON.stringify(PATH)}) {
      for (let i = 0; i < frames; i += 1) {
        scroller.scrollTop += pixels;
        const now = await frame();
        times.push(now - last);
        last = now;
      }
    }
    return times;
  })()`);
}

/** Scrolls to the end until the list is so high: older rows are read as one comes near them. */
export async function readToTheEnd(page: Page, scroller: string, height: number): Promise<void> {
  await page.evaluate(`(async () => {
    const scroller = document.querySelector(${JSON.stringify(scroller)});
    while (scroller.scrollHeight < ${height}) {
      scroller.scrollTop = scroller.scrollHeight;
      await new Promise(requestAnimationFrame);
    }
    scroller.scrollTop = 0;
  })()`);
}

/** What a page of the cockpit tells of itself: its first useful paint, what it loaded, its long tasks, its memory. */
import type { Browser, CDPSession, Page } from 'playwright-core';

/** Runs before the page's own scripts. A row is painted when the frame that drew it is over. */
const PROBE = `(() => {
  let painted;
  const probe = window.droverProbe = { painted: new Promise((resolve) => { painted = resolve; }), deltas: 0, tasks: [] };
  new PerformanceObserver((list) => { for (const { startTime, duration } of list.getEntries()) probe.tasks.push([startTime, duration]); }).observe({ type: 'longtask', buffered: true });
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(...rest) {
      super(...rest);
      this.addEventListener('message', ({ data }) => { if (data.startsWith('{"type":"fleet.delta"')) probe.deltas += 1; });
    }
  };
  const observer = new MutationObserver(() => {
    if (document.querySelector('[data-host][data-liveness]') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => painted(performance.now());
      port2.postMessage(0);
    });
  });
  observer.observe(document, { childList: true, subtree: true });
})()`;

export interface Probed { page: Page; cdp: CDPSession; /** ms from the start of the navigation. */ paintedMs: number; close(): Promise<void> }

/** With an empty cache. `before`: e.g. to listen to what is loaded. */
export async function openProbed(browser: Browser, url: string, before?: (cdp: CDPSession) => Promise<void>): Promise<Probed> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await before?.(cdp);
  await page.addInitScript(PROBE);
  await page.goto(url, { waitUntil: 'commit' });
  const paintedMs = await page.evaluate<number>('window.droverProbe.painted');
  return { page, cdp, paintedMs, close: () => context.close() };
}

export interface Loaded { name: string; /** Of the body, as packed as it came. */ bytes: number; headers: number; beforePaint: boolean }

/** Everything over HTTP; what comes over the WebSocket is the fleet's state and not counted. */
export async function loadedBytes(browser: Browser, url: string): Promise<Loaded[]> {
  const asked = new Map<string, string>();
  const headers = new Map<string, number>();
  const finished: { id: string; bytes: number; at: number }[] = [];
  let begun = Infinity;
  const { page, paintedMs, close } = await openProbed(browser, url, async (cdp) => {
    cdp.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
      begun = Math.min(begun, timestamp);
      asked.set(requestId, new URL(request.url).pathname);
    });
    // What has come of an answer when its headers are there: its headers.
    cdp.on('Network.responseReceived', ({ requestId, response }) => void headers.set(requestId, response.encodedDataLength));
    cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength, timestamp }) => void finished.push({ id: requestId, bytes: encodedDataLength, at: timestamp }));
    await cdp.send('Network.enable');
  });
  await page.evaluate('document.fonts.ready.then(() => null)');
  await page.waitForLoadState('networkidle');
  await close();
  return finished.map(({ id, bytes, at }) => ({ name: asked.get(id) ?? id, bytes: bytes - (headers.get(id) ?? 0), headers: headers.get(id) ?? 0, beforePaint: (at - begun) * 1_000 <= paintedMs }));
}

export interface LongTasks { count: number; longestMs: number; totalMs: number; /** s that were looked at. */ seconds: number }

/** Those of more than 50 ms (W3C Long Tasks) since the first useful paint, in a span of so many seconds. */
export async function longTasks({ page, paintedMs }: Probed, seconds: number): Promise<LongTasks> {
  const all = await page.evaluate<[number, number][]>('window.droverProbe.tasks');
  const found = all.filter(([from]) => from >= paintedMs && from < paintedMs + seconds * 1_000).map(([, ms]) => ms);
  return { count: found.length, longestMs: Math.max(0, ...found), totalMs: found.reduce((sum, ms) => sum + ms, 0), seconds };
}

export const deltasSeen = ({ page }: Probed): Promise<number> => page.evaluate<number>('window.droverProbe.deltas');

export interface Held { heapBytes: number; nodes: number; listeners: number; /** s of the main thread since the beginning. */ busyS: number }

/** After a collection of garbage: what is held. */
export async function held({ cdp }: Probed): Promise<Held> {
  await cdp.send('Performance.enable');
  for (let i = 0; i < 2; i += 1) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const figure = (name: string): number => metrics.find((one) => one.name === name)?.value ?? NaN;
  return { heapBytes: usedSize, nodes: figure('Nodes'), listeners: figure('JSEventListeners'), busyS: figure('TaskDuration') };
}

/** What stands around every view: the connection and its loss, the palette, the keys, what a broken frame does. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openCockpit, until, type Cockpit } from '../support/cockpit.ts';

let cockpit: Cockpit;
beforeAll(async () => {
  cockpit = await openCockpit({ hosts: { gpu1: {}, gpu2: { models: [{ id: 'other', name: 'Other' }] } } });
});
afterAll(async () => cockpit.close());
afterEach(() => expect(cockpit.complaints).toEqual([]));

const row = (id: string, liveness: string): string => `[data-host=${id}][data-liveness=${liveness}]`;

test('two hosts: what happens to one leaves the other as it was', async () => {
  const page = await cockpit.open();
  await page.locator(row('gpu1', 'live')).waitFor();
  await page.locator(row('gpu2', 'live')).waitFor();
  for (let round = 0; round < 5; round++) {
    cockpit.hosts['gpu1']!.request({ model: 'tiny', durationMs: 20 });
    cockpit.hosts['gpu2']!.request({ model: 'other', durationMs: 20 });
  }
  await page.locator(row('gpu1', 'live')).getByText('Tiny').waitFor();
  await page.locator(row('gpu2', 'live')).getByText('Other').waitFor();
  cockpit.hosts['gpu1']!.kill();
  await page.locator(row('gpu1', 'down')).waitFor();
  expect(await page.locator('[data-host]').count()).toBe(2);
  await page.locator(row('gpu2', 'live')).getByText('Other').waitFor();
  await until(page, "document.title === '(1 down) Fleet · Drover'");
  // That all is well again the tab says when it has stayed so for five seconds.
  const settled = page.evaluate(`new Promise((resolve) => {
    let live = null;
    const look = () => {
      live ??= document.querySelector("${row('gpu1', 'live')}") === null ? null : performance.now();
      if (document.title === 'Fleet · Drover') resolve(live === null ? 0 : performance.now() - live);
      else requestAnimationFrame(look);
    };
    look();
  })`);
  cockpit.hosts['gpu1']!.start();
  await page.locator(row('gpu1', 'live')).waitFor();
  expect(await settled).toBeGreaterThan(4_500);
  await page.context().close();
});

test('Drover restarts under an open page: a banner, the data stays, then it goes on', async () => {
  const page = await cockpit.open();
  await page.locator(row('gpu1', 'live')).waitFor();
  await cockpit.stop();
  const banner = page.getByRole('alert');
  await banner.getByText('What you see is').waitFor();
  expect(await page.locator('[data-stale=true] [data-host]').count()).toBe(2);
  await cockpit.start();
  await banner.waitFor({ state: 'detached' });
  await page.locator(`[data-stale=false] ${row('gpu1', 'live')}`).waitFor();
  await page.context().close();
});

test('filters and order stand in the address', async () => {
  const page = await cockpit.open('/?q=gpu2&sort=liveness&order=desc');
  await page.locator(row('gpu2', 'live')).waitFor();
  expect(await page.locator('[data-host]').count()).toBe(1);
  expect(await page.getByRole('columnheader', { name: 'Liveness' }).getAttribute('aria-sort')).toBe('descending');
  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByText('No host passes these filters').waitFor();
  await page.waitForURL(/q=nothing/);
  await page.getByRole('button', { name: 'Show all' }).first().click();
  await page.locator(row('gpu1', 'live')).waitFor();
  await page.context().close();
});

test('palette and keys lead everywhere', async () => {
  const page = await cockpit.open();
  await page.locator(row('gpu1', 'live')).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('A host, a model, a view, a command').fill('gpu2');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/hosts\/gpu2$/);
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForURL(/\/settings$/);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.locator(row('gpu1', 'live')).waitFor();
  await page.keyboard.press('/');
  expect(await page.evaluate('document.activeElement.type')).toBe('search');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await page.evaluate("document.activeElement.closest('[data-host]').dataset.host")).toBe('gpu2');
  await page.context().close();
});

test('a view without a search field: `/` leads anywhere, and no letter of it is typed', async () => {
  const page = await cockpit.open('/settings');
  await page.getByText('This Drover').waitFor();
  await page.keyboard.press('/');
  const field = page.getByPlaceholder('A host, a model, a view, a command');
  await field.fill('gpu1');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/hosts\/gpu1$/);
  await page.context().close();
});

test('on a phone the bar leads to every view and to the palette, and shows the connection', async () => {
  const page = await cockpit.open('/performance', { viewport: { width: 390, height: 844 } });
  const bar = page.getByRole('navigation', { name: 'Views' });
  await bar.locator('[data-line=open]').waitFor();
  const boxes = await Promise.all((await bar.locator('a, button').all()).map(async (one) => (await one.boundingBox())!));
  expect(boxes).toHaveLength(8);
  for (const { x, width, height } of boxes) {
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
    expect(x + width).toBeLessThanOrEqual(390);
  }
  expect((await bar.boundingBox())!.height).toBeLessThan(50);
  await bar.getByRole('button', { name: 'Search everywhere' }).click();
  await page.getByPlaceholder('A host, a model, a view, a command').fill('gpu2');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/hosts\/gpu2$/);
  await page.setViewportSize({ width: 320, height: 600 });
  expect(await page.evaluate('document.querySelector("nav").scrollWidth')).toBeLessThanOrEqual(320);
  await page.context().close();
});

test('a frame that is not what it should be is counted in a corner, and the page goes on', async () => {
  const page = await cockpit.open('about:blank');
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      socket.send(message);
      if (String(message).includes('"subscribed"')) {
        socket.send('{"type":"fleet.delta","host":7}');
        socket.send('no JSON');
        socket.send('{"type":"of-a-later-drover","x":1}');
      }
    });
  });
  await page.goto(cockpit.url);
  await page.locator('[data-faults="2"]').waitFor();
  await page.locator(row('gpu1', 'live')).waitFor();
  await page.context().close();
});

test('what happened while nobody looked', async () => {
  const page = await cockpit.open();
  await page.locator(row('gpu2', 'live')).waitFor();
  cockpit.hosts['gpu2']!.kill();
  await page.locator(row('gpu2', 'down')).waitFor();
  await expect.poll(async () => {
    const { events } = await (await fetch(`${cockpit.url}/api/host-events?host=gpu2&kind=liveness&limit=1`)).json() as { events: { to: string }[] };
    return events[0]?.to;
  }, { timeout: 10_000 }).toBe('down');
  // As another tab, opened later: the page itself notes when it is left.
  const again = await page.context().newPage();
  await again.addInitScript("localStorage.setItem('drover.lastLook', String(Date.now() - 3600000))");
  await again.goto(cockpit.url);
  const strip = again.getByRole('complementary', { name: 'Since you last looked' });
  await strip.getByText(/went down/).waitFor();
  await strip.getByRole('link', { name: 'gpu2' }).click();
  await again.waitForURL(/\/hosts\/gpu2\?range=24h#history$/);
  await again.getByRole('list', { name: 'Events' }).getByText('down').first().waitFor();
  await until(again, "document.title === '(1 down) gpu2 · Drover'");
  await strip.getByRole('button', { name: 'Put away' }).click();
  await strip.waitFor({ state: 'detached' });
  cockpit.hosts['gpu2']!.start();
  await page.context().close();
});

test('behind a proxy that blocks WebSocket the banner has the lines to add', async () => {
  const page = await cockpit.open('about:blank');
  await page.addInitScript(`window.WebSocket = class extends EventTarget {
    static OPEN = 1; readyState = 0;
    constructor() { super(); queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('close'), { code: 1006 }))); }
    close() {} send() {}
  }`);
  await page.goto(cockpit.url);
  const banner = page.getByRole('alert');
  await banner.getByText('its WebSocket does not come through').waitFor();
  await banner.getByText('What a proxy in front of Drover needs').click();
  await banner.getByText('proxy_set_header Upgrade').waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await banner.getByText('Caddy', { exact: true }).click();
  await banner.getByRole('button', { name: 'Copy the lines for Caddy' }).click();
  await banner.getByText('Copied').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`${new URL(cockpit.url).host} {\n  reverse_proxy 127.0.0.1:4747\n}`);
  await banner.getByText(`DROVER_PUBLIC_URL=${cockpit.url}`).waitFor();
  await page.context().close();
});

test('a page older than the server says so, and reloads when nobody looks', async () => {
  const page = await cockpit.open('about:blank');
  await page.routeWebSocket(/\/ws$/, (socket) => {
    socket.connectToServer().onMessage((message) => socket.send(String(message).replace(/"version":"[^"]*"/, '"version":"99.0.0"')));
  });
  await page.goto(cockpit.url);
  await page.getByText('Drover has been updated').waitFor();
  const reloaded = page.waitForEvent('load');
  await page.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden' }); document.dispatchEvent(new Event('visibilitychange'))");
  await reloaded;
  await page.context().close();
});

test('a view whose part did not come says so, and is there after another try', async () => {
  const page = await cockpit.open();
  await page.locator(row('gpu1', 'live')).waitFor();
  await page.route(/settings-view/, (route) => route.abort());
  await page.getByRole('link', { name: 'Settings' }).click();
  const fault = page.getByRole('alert').filter({ hasText: 'A part of this view did not come' });
  await fault.waitFor();
  // The browser's own complaint of the part, told by React too.
  expect(cockpit.complaints.splice(0).every((text) => /import/.test(text))).toBe(true);
  await page.unroute(/settings-view/);
  await fault.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('This Drover').waitFor();
  await page.context().close();
});

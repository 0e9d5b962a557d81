/** What the page says while its socket does not come through: never a reason that is not so. */
import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

let cockpit: Cockpit;
beforeAll(async () => {
  cockpit = await openCockpit();
});
afterAll(async () => cockpit.close());
afterEach(() => expect(cockpit.complaints).toEqual([]));

/** A socket that opens never: `refused`, the proxy says so at once; else it swallows the wish. */
const socketOf = (refused: boolean): string => `window.WebSocket = class extends EventTarget {
  static OPEN = 1; readyState = 0;
  constructor() { super(); ${refused ? 'queueMicrotask(() => this.close());' : ''} }
  close() { this.dispatchEvent(Object.assign(new Event('close'), { code: 1006 })); } send() {}
}`;
/** Waits of five seconds are `ms` here. */
const fiveSeconds = (ms: string): string => `{ const later = setTimeout; window.setTimeout = (work, ms, ...rest) => later(work, ms === 5_000 ? ${ms} : ms, ...rest); }`;
/** Ten seconds of silence are one here; what waits for an answer waits as long as ever. */
const SOON_QUIET = '{ const [later, now] = [setTimeout, performance.now.bind(performance)]; performance.now = () => now() * 10; window.setTimeout = (work, ms, ...rest) => later(work, ms > 5_000 && ms <= 10_000 ? ms / 10 : ms, ...rest); }';
const SAID = `window.said = new Set(); new MutationObserver(() => { const text = document.querySelector('[role=alert]')?.textContent; if (text) window.said.add(text.split('. ')[0]); }).observe(document, { childList: true, subtree: true, characterData: true });`;

test.each([['swallows', false], ['refuses', true]])('a proxy that %s the socket: that, and nothing else', async (_does, refused) => {
  const page = await cockpit.open('about:blank');
  await page.addInitScript(`${socketOf(refused)};${SAID};${fiveSeconds('50')}`);
  await page.goto(cockpit.url);
  await page.getByText('What a proxy in front of Drover needs').waitFor();
  expect(await page.evaluate('[...window.said]')).toEqual(['Drover answers over HTTP, but its WebSocket does not come through']);
  await page.context().close();
});

test('a proxy under whose name Drover does not know itself: that, and the setting', async () => {
  const drover = new URL(cockpit.url);
  const proxy = createServer((asked, answer) => {
    asked.pipe(request({ host: drover.hostname, port: drover.port, path: asked.url, method: asked.method, headers: { ...asked.headers, host: drover.host } }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    }));
  });
  proxy.on('upgrade', (asked, socket) => {
    const up = connect(Number(drover.port), drover.hostname);
    up.write(`GET ${asked.url} HTTP/1.1\r\n${Object.entries({ ...asked.headers, host: drover.host }).map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')}\r\n`);
    up.pipe(socket).pipe(up);
    for (const one of [up, socket]) one.on('error', () => one.destroy());
  });
  await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const page = await cockpit.open('about:blank');
  await page.addInitScript(SAID);
  await page.goto(url);
  const banner = page.getByRole('alert');
  await banner.getByText(`Drover does not know ${url} as its own address`).waitFor();
  await banner.getByText(`DROVER_PUBLIC_URL=${url}`).waitFor();
  expect(await page.evaluate('window.said.size')).toBe(1);
  await page.context().close();
  // The proxy is somebody else to the one that listens for what a page asks of others.
  expect(cockpit.complaints.splice(0).filter((text) => !text.startsWith(`asked ${url}`))).toEqual([]);
  proxy.closeAllConnections();
  await new Promise((resolve) => { proxy.close(resolve); });
});

test('history that the database could not give comes at once when it is back', async () => {
  const page = await cockpit.open('about:blank');
  let away = true;
  await page.route(/\/api\/activity/, async (route) => (away ? route.fulfill({ status: 503, json: { error: { code: 'database_away', message: 'The database is not there now.' } } }) : route.continue()));
  const told: ((state: string) => void)[] = [];
  await page.routeWebSocket(/\/ws$/, (socket) => {
    let epoch = '';
    let seq = 0;
    told.push((state) => socket.send(JSON.stringify({ type: 'actors.delta', epoch, seq: ++seq, ops: [{ op: 'replace', path: '/drover~1database~1postgres/state', value: state }] })));
    socket.connectToServer().onMessage((message) => {
      const frame = JSON.parse(String(message)) as { type: string; epoch: string; seq: number };
      // From its snapshot on the tree says here what the test says.
      if (frame.type === 'actors.delta') return;
      if (frame.type === 'actors.snapshot') ({ epoch, seq } = frame);
      socket.send(message);
    });
  });
  await page.addInitScript(fiveSeconds('1e8'));
  await page.goto(`${cockpit.url}/hosts/gpu1`);
  await page.getByText('The database is not there now.').first().waitFor();
  told[0]!('away');
  await page.getByText('The database is away').waitFor();
  away = false;
  told[0]!('ready');
  await page.getByText('No request to this host is recorded yet').waitFor();
  await page.context().close();
});

const STRIP = 'Since you last looked';
const HOUR_AGO = "if (sessionStorage.getItem('set') === null) { sessionStorage.setItem('set', '1'); localStorage.setItem('drover.lastLook', String(Date.now() - 3600000)); }";
const hide = (hidden: boolean): string => `Object.defineProperty(document, 'visibilityState', { value: '${hidden ? 'hidden' : 'visible'}', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`;

test('what happened while nobody looked is told once it can be had, and again after a reload, until it is put away', async () => {
  const watching = await cockpit.open();
  await watching.locator('[data-host=gpu1][data-liveness=live]').waitFor();
  cockpit.hosts['gpu1']!.kill();
  await watching.locator('[data-host=gpu1][data-liveness=down]').waitFor();
  await expect.poll(async () => ((await (await fetch(`${cockpit.url}/api/host-events?host=gpu1&kind=liveness&limit=1`)).json()) as { events: { to: string }[] }).events[0]?.to, { timeout: 10_000 }).toBe('down');
  await watching.context().close();

  const page = await cockpit.open('about:blank');
  let away = true;
  await page.route(/\/api\/host-events/, async (route) => (away ? route.abort() : route.continue()));
  await page.addInitScript(`${HOUR_AGO};${fiveSeconds('50')}`);
  const refused = (): Promise<unknown> => page.waitForEvent('requestfailed', (failed) => failed.url().includes('/api/host-events'));
  const first = refused();
  await page.goto(cockpit.url);
  await first;
  // Left before it could be told.
  await page.evaluate(hide(true));
  const second = refused();
  await page.evaluate(hide(false));
  await second;
  away = false;
  const strip = page.getByRole('complementary', { name: STRIP });
  await strip.getByText('1 h ago').waitFor();
  await strip.getByText('went down').waitFor();
  await page.reload();
  await strip.getByText('1 h ago').waitFor();
  await strip.getByRole('button', { name: 'Put away' }).click();
  await strip.waitFor({ state: 'detached' });
  expect(await page.evaluate("Date.now() - Number(localStorage.getItem('drover.lastLook')) < 60000")).toBe(true);

  // A tab that nobody sees is closed, or loads itself anew: nobody looked.
  await page.evaluate(hide(true));
  await page.evaluate("localStorage.setItem('drover.lastLook', '1234567890123')");
  await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))");
  expect(await page.evaluate("localStorage.getItem('drover.lastLook')")).toBe('1234567890123');
  cockpit.hosts['gpu1']!.start();
  await page.context().close();
});

test('a Drover that falls silent without a word is noticed, and found again', async () => {
  const page = await cockpit.open('about:blank');
  let silent = false;
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => { if (!silent) server.send(message); });
    server.onMessage((message) => { if (!silent) socket.send(message); });
  });
  await page.route(/\/api\/session/, async (route) => { if (!silent) await route.continue(); });
  await page.addInitScript(SOON_QUIET);
  await page.goto(cockpit.url);
  await page.locator('[data-stale=false] [data-host=gpu1][data-liveness=live]').waitFor();
  silent = true;
  await page.getByRole('alert').getByText('Drover has fallen silent').waitFor();
  await page.locator('[data-stale=true] [data-host=gpu1]').waitFor();
  silent = false;
  await page.locator('[data-stale=false] [data-host=gpu1][data-liveness=live]').waitFor();
  await page.context().close();
});

test('a fleet in which nothing happens is no silence', async () => {
  const page = await cockpit.open('about:blank');
  const asked: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => void asked.push(String(payload))));
  await page.addInitScript(SOON_QUIET);
  await page.addInitScript(SAID);
  await page.goto(cockpit.url);
  await page.locator('[data-stale=false] [data-host=gpu1]').waitFor();
  const questions = (): number => asked.filter((text) => text === '{"type":"subscribe","topics":[]}').length;
  const until = Date.now() + 20_000;
  while (questions() < 3 && Date.now() < until) await page.evaluate('new Promise(requestAnimationFrame)');
  expect(questions()).toBeGreaterThanOrEqual(3);
  expect(await page.evaluate('[...window.said]')).toEqual([]);
  await page.context().close();
});

/** What the page says while its socket does not come through: never a reason that is not so. */
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
const SAID = `window.said = new Set(); new MutationObserver(() => { const text = document.querySelector('[role=alert]')?.textContent; if (text) window.said.add(text.split('.')[0]); }).observe(document, { childList: true, subtree: true, characterData: true });`;

test.each([['swallows', false], ['refuses', true]])('a proxy that %s the socket: that, and nothing else', async (_does, refused) => {
  const page = await cockpit.open('about:blank');
  await page.addInitScript(`${socketOf(refused)};${SAID};${fiveSeconds('50')}`);
  await page.goto(cockpit.url);
  await page.getByText('What a proxy in front of Drover needs').waitFor();
  expect(await page.evaluate('[...window.said]')).toEqual(['Drover answers over HTTP, but its WebSocket does not come through']);
  await page.context().close();
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

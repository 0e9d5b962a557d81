/** Logs in a real browser: colours, search, pause, a flood that stays bounded, models' own logs and the one too many. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { createSimHost } from '../../src/demo/sim-host.ts';
import type { SimHost } from '../../src/demo/sim-types.ts';
import { systemClock, systemRandom } from '../../src/io/system.ts';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

const MODELS = ['one', 'two', 'three', 'four', 'five'];
const E = '\u001b[';
let cockpit: Cockpit;
let page: Page;
/** Has a name besides its id. */
let quiet: SimHost;
beforeAll(async () => {
  const models = MODELS.map((id) => ({ id, name: id }));
  cockpit = await openCockpit({ hosts: { gpu1: { models, requestLog: false, release: 'v250' }, gpu2: { requestLog: false } } });
  quiet = createSimHost({ clock: systemClock, random: systemRandom, models: [{ id: 'tiny', name: 'Tiny' }], requestLog: false, release: 'v217' });
  page = await cockpit.open('/');
  for (const id of ['gpu1', 'gpu2']) await page.locator(`[data-host=${id}][data-liveness=live]`).waitFor();
  await page.context().close();
});
afterAll(async () => {
  await cockpit?.close();
  await quiet?.close();
});
afterEach(async () => {
  await page.context().close();
  expect(cockpit.complaints).toEqual([]);
});

const line = (text: string) => page.locator('[data-log-line]', { hasText: text });
const lines = (): Promise<string[]> => page.evaluate('[...document.querySelectorAll("[data-log-line]")].map((line) => line.lastElementChild.textContent)');
/** Seen, whether the topic was still on its way or not. */
async function written(id: string, source: 'proxy' | 'upstream', text: string, model?: string): Promise<void> {
  cockpit.hosts[id]!.log(source, `${text}\n`, model);
  await line(text).first().waitFor();
}

test('lines come with their colours as text, from chunks, of the source that was chosen; several hosts at once', async () => {
  page = await cockpit.open('/logs');
  await page.getByRole('link', { name: 'gpu1' }).click();
  await page.waitForURL(/host=gpu1/);
  await line('llama-swap listening').waitFor();
  await page.getByRole('separator').waitFor();
  const host = cockpit.hosts['gpu1']!;
  host.log('proxy', `begun ${E}31mred <b>bold</b>`);
  host.log('proxy', `${E}0m and ended\n`);
  host.log('upstream', 'of the model server\n');
  await line('of the model server').waitFor();
  expect(await line('begun').locator('.text-bad').textContent()).toBe('red <b>bold</b>');
  await line('begun red <b>bold</b> and ended').waitFor();
  await page.getByText('Upstream', { exact: true }).click();
  await line('begun').waitFor({ state: 'detached' });
  expect(await lines()).toEqual(['of the model server']);
  await page.getByText('Both', { exact: true }).click();

  await page.getByText('Choose logs').click();
  await page.getByRole('checkbox', { name: 'gpu2' }).check();
  await page.keyboard.press('Escape');
  await written('gpu2', 'proxy', 'from the second');
  await line('begun').waitFor();
  expect(await line('from the second').first().textContent()).toContain('gpu2 proxy');
  await page.getByRole('button', { name: 'Leave gpu1' }).click();
  await line('begun').waitFor({ state: 'detached' });
  await page.waitForURL((url) => url.search === '?host=gpu2');
  await page.goBack();
  await line('begun').waitFor();
});

test('search: a regular expression marks and leads from line to line, a faulty one leaves the last in force', async () => {
  page = await cockpit.open('/logs?host=gpu1');
  await written('gpu1', 'proxy', 'ready');
  cockpit.hosts['gpu1']!.log('proxy', `${Array.from({ length: 300 }, (_, at) => `line ${at} of ${at % 100 === 7 ? 'a Problem' : 'nothing'}`).join('\n')}\n`);
  await line('line 299').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('a pro\\w+');
  await page.getByText('3 lines', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-current]', { hasText: 'line 7 of' }).locator('mark').waitFor();
  expect(await page.locator('[data-current] mark').textContent()).toBe('a Problem');
  await page.getByText('1 of 3 lines').waitFor();
  await page.keyboard.press('Shift+Enter');
  await page.locator('[data-current]', { hasText: 'line 207 of' }).waitFor();
  await page.getByRole('checkbox', { name: 'Only these' }).check();
  expect(await lines()).toEqual([7, 107, 207].map((at) => `line ${at} of a Problem`));
  await page.getByRole('searchbox', { name: 'Regular expression' }).fill('a pro(');
  await page.getByText('Not a regular expression').waitFor();
  expect((await lines()).length).toBe(3);
  await page.reload();
  await page.getByText('Not a regular expression').waitFor();
});

test('an expression that would take for ever is given up, also one that stands in the address, and the page goes on', async () => {
  page = await cockpit.open(`/logs?host=gpu1&q=${encodeURIComponent('(\\w+\\s?)+$x')}`);
  await written('gpu1', 'proxy', 'the quick brown fox jumps over the lazy dog and then does it all again, word by word, until the evening comes');
  await page.getByText('This expression takes too long').waitFor();
  const search = page.getByRole('searchbox', { name: 'Regular expression' });
  await search.fill('brown f[a-z]x');
  await page.getByText('1 line', { exact: true }).waitFor();
  await line('quick').locator('mark').waitFor();
});

test('going up pauses and holds what is read; new lines are counted, and one press leads to the newest', async () => {
  page = await cockpit.open('/logs?host=gpu1');
  await written('gpu1', 'proxy', 'ready');
  const host = cockpit.hosts['gpu1']!;
  host.log('proxy', `${Array.from({ length: 200 }, (_, at) => `early ${at}`).join('\n')}\n`);
  await line('early 199').waitFor();
  await page.getByRole('log').focus();
  await page.keyboard.press('PageUp');
  await page.locator('[data-paused=true]').waitFor();
  const held = await lines();
  host.log('proxy', `${Array.from({ length: 5 }, (_, at) => `late ${at}`).join('\n')}\n`);
  await page.getByRole('button', { name: 'Jump to the newest: 5 new lines' }).click();
  await line('late 4').waitFor();
  expect(held.join('\n')).not.toContain('late');
  await page.locator('[data-paused=false]').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  host.log('proxy', 'unseen\n');
  await page.getByRole('button', { name: 'Jump to the newest: 1 new line', exact: true }).waitFor();
  expect(await line('unseen').count()).toBe(0);
});

test('a flood stays bounded, what is not passed on is said, and a long line is folded', async () => {
  page = await cockpit.open('/logs?host=gpu1');
  await written('gpu1', 'upstream', 'ready');
  const host = cockpit.hosts['gpu1']!;
  let round = 0;
  await expect.poll(async () => {
    host.log('upstream', `${Array.from({ length: 1_000 }, (_, at) => `flood ${round} ${at}`).join('\n')}\n`);
    round += 1;
    return page.locator('[data-lines]').getAttribute('data-lines');
  }, { timeout: 30_000, interval: 20 }).toBe('20000');
  host.log('upstream', `${'more of it\n'.repeat(2_000)}last of all\n`);
  await line('last of all').waitFor();
  expect(await page.locator('[data-lines]').getAttribute('data-lines')).toBe('20000');
  await page.getByText('older gone').waitFor();
  expect(await page.locator('[data-log-line]').count()).toBeLessThan(150);
  await page.getByRole('button', { name: 'Clear' }).click();
  host.log('upstream', `${`${'x'.repeat(5_000)}\n`.repeat(20)}the end of too much\n`);
  await line('the end of too much').waitFor();
  expect(await page.locator('[data-kind=dropped]').textContent()).toMatch(/kB of gpu1 upstream are not here/);
  host.log('upstream', `${'y'.repeat(14_000)}\nbehind it\n`);
  await line('behind it').waitFor();
  await page.getByRole('button', { name: '4.00 kB more' }).click();
  expect((await lines()).at(-2)).toBe('y'.repeat(14_000));
});

test('a model\'s own log comes with its history; the fifth of a host is refused, and comes when another is left', async () => {
  const host = cockpit.hosts['gpu1']!;
  host.log('upstream', 'was there before\n', 'one');
  page = await cockpit.open(`/logs?${MODELS.map((model) => `model=gpu1/${model}`).join('&')}`);
  await line('was there before').waitFor();
  const refusal = page.getByRole('alert');
  await refusal.getByText('The log of five is not followed').waitFor();
  await written('gpu1', 'upstream', 'by four', 'four');
  host.log('upstream', 'by five\n', 'five');
  await page.getByRole('button', { name: 'Leave gpu1 two' }).click();
  await refusal.getByRole('button', { name: 'Try again' }).click();
  await refusal.waitFor({ state: 'detached' });
  await line('by five').first().waitFor();
  expect(await page.locator('[data-faults]').count()).toBe(0);
});

test('what was written before stands above a mark: with its time where Drover heard it, without where the host remembers it', async () => {
  const host = cockpit.hosts['gpu2']!;
  await cockpit.stop();
  for (const text of ['remembered one', 'remembered two']) host.log('proxy', `${text}\n`);
  await cockpit.start();
  page = await cockpit.open('/');
  await page.locator('[data-host=gpu2][data-liveness=live]').waitFor();
  const reader = await cockpit.open('/logs?host=gpu2');
  await reader.locator('[data-log-line]', { hasText: 'remembered two' }).waitFor();
  await expect.poll(async () => {
    host.log('upstream', 'heard\n');
    return reader.locator('[data-log-line]', { hasText: 'heard' }).count();
  }).toBeGreaterThan(0);
  await reader.context().close();

  await page.context().close();
  page = await cockpit.open('/logs?host=gpu2');
  await page.getByRole('separator').getByText(/earlier above, live since \d\d:\d\d:\d\d/).waitFor();
  await written('gpu2', 'proxy', 'live line');
  const all = await lines();
  const [two, mark, live] = [all.indexOf('remembered two'), all.findIndex((text) => text.includes('live since')), all.indexOf('live line')];
  expect(all.filter((text) => text === 'remembered two').length).toBe(1);
  expect(two < all.indexOf('heard') && all.lastIndexOf('heard') < mark && mark < live).toBe(true);
  expect(await line('remembered two').locator('time').count()).toBe(0);
  expect(await line('heard').first().locator('time').textContent()).toMatch(/^\d\d:\d\d:\d\d$/);
  expect(await line('live line').first().locator('time').getAttribute('title')).toMatch(/^received \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  await page.getByRole('checkbox', { name: 'Time' }).uncheck();
  await page.waitForURL(/time=off/);
  await page.locator('[data-log-line] time').first().waitFor({ state: 'detached' });
  await page.reload();
  await line('heard').first().waitFor();
  expect(await page.locator('[data-log-line] time').count()).toBe(0);
});

test('what was written while Drover or the page was away is there, once; what is lost is said', async () => {
  const host = cockpit.hosts['gpu2']!;
  page = await cockpit.open('/logs?host=gpu2');
  await written('gpu2', 'proxy', 'ahead of it');
  const before = (await lines()).filter((text) => text === 'ahead of it').length;
  await cockpit.stop();
  host.log('proxy', 'while it was away\n');
  await cockpit.start();
  await line('while it was away').waitFor({ timeout: 20_000 });
  await written('gpu2', 'proxy', 'behind it');
  const all = await lines();
  expect([all.filter((text) => text === 'ahead of it').length, all.filter((text) => text === 'while it was away').length]).toEqual([before, 1]);
  expect(await page.locator('[data-kind=away]').count()).toBe(0);

  await cockpit.stop();
  host.restart('kill');
  host.log('proxy', 'of another process\n');
  await cockpit.start();
  await line('of another process').waitFor({ timeout: 20_000 });
  expect(await page.locator('[data-kind=away]').first().textContent()).toMatch(/^⋯ not connected for .* what gpu2 proxy wrote meanwhile is not here$/);
});

test('a restart of the host is a mark where it was seen', async () => {
  const host = cockpit.hosts['gpu2']!;
  host.record({ model: 'tiny' });
  page = await cockpit.open('/logs?host=gpu2');
  await written('gpu2', 'proxy', 'ahead of the restart');
  host.restart('kill');
  host.record({ model: 'tiny' });
  await page.locator('[data-kind=restart]').getByText(/^gpu2 restarted, boot \d+$/).waitFor({ timeout: 20_000 });
  await written('gpu2', 'proxy', 'behind the restart');
  const kinds = await page.locator('[data-log-line]').evaluateAll((all) => all.map((one) => one.getAttribute('data-kind')));
  expect(kinds.filter((kind) => kind === 'restart').length).toBe(1);
  expect(kinds.lastIndexOf('text')).toBeGreaterThan(kinds.indexOf('restart'));
});

test('without a line it says what it waits for, and what to do', async () => {
  page = await cockpit.open('/logs?host=gpu1&host=nobody&model=gpu1/none');
  await page.getByText('There is no host nobody.').waitFor();
  await page.getByText('gpu1 has no model none.').waitFor();
  await page.goto(`${cockpit.url}/logs?host=nobody`);
  await page.getByText('No log is followed').waitFor();
  const body = JSON.stringify({ id: 'quiet', name: 'Quiet one', baseUrl: await quiet.listen() });
  // The database may still be on its way.
  await expect.poll(async () => (await fetch(`${cockpit.url}/api/hosts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status, { timeout: 20_000 }).toBe(201);
  await page.goto(`${cockpit.url}/logs?host=quiet`);
  await page.getByText('Quiet one remembers no line and has written none since.').waitFor();
  expect(await page.getByRole('list', { name: 'Followed' }).textContent()).toBe('Quiet one');
  await page.goto(`${cockpit.url}/logs?model=quiet/tiny`);
  await page.getByText('Tiny on Quiet one is not loaded').waitFor();
  quiet.fault({ kind: 'refuse' });
  quiet.endStreams('cut');
  await page.getByText('Its log goes on when it is back').waitFor({ timeout: 20_000 });
  quiet.fault(null);
  expect(await page.locator('[data-faults]').count()).toBe(0);
});

test('a host\'s page has the end of its log, live, as long as somebody sees it', async () => {
  const host = cockpit.hosts['gpu1']!;
  host.log('proxy', `${Array.from({ length: 30 }, (_, at) => `panel ${at}`).join('\n')}\n`);
  host.log('upstream', 'not of the proxy\n');
  page = await cockpit.open('/');
  const sent: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
  const asked = (type: string): number => sent.filter((frame) => frame.includes(`"type":"${type}"`) && frame.includes('"logs:gpu1"')).length;
  await page.goto(`${cockpit.url}/hosts/gpu1`);
  const panel = page.getByRole('region', { name: 'Log', exact: true });
  await panel.locator('[data-log-line]', { hasText: 'panel 29' }).waitFor();
  host.log('upstream', 'nor this\n');
  host.log('proxy', 'the newest\n');
  await panel.locator('[data-log-line]', { hasText: 'the newest' }).waitFor();
  expect(await panel.locator('[data-log-line]').count()).toBe(12);
  expect(await panel.textContent()).not.toMatch(/not of the proxy|nor this/);
  expect([asked('subscribe'), asked('unsubscribe')]).toEqual([1, 0]);

  const show = (state: string) => page.evaluate(`Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' }); document.dispatchEvent(new Event('visibilitychange'))`);
  await show('hidden');
  await expect.poll(() => asked('unsubscribe')).toBe(1);
  host.log('proxy', 'unseen\n');
  await show('visible');
  await panel.locator('[data-log-line]', { hasText: 'unseen' }).waitFor();
  expect(await panel.locator('[data-kind=away]').count()).toBe(0);
  expect((await panel.locator('[data-log-line]').allTextContents()).filter((text) => text.endsWith('the newest')).length).toBe(1);
  await panel.getByRole('link', { name: 'All of its logs' }).click();
  await line('not of the proxy').waitFor();
  expect([asked('subscribe'), asked('unsubscribe')]).toEqual([3, 2]);
  await page.getByRole('link', { name: 'Fleet', exact: true }).click();
  await expect.poll(() => asked('unsubscribe')).toBe(3);
});

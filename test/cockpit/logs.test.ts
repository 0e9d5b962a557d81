/** Logs in a real browser: colours, search, pause, a flood that stays bounded, models' own logs and the one too many. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

const MODELS = ['one', 'two', 'three', 'four', 'five'];
const E = '\u001b[';
let cockpit: Cockpit;
let page: Page;
beforeAll(async () => {
  const models = MODELS.map((id) => ({ id, name: id }));
  cockpit = await openCockpit({ hosts: { gpu1: { models, requestLog: false, release: 'v250' }, gpu2: { requestLog: false } } });
  page = await cockpit.open('/');
  for (const id of ['gpu1', 'gpu2']) await page.locator(`[data-host=${id}][data-liveness=live]`).waitFor();
  await page.context().close();
});
afterAll(async () => cockpit.close());
afterEach(async () => {
  await page.context().close();
  expect(cockpit.complaints).toEqual([]);
});

const line = (text: string) => page.locator('[data-log-line]', { hasText: text });
const lines = (): Promise<string[]> => page.evaluate('[...document.querySelectorAll("[data-log-line]")].map((line) => line.lastElementChild.textContent)');
/** Written again and again until the page has it: the topic may still be on its way. */
async function written(id: string, source: 'proxy' | 'upstream', text: string, model?: string): Promise<void> {
  const host = cockpit.hosts[id]!;
  await expect.poll(async () => {
    host.log(source, `${text}\n`, model);
    return line(text).count();
  }, { timeout: 20_000 }).toBeGreaterThan(0);
}

test('lines come with their colours as text, from chunks, of the source that was chosen; several hosts at once', async () => {
  page = await cockpit.open('/logs');
  await page.getByRole('link', { name: 'gpu1' }).click();
  await page.waitForURL(/host=gpu1/);
  await page.getByText('Nothing has been written yet').waitFor();
  await written('gpu1', 'proxy', 'ready');
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

test('what is not there says so; a connection that was away leaves a mark', async () => {
  page = await cockpit.open('/logs?host=gpu1&host=nobody&model=gpu1/none');
  await page.getByText('There is no host nobody.').waitFor();
  await page.getByText('gpu1 has no model none.').waitFor();
  await written('gpu1', 'proxy', 'before');
  await cockpit.restart();
  await page.getByText('what was written meanwhile is not here').waitFor();
  await written('gpu1', 'proxy', 'after');
  expect(await page.locator('[data-faults]').count()).toBe(0);
});

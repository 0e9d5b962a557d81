/** Who works by keys keeps a place: whatever closes or goes away, the focus is never at the page's top again. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openCockpit, until, type Cockpit } from '../support/cockpit.ts';

let cockpit: Cockpit;
let page: Page;
beforeAll(async () => {
  cockpit = await openCockpit({ hosts: { gpu1: {}, gpu2: {} } });
  page = await cockpit.open();
  await page.locator('[data-host=gpu1][data-liveness=live]').waitFor();
});
afterAll(async () => {
  await page.context().close();
  await cockpit.close();
});
afterEach(() => expect(cockpit.complaints).toEqual([]));

const focused = (): Promise<string> => page.evaluate("document.activeElement.textContent || document.activeElement.getAttribute('aria-label') || document.activeElement.tagName");
const isClosed = (): Promise<void> => until(page, "document.querySelector('dialog[open]') === null");

test('a dialog gives it back to what opened it', async () => {
  await page.goto(cockpit.url);
  await page.locator('[data-host=gpu2]').getByRole('link', { name: 'gpu2' }).focus();
  for (const key of ['?', 'Control+k']) {
    await page.keyboard.press(key);
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await isClosed();
    expect(await focused()).toBe('gpu2');
  }
  await page.goto(`${cockpit.url}/settings`);
  const add = page.getByRole('button', { name: 'Add a host' });
  await add.focus();
  await page.keyboard.press('Enter');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await isClosed();
  expect(await focused()).toContain('Add a host');
});

test('a menu gives it back to its button, and closes when it goes on', async () => {
  await page.goto(cockpit.url);
  const menu = page.locator('details', { hasText: 'Columns' });
  await menu.locator('summary').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate("document.activeElement.type")).toBe('checkbox');
  await page.keyboard.press('Escape');
  expect(await menu.getAttribute('open')).toBeNull();
  expect(await focused()).toContain('Columns');
  await page.keyboard.press('Enter');
  await page.locator('[data-host=gpu1]').getByRole('link', { name: 'gpu1' }).focus();
  expect(await menu.getAttribute('open')).toBeNull();
});

test('a view that is left hands it to the one that comes', async () => {
  await page.goto(cockpit.url);
  await page.locator('[data-host=gpu1]').getByRole('link', { name: 'gpu1' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/hosts\/gpu1$/);
  await until(page, "document.activeElement.id === 'view'");
});

test('what is typed while the palette is loaded stands in it', async () => {
  const slow = await page.context().newPage();
  let load: () => void = () => {};
  const asked = new Promise<void>((resolve) => void slow.route(/palette-.*\.js/, async (route) => {
    resolve();
    await new Promise<void>((free) => { load = free; });
    await route.continue();
  }));
  await slow.goto(cockpit.url);
  await slow.locator('[data-host=gpu1]').waitFor();
  await slow.keyboard.press('Control+k');
  await asked;
  await slow.keyboard.type('logs');
  load();
  await slow.getByRole('option', { name: 'Logs' }).waitFor();
  await slow.keyboard.press('Enter');
  await slow.waitForURL(/\/logs$/);
  await slow.close();
});

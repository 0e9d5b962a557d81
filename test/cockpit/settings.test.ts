/** Hosts by hand, the theme, signing in and out: the settings in a real browser. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';
import { simHost } from '../support/fleet.ts';
import type { SimHost } from '../../src/demo/sim-types.ts';

const TOKEN = 'a-long-secret';
let cockpit: Cockpit;
let other: { host: SimHost; url: string };
let page: Page;
beforeAll(async () => {
  cockpit = await openCockpit({ token: TOKEN });
  other = await simHost({ models: [{ id: 'big', name: 'Big' }], apiKeys: ['the-key'] });
});
afterAll(async () => {
  await cockpit.close();
  await other.host.close();
});
afterEach(() => expect(cockpit.complaints).toEqual([]));

async function signedIn(path: string): Promise<Page> {
  const opened = await cockpit.open(path);
  await opened.getByLabel('Token').fill(TOKEN);
  await opened.getByRole('button', { name: 'Sign in' }).click();
  await opened.getByRole('navigation', { name: 'Views' }).waitFor();
  return opened;
}

test('a host is tried, added, seen live, changed, put aside and removed', async () => {
  page = await signedIn('/settings');
  const declared = page.getByRole('button', { name: 'Disable gpu1' });
  const before = await declared.boundingBox();
  await page.getByRole('button', { name: 'Add a host' }).click();
  const form = page.getByRole('dialog', { name: 'Add a host' });
  await form.getByLabel('Address').fill(other.url);
  await form.getByLabel('Name').fill('My Other GPU');
  expect(await form.getByLabel('Id').inputValue()).toBe('my-other-gpu');
  await form.getByRole('button', { name: 'Try it' }).click();
  await form.getByText('It does not work.').waitFor();
  await form.getByLabel('API key').fill('the-key');
  await form.getByRole('button', { name: 'Try it' }).click();
  await form.getByText('1 model.').waitFor();
  await form.getByRole('button', { name: 'Add', exact: true }).click();

  const row = page.locator('[data-host=my-other-gpu]');
  await row.getByText('live').waitFor();
  expect((await declared.boundingBox())?.x).toBe(before?.x);
  expect((await row.getByRole('button', { name: /^Disable/ }).boundingBox())?.x).toBe(before?.x);
  expect(await row.textContent()).toContain('with an API key');
  expect(await page.content()).not.toContain('the-key');

  await row.getByRole('button', { name: 'Edit My Other GPU' }).click();
  const edit = page.getByRole('dialog', { name: 'Change My Other GPU' });
  await edit.getByLabel('Name').fill('Attic');
  await edit.getByRole('button', { name: 'Save' }).click();
  await row.getByRole('link', { name: 'Attic' }).waitFor();

  await row.getByRole('button', { name: 'Disable Attic' }).click();
  const stop = page.getByRole('dialog', { name: 'Disable Attic (my-other-gpu)?' });
  await stop.getByRole('button', { name: 'Keep' }).click();
  await stop.waitFor({ state: 'detached' });
  await row.getByText('live').waitFor();
  await row.getByRole('button', { name: 'Disable Attic' }).click();
  await stop.getByRole('button', { name: 'Disable my-other-gpu' }).click();
  await row.getByText('disabled').waitFor();
  await row.getByRole('button', { name: 'Enable Attic' }).click();
  await row.getByText('live').waitFor();

  await row.getByRole('button', { name: 'Remove Attic' }).click();
  const sure = page.getByRole('dialog', { name: 'Remove Attic (my-other-gpu)?' });
  await sure.getByRole('button', { name: 'Remove my-other-gpu' }).click();
  await row.waitFor({ state: 'detached' });
  await page.context().close();
});

test('a declared host may be put aside and nothing else; a bad address says what is wrong with it', async () => {
  page = await signedIn('/settings?add=1');
  const declared = page.locator('[data-host=gpu1]');
  await declared.getByText('from the configuration').waitFor();
  expect(await declared.getByRole('button').allTextContents()).toEqual(['Disable']);
  const form = page.getByRole('dialog', { name: 'Add a host' });
  await form.getByLabel('Address').fill('http://169.254.169.254/');
  await form.getByLabel('Name').fill('gpu1');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await form.getByText('link-local').waitFor();
  expect(await form.getByLabel('Address').getAttribute('aria-invalid')).toBe('true');
  await form.getByLabel('Address').fill(other.url);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await form.getByText('A host of this id exists.').waitFor();
  expect(await form.getByLabel('Id').getAttribute('aria-invalid')).toBe('true');
  await page.context().close();
});

test('a host that is down says why', async () => {
  page = await signedIn('/settings');
  cockpit.hosts['gpu1']!.kill();
  const row = page.locator('[data-host=gpu1]');
  await row.getByText('refuses the connection').waitFor();
  await row.getByTitle('refuses the connection').getByText('down', { exact: true }).waitFor();
  cockpit.hosts['gpu1']!.start();
  await row.getByText('live', { exact: true }).waitFor();
  await page.context().close();
});

test('an address that is watched already is said to be so, and goes in all the same when one insists', async () => {
  page = await signedIn('/settings?add=1');
  const form = page.getByRole('dialog', { name: 'Add a host' });
  const url = await page.locator('[data-host=gpu1]').getByText('http://').textContent() ?? '';
  await form.getByLabel('Address').fill(`${url.replace('127.0.0.1', 'LOCALHOST')}/`);
  await form.getByText('Already watched as gpu1').waitFor();
  await form.getByLabel('Address').fill(other.url);
  await form.getByText('Already watched as gpu1').waitFor({ state: 'detached' });
  await form.getByLabel('Address').fill(url);
  await form.getByLabel('Name').fill('Twin');
  await form.getByRole('button', { name: 'Add all the same' }).click();
  await page.locator('[data-host=twin]').getByText('live').waitFor();
  await page.locator('[data-host=twin]').getByRole('button', { name: 'Remove Twin' }).click();
  await page.getByRole('button', { name: 'Remove twin' }).last().click();
  await page.locator('[data-host=twin]').waitFor({ state: 'detached' });
  await page.context().close();
});

test('while Drover is away its hosts stay in sight and nothing can be done to them; back, all goes on', async () => {
  page = await signedIn('/settings');
  await page.locator('[data-host=gpu1]').getByText('live').waitFor();
  await cockpit.stop();
  await page.locator('[data-host=gpu1]').getByRole('button', { name: 'Disable gpu1' }).and(page.locator(':disabled')).waitFor();
  // Another view and back: what was asked for is gone, what the fleet held is not.
  await page.getByRole('link', { name: 'Fleet' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.locator('[data-stale=true] [data-host=gpu1]').waitFor();
  expect(await page.getByRole('button', { name: 'Add a host' }).isDisabled()).toBe(true);
  await cockpit.start();
  await page.locator('[data-stale=false] [data-host=gpu1]').getByText('from the configuration').waitFor();
  await page.locator('[data-host=gpu1]').getByText('http://127.0.0.1').waitFor();
  expect(await page.getByRole('button', { name: 'Add a host' }).isDisabled()).toBe(false);
  await page.context().close();
});

test('what failed is said until it is closed, or until something has worked', async () => {
  page = await signedIn('/settings');
  const row = page.locator('[data-host=gpu1]');
  let away = true;
  await page.route(/\/api\/hosts\/gpu1$/, async (route) => (away ? route.fulfill({ status: 503, json: { error: { code: 'database_away', message: 'The database is not there now.', hint: 'See /readyz.' } } }) : route.continue()));
  const fault = page.getByRole('alert').filter({ hasText: 'The database is not there now.' });
  const disable = async (): Promise<void> => {
    await row.getByRole('button', { name: 'Disable gpu1' }).click();
    await page.getByRole('button', { name: 'Disable gpu1' }).last().click();
  };
  await disable();
  await fault.getByRole('link', { name: 'what it is doing' }).waitFor();
  expect(await fault.textContent()).not.toContain('/readyz');
  await fault.getByRole('button', { name: 'Close' }).click();
  await fault.waitFor({ state: 'detached' });
  await disable();
  await fault.waitFor();
  await row.getByText('live').waitFor();
  away = false;
  await page.getByRole('button', { name: 'Add a host' }).click();
  const form = page.getByRole('dialog', { name: 'Add a host' });
  await form.getByLabel('Address').fill(other.url);
  await form.getByLabel('Name').fill('Third');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await page.locator('[data-host=third]').waitFor();
  await fault.waitFor({ state: 'detached' });
  await page.locator('[data-host=third]').getByRole('button', { name: 'Remove Third' }).click();
  await page.getByRole('button', { name: 'Remove third' }).last().click();
  await page.locator('[data-host=third]').waitFor({ state: 'detached' });
  await page.context().close();
});

test('the theme is chosen at once and kept; what this process is stands there; signing out shows nothing more', async () => {
  page = await signedIn('/settings');
  await page.getByText('Dark', { exact: true }).click();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.reload();
  await page.getByText('This Drover').waitFor();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.getByText('external PostgreSQL').waitFor();
  await page.getByText('90 days').first().waitFor();
  expect(await page.content()).not.toContain(TOKEN);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Token').waitFor();
  expect(await page.getByText('gpu1').count()).toBe(0);
  await page.context().close();
});

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
  expect(await row.textContent()).toContain('with an API key');
  expect(await page.content()).not.toContain('the-key');

  await row.getByRole('button', { name: 'Edit My Other GPU' }).click();
  const edit = page.getByRole('dialog', { name: 'Change My Other GPU' });
  await edit.getByLabel('Name').fill('Attic');
  await edit.getByRole('button', { name: 'Save' }).click();
  await row.getByRole('link', { name: 'Attic' }).waitFor();

  await row.getByRole('button', { name: 'Disable Attic' }).click();
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
  await form.getByRole('alert').getByText('link-local').waitFor();
  await form.getByLabel('Address').fill(other.url);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await form.getByRole('alert').getByText('A host of this id exists.').waitFor();
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

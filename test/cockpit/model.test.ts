/** The view of one model: its hosts side by side, how fast it is at each, its last requests. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

// What a path could be taken apart by, and what would be decoded twice.
const KEY = 'vendor/large model 50%25?#1';
const address = `/models/${encodeURIComponent(KEY)}`;

let cockpit: Cockpit;
beforeAll(async () => {
  const models = [{ id: KEY, name: 'Large', ttlS: 900, contextLength: 16_384 }, { id: 'tiny', name: 'Tiny' }];
  cockpit = await openCockpit({ hosts: { gpu1: { models }, gpu2: { models }, gpu3: {}, gpu4: { models: [{ id: 'mini', name: 'Mini', peer: 'far' }, { id: 'broken', name: 'Broken' }] } } });
  for (const tokensPerSecond of [10, 30, 20]) cockpit.hosts['gpu1']!.record({ model: KEY, tokensPerSecond, promptPerSecond: tokensPerSecond * 100, outputTokens: 50 });
  cockpit.hosts['gpu1']!.record({ model: 'tiny', tokensPerSecond: 999, outputTokens: 50 });
});
afterAll(async () => cockpit.close());
afterEach(() => expect(cockpit.complaints).toEqual([]));

const cells = async (page: Page, host: string): Promise<Record<string, string>> => {
  const heads = await page.locator('table[aria-label=Hosts] th').allInnerTexts();
  const texts = await page.locator(`table[aria-label=Hosts] [data-key=${host}] td`).allInnerTexts();
  return Object.fromEntries(heads.map((head, i) => [head.trim(), texts[i]?.trim() ?? '']));
};

test('its hosts with state and the medians of its own requests there, – where none was seen', async () => {
  const page = await cockpit.open(address);
  await page.getByRole('heading', { name: 'Large', level: 1 }).waitFor();
  await page.locator('header').getByText(KEY, { exact: true }).waitFor();
  await expect.poll(async () => (await cells(page, 'gpu1'))['Tokens/s'], { timeout: 20_000 }).toBe('20.0');
  expect(await cells(page, 'gpu1')).toMatchObject({ 'Prompt/s': '2,000', Liveness: 'live', State: 'stopped', Context: '16,384' });
  expect(await cells(page, 'gpu2')).toMatchObject({ 'Tokens/s': '–', 'Prompt/s': '–', 'Newest tok/s': '–', 'Last used': '–' });
  expect(await page.locator('table[aria-label=Hosts] [data-row]').count()).toBe(2);
  expect(await page.locator('table[aria-label="Last requests"] [data-row]').count()).toBe(3);

  cockpit.hosts['gpu2']!.record({ model: KEY, tokensPerSecond: 44, outputTokens: 50 });
  await expect.poll(async () => (await cells(page, 'gpu2'))['Tokens/s'], { timeout: 20_000 }).toBe('44.0');
  cockpit.hosts['gpu2']!.request({ model: KEY, durationMs: 1 });
  await page.locator('[data-key=gpu2]').getByText('ready').waitFor();
  await page.locator('[data-key=gpu2]').getByText(/^in 1[45] min/).waitFor();
  await page.context().close();
});

test('one comes to it from a host, and back', async () => {
  const page = await cockpit.open('/hosts/gpu1');
  await page.locator('section[aria-label=Models]').getByRole('link', { name: 'Large' }).click();
  await page.waitForURL((url) => url.pathname === address);
  await page.locator('table[aria-label=Hosts]').getByRole('link', { name: 'gpu2' }).click();
  await page.getByRole('heading', { name: 'gpu2', level: 1 }).waitFor();
  await page.goBack();
  await page.locator('header').getByRole('link', { name: 'Matrix' }).first().click();
  await page.getByRole('heading', { name: 'Matrix', level: 1 }).waitFor();
  await page.context().close();
});

test('a peer\'s model is one, whichever of its names is asked for', async () => {
  cockpit.hosts['gpu4']!.record({ model: 'mini', tokensPerSecond: 25, outputTokens: 50 });
  for (const [asked, other] of [['far/mini', 'mini'], ['mini', 'far/mini']] as const) {
    const page = await cockpit.open(`/models/${encodeURIComponent(asked)}`);
    await page.getByRole('heading', { name: 'Mini', level: 1 }).waitFor();
    await page.getByText(`also known as ${other}`).waitFor();
    await page.locator('table[aria-label="Last requests"] [data-row]').waitFor();
    const host = page.locator('table[aria-label=Hosts] [data-row]');
    await host.getByText('at far').waitFor();
    await host.getByText('25.0').first().waitFor();
    expect(await host.count()).toBe(1);
    await page.context().close();
  }
  const page = await cockpit.open('/hosts/gpu4');
  await page.locator('table[aria-label="Last requests"]').getByRole('link', { name: 'Mini' }).click();
  await page.locator('table[aria-label=Hosts]').getByRole('link', { name: 'gpu4' }).waitFor();
  await page.context().close();
});

test('a model that fails each time says so, with the words of the failure', async () => {
  cockpit.hosts['gpu4']!.record({ model: 'broken', status: 500, error: 'upstream command exited prematurely', outputTokens: 0, tokensPerSecond: -1, promptPerSecond: -1 });
  const page = await cockpit.open('/models/broken');
  await page.locator('table[aria-label="Last requests"]').getByText('upstream command exited prematurely').waitFor();
  const host = page.locator('table[aria-label=Hosts] [data-key=gpu4]');
  await host.getByText('last failed: upstream command exited prematurely').waitFor();
  await host.getByTitle('no request tells a speed').first().waitFor();
  expect((await cells(page, 'gpu4'))['Last used']).not.toBe('–');
  await page.goto(`${cockpit.url}/matrix?q=gpu4`);
  await page.getByTitle('no request tells a speed; last failed: upstream command exited prematurely').getByText('last failed').waitFor();
  await page.goto(`${cockpit.url}/hosts/gpu4`);
  await page.locator('table[aria-label=Models]').getByText('last failed: upstream command exited prematurely').waitFor();
  await page.context().close();
});

test('a model that no host has', async () => {
  const page = await cockpit.open('/models/nothing-like-it');
  await page.getByText('No host has a model “nothing-like-it”').waitFor();
  await page.getByRole('link', { name: 'See which models there are' }).click();
  await page.getByRole('heading', { name: 'Matrix' }).waitFor();
  await page.context().close();
});

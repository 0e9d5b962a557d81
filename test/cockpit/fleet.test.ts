/** The fleet's table and cards: what they say of hosts that were just met, of models that are waited for, and that nothing moves when a host is lost. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

const MODELS = ['Apple', 'Birch', 'Cedar'].map((name) => ({ id: name.toLowerCase(), name, ttlS: 600 }));
const gpus = Array.from({ length: 4 }, (_, i) => ({ name: `Card ${i}`, uuid: `GPU-${i}`, memTotalMb: 1_000 }));

let cockpit: Cockpit;
beforeAll(async () => {
  cockpit = await openCockpit({ hosts: { gpu1: { models: MODELS }, gpu2: { models: MODELS, gpus }, gpu3: {}, gpu4: {} } });
});
afterAll(async () => cockpit.close());
afterEach(() => expect(cockpit.complaints).toEqual([]));

const host = (page: Page, id: string, liveness = 'live'): Locator => page.locator(`[data-host=${id}][data-liveness=${liveness}]`);

test('the rate of a host that is watched for less than a minute is a lower bound, everywhere', async () => {
  const page = await cockpit.open();
  await host(page, 'gpu3').waitFor();
  cockpit.hosts['gpu3']!.record({ model: 'tiny', tokensPerSecond: 50, outputTokens: 600 });
  const least = page.getByTitle(/at least: watched for less than a minute, 1 request ended since/);
  await host(page, 'gpu3').locator(least).getByText('≥ 10.0').waitFor();
  for (const address of ['/?layout=cards', '/matrix?show=multiples', '/hosts/gpu3']) {
    await page.goto(cockpit.url + address);
    await least.getByText('≥ 10.0').waitFor();
  }
  // The same a minute later.
  await page.addInitScript('{ const now = Date.now; Date.now = () => now() + 61_000; }');
  for (const address of ['/', '/?layout=cards', '/matrix?show=multiples', '/hosts/gpu3']) {
    await page.goto(cockpit.url + address);
    await page.getByTitle('of the last minute: 1 request ended').getByText(/^10\.0$/).waitFor();
    expect(await page.getByText('≥').count()).toBe(0);
  }
  await page.context().close();
});

test('a stopped model with requests waits, and says how many', async () => {
  const page = await cockpit.open();
  await host(page, 'gpu1').getByRole('link', { name: '3 models' }).waitFor();
  cockpit.hosts['gpu1']!.request({ model: 'apple', durationMs: 600_000 });
  await host(page, 'gpu1').getByTitle('1 request in flight').waitFor();
  cockpit.hosts['gpu1']!.request({ model: 'birch', durationMs: 1 });
  cockpit.hosts['gpu1']!.request({ model: 'birch', durationMs: 1 });
  await host(page, 'gpu1').getByTitle('birch: 2 requests wait until it is loaded').getByText('waiting').waitFor();
  expect(await host(page, 'gpu1').getByText('+1').getAttribute('title')).toBe('Cedar: stopped');

  await page.goto(`${cockpit.url}/hosts/gpu1`);
  await page.locator('[data-key=birch]').getByTitle('2 requests wait until it is loaded').getByText('waiting').waitFor();
  await page.goto(`${cockpit.url}/models/birch`);
  await page.locator('[data-key=gpu1]').getByTitle('2 requests wait until it is loaded').getByText('waiting').waitFor();
  await page.goto(`${cockpit.url}/matrix?loaded=1`);
  await page.locator('[data-host=gpu1] [data-model=birch]').getByText('waiting').waitFor();
  await page.getByText('0 of 2 loaded').first().waitFor();
  await page.context().close();
});

test('no row grows when its host is lost', async () => {
  const page = await cockpit.open();
  await host(page, 'gpu2').getByRole('img', { name: /^Card 3/ }).waitFor();
  const heights = async (): Promise<(number | undefined)[]> => Promise.all(['gpu1', 'gpu2', 'gpu3', 'gpu4'].map(async (id) => (await page.locator(`[data-host=${id}]`).boundingBox())?.height));
  const before = await heights();
  expect(new Set(before).size).toBe(1);
  cockpit.hosts['gpu2']!.kill();
  await host(page, 'gpu2', 'down').getByText('next try').waitFor();
  await host(page, 'gpu2', 'down').getByText('refuses the connection').waitFor();
  expect(await heights()).toEqual(before);
  cockpit.hosts['gpu2']!.start();
  await host(page, 'gpu2').waitFor();
  await page.context().close();
});

test('a host that restarts again and again is unsteady, also for who comes later; nothing else moves', async () => {
  const page = await cockpit.open('/?sort=liveness');
  const chip = page.getByRole('button', { name: 'unsteady' });
  const left = async (name: RegExp): Promise<number | undefined> => (await page.getByRole('button', { name }).boundingBox())?.x;
  await host(page, 'gpu4').waitFor();
  await page.getByRole('button', { name: /^\d unsteady$/ }).waitFor();
  const places = async (): Promise<unknown> => [await left(/^\d live$/), await left(/^\d down$/), await left(/^\d unsteady$/)];
  const [before, height] = [await places(), (await host(page, 'gpu4').boundingBox())?.height];
  const boot = async (): Promise<void> => {
    cockpit.hosts['gpu4']!.kill();
    await host(page, 'gpu4', 'down').waitFor();
    expect(await places()).toEqual(before);
    cockpit.hosts['gpu4']!.start();
    await host(page, 'gpu4').waitFor();
  };
  const earlier = Number((await chip.innerText()).trim().split(/\s/)[0]);
  for (let times = 0; times < 2; times += 1) await boot();
  const word = host(page, 'gpu4').locator('[data-unsteady]');
  await word.getByText(/(restarted|down) \d+ × in the last hour/).waitFor();
  expect((await host(page, 'gpu4').boundingBox())?.height).toBe(height);
  expect(await chip.innerText()).toMatch(new RegExp(`^\\s*${earlier + 1}\\s+unsteady`));
  expect(await page.locator('[data-host]').last().getAttribute('data-host')).toBe('gpu4');

  const again = await cockpit.open('/?unsteady=1&layout=cards');
  await host(again, 'gpu4').locator('[data-unsteady]').waitFor();
  expect(await again.locator('[data-host]').count()).toBe(earlier + 1);
  await host(again, 'gpu4').locator('[data-unsteady]').click();
  await again.waitForURL(/hosts\/gpu4\?range=1h#history/);
  await again.context().close();
  await page.context().close();
});

test('Back takes a filter away, and leaves the view only then', async () => {
  const page = await cockpit.open('/settings');
  await page.getByRole('link', { name: 'Fleet' }).click();
  await page.locator('[data-host]').first().waitFor();
  const hosts = await page.locator('[data-host]').count();
  const chip = page.getByRole('button', { pressed: false }).filter({ hasText: /\d live$/ });
  await chip.click();
  await page.waitForURL(/state=live/);
  await page.goBack();
  await page.waitForURL((url) => url.search === '');
  expect(await page.locator('[data-host]').count()).toBe(hosts);
  await page.goBack();
  await page.waitForURL(/settings/);
  await page.context().close();
});

test('table or cards stands in the address, and the last choice is the default', async () => {
  const page = await cockpit.open();
  await page.getByRole('table', { name: 'Hosts' }).waitFor();
  await page.getByRole('radio', { name: 'Cards' }).check();
  await page.waitForURL(/layout=cards/);
  await page.getByRole('list', { name: 'Hosts' }).waitFor();
  await page.goto(`${cockpit.url}/`);
  await page.getByRole('list', { name: 'Hosts' }).waitFor();
  await page.goto(`${cockpit.url}/?layout=table`);
  await page.getByRole('table', { name: 'Hosts' }).waitFor();
  await page.context().close();
});

test('without room for its columns the fleet stands in cards, unless the address wants the table', async () => {
  const narrow = { viewport: { width: 720, height: 900 } };
  const page = await cockpit.open('/', narrow);
  await page.getByRole('list', { name: 'Hosts' }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  await page.goto(`${cockpit.url}/?layout=table`);
  await page.getByRole('table', { name: 'Hosts' }).waitFor();
  await page.setViewportSize({ width: 1_100, height: 900 });
  await page.goto(`${cockpit.url}/`);
  const table = page.getByRole('table', { name: 'Hosts' });
  await table.waitFor();
  expect(await page.evaluate('(() => { const table = document.querySelector("[role=table]"); return table.scrollWidth - table.clientWidth; })()')).toBe(0);
  await page.context().close();
});

test('three hosts and more on a phone\'s screen, each with the essentials', async () => {
  const page = await cockpit.open('/', { viewport: { width: 390, height: 844 } });
  await host(page, 'gpu4').waitFor();
  const navigation = await page.getByRole('navigation', { name: 'Views' }).boundingBox();
  for (const id of ['gpu1', 'gpu2', 'gpu3', 'gpu4']) {
    const box = await host(page, id).boundingBox();
    expect((box?.y ?? 1e9) + (box?.height ?? 0)).toBeLessThan(navigation?.y ?? 0);
    for (const part of ['live', 'In flight', 'Tok/s', 'GPU']) expect(await host(page, id).innerText()).toContain(part);
  }
  cockpit.hosts['gpu1']!.kill();
  await host(page, 'gpu1', 'down').getByText('refuses the connection').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  cockpit.hosts['gpu1']!.start();
  await host(page, 'gpu1').waitFor();
  await page.context().close();
});

test('the matrix by its key, and an address that is no page', async () => {
  const page = await cockpit.open('/no/such/place');
  await page.getByText('There is no such page').waitFor();
  await page.getByRole('link', { name: 'Go to the fleet' }).click();
  await host(page, 'gpu3').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.getByRole('heading', { name: 'Matrix' }).waitFor();
  await page.context().close();
});

/** Who may look: signing in and out in the tabs of a real browser. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCockpit, until, type Cockpit } from '../support/cockpit.ts';

const TOKEN = 'a-long-secret';
let cockpit: Cockpit;
beforeAll(async () => {
  cockpit = await openCockpit({ token: TOKEN });
});
afterAll(async () => cockpit.close());

test('a wrong token is said to be wrong; the right one leads where the address said, in every tab, until one signs out', async () => {
  const first = await cockpit.open('/?q=gpu1&state=live');
  await until(first, "document.title === 'Sign in · Drover'");
  await first.getByLabel('Token').fill('not it');
  await first.getByRole('button', { name: 'Sign in' }).click();
  await first.getByText('This is not the token.').waitFor();
  expect(await first.getByRole('navigation').count()).toBe(0);
  const second = await first.context().newPage();
  await second.goto(`${cockpit.url}/settings`);
  await second.getByLabel('Token').waitFor();

  await first.getByLabel('Token').fill(TOKEN);
  await first.getByRole('button', { name: 'Sign in' }).click();
  await first.getByRole('link', { name: 'gpu1' }).waitFor();
  expect(first.url()).toBe(`${cockpit.url}/?q=gpu1&state=live`);
  await until(first, "document.title === 'Fleet · Drover'");
  await second.locator('[data-host=gpu1]').getByText('live').waitFor();
  await second.reload();
  await second.locator('[data-host=gpu1]').getByText('live').waitFor();

  // The first tab asks for nothing that could tell it.
  await second.getByRole('button', { name: 'Sign out' }).click();
  await second.getByLabel('Token').waitFor();
  await first.getByLabel('Token').waitFor();
  expect(await first.getByText('gpu1').count()).toBe(0);
  await first.reload();
  await first.getByLabel('Token').waitFor();
  expect(first.url()).toBe(`${cockpit.url}/?q=gpu1&state=live`);
  await first.context().close();
  expect(cockpit.complaints).toEqual([]);
});

test('wrong tokens in a row: how long to wait is said and counted down, then one may try again', async () => {
  const page = await cockpit.open('about:blank');
  await page.clock.install();
  await page.goto(cockpit.url);
  const field = page.getByLabel('Token');
  const alert = page.getByRole('alert');
  const tried = async (): Promise<void> => {
    const answer = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.keyboard.press('Enter');
    await answer;
  };
  await field.fill('wrong');
  await tried();
  await alert.getByText('This is not the token.').waitFor();
  // What is typed next takes the place of what was wrong.
  await page.keyboard.type('guess');
  expect(await field.inputValue()).toBe('guess');
  const button = page.getByRole('button', { name: 'Sign in' });
  const wait = page.getByText(/^You can try again in \d+ s\.$/);
  const seconds = async (): Promise<number> => Number.parseInt((await wait.textContent())!.replace(/\D+/, ''), 10);
  while (!(await alert.getByText('Too many wrong tokens').isVisible())) {
    await tried();
    await button.and(page.locator(':enabled')).or(wait).first().waitFor();
  }
  const before = await seconds();
  expect(await button.isDisabled()).toBe(true);
  await page.clock.runFor(5_000);
  expect(await seconds()).toBeLessThan(before);
  await page.clock.runFor(60_000);
  await page.getByRole('status').getByText('You can try again now.').waitFor();
  expect(await button.isDisabled()).toBe(false);
  await page.context().close();
  expect(cockpit.complaints).toEqual([]);
});

test('a Drover that comes back without a token: the page says so, and nobody is led to a sign-in that it does not want', async () => {
  // A new process remembers no tries.
  await cockpit.restart();
  const page = await cockpit.open('/settings');
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This browser is signed in').waitFor();
  await cockpit.stop();
  await cockpit.start(null);
  await page.getByText('wants no token').waitFor();
  expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
  await cockpit.stop();
  await cockpit.start(TOKEN);
  await page.getByText('This browser is signed in').waitFor();
  // One that has not heard of it yet.
  await page.route(/\/api\/session$/, (route) => (route.request().method() === 'DELETE' ? route.fulfill({ status: 204 }) : route.fulfill({ json: { required: false, authenticated: true } })));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('wants no token').waitFor();
  expect(await page.getByLabel('Token').count()).toBe(0);
  await page.context().close();
  expect(cockpit.complaints).toEqual([]);
});

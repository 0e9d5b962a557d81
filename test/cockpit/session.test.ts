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

/** The live actor tree in a real browser: walked, searched, an actor crashed and seen, one restarted by hand. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

const LINK = 'drover/fleet/hosts/host:gpu1/link';
let cockpit: Cockpit;
let page: Page;
beforeAll(async () => {
  cockpit = await openCockpit({ hosts: { gpu1: {}, gpu2: {} } });
});
afterAll(async () => cockpit.close());
afterEach(async () => {
  await page.context().close();
  expect(cockpit.complaints).toEqual([]);
});

const row = (path: string): string => `[role=row][data-path="${path}"]`;
const paths = (): Promise<string[]> => page.evaluate('[...document.querySelectorAll("[data-path]")].map((row) => row.dataset.path)');
const crash = (path: string, message: string): void => void cockpit.tree.send(path, { type: 'crash', error: new Error(message) } as never);

test('the tree stands as it is, and is walked, folded and opened by keys; the address keeps it', async () => {
  page = await cockpit.open('/actors');
  await page.locator(row(LINK)).waitFor();
  const tree = page.getByRole('treegrid', { name: 'Actors' });
  expect(await paths()).toEqual(cockpit.tree.registry.list().map(({ path }) => path));
  expect(await page.locator(row(LINK)).getAttribute('aria-level')).toBe('5');

  await page.locator(row('drover')).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.locator(`${row('drover/database')}[aria-expanded=false]`).waitFor();
  expect(await page.locator(row('drover/database/postgres')).count()).toBe(0);
  expect(page.url()).toContain('flip=drover%2Fdatabase');
  await page.reload();
  await page.locator(`${row('drover/database')}[aria-expanded=false]`).waitFor();
  await page.locator(row('drover/database')).focus();
  await page.keyboard.press('ArrowRight');
  await page.locator(row('drover/database/postgres')).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('complementary', { name: 'Actor drover/database/postgres' });
  await detail.getByText('Recent transitions').waitFor();
  await page.waitForURL(/actor=drover%2Fdatabase%2Fpostgres/);
  await page.keyboard.press('End');
  await page.locator(`${row('drover/http')}:focus`).waitFor();
  await detail.getByRole('button', { name: 'Close' }).click();
  await detail.waitFor({ state: 'detached' });
  expect(await tree.locator(`${row('drover/http')}:focus`).count()).toBe(1);
});

test('search shows what is found below those that lead to it; order by a column makes a list', async () => {
  page = await cockpit.open('/actors?q=gpu2');
  await page.locator(row('drover/fleet/hosts/host:gpu2')).waitFor();
  expect(await paths()).toEqual(['drover', 'drover/fleet', 'drover/fleet/hosts', 'drover/fleet/hosts/host:gpu2', 'drover/fleet/hosts/host:gpu2/link']);
  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByText('No actor passes these filters').waitFor();
  await page.getByRole('button', { name: 'Show all' }).first().click();
  await page.getByRole('button', { name: /1 ready/ }).click();
  await page.locator(row('drover/database/postgres')).waitFor();
  expect(await paths()).toEqual(['drover', 'drover/database', 'drover/database/postgres']);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('button', { name: 'Actor', exact: true }).click();
  await page.waitForURL(/sort=path/);
  const sorted = await paths();
  expect(sorted).toEqual(sorted.toSorted());
  await page.getByRole('button', { name: 'Back to the tree' }).click();
  await page.locator(`${row(LINK)}[aria-level="5"]`).waitFor();
});

test('an actor crashes: it flashes where it is, or on what hides it; the head counts it; its detail has the stack', async () => {
  page = await cockpit.open(`/actors?actor=${encodeURIComponent(LINK)}`);
  await page.locator(row(LINK)).getByText('open.live').waitFor();
  await page.getByText(/no crash since Drover began, .* ago/).waitFor();
  crash(LINK, 'planted <b>one</b>');
  await page.locator(`${row(LINK)}[data-flash]`).waitFor();
  expect(await page.locator('[data-flash]').count()).toBe(1);
  await page.getByText('1 actor crashed in the last hour').waitFor();
  const detail = page.getByRole('complementary', { name: `Actor ${LINK}` });
  await detail.getByText('Error: planted <b>one</b>').first().waitFor();
  expect(await detail.locator('pre').textContent()).toContain('actors.test.ts');
  await detail.getByText('2, restarted once').waitFor();
  await page.locator(row(LINK)).getByText('Error: planted').waitFor();
  await page.locator('[data-flash]').waitFor({ state: 'detached' });

  await page.locator(row('drover/fleet/hosts')).focus();
  await page.keyboard.press('ArrowLeft');
  await page.locator(row(LINK)).waitFor({ state: 'detached' });
  crash(LINK, 'planted two');
  await page.locator(`${row('drover/fleet/hosts')}[data-flash]`).waitFor();
  await detail.getByText('Error: planted two').first().waitFor();
});

test('a host that crashes again and again is gone from the tree, and said to be in quarantine', async () => {
  page = await cockpit.open(`/actors?actor=${encodeURIComponent('drover/fleet/hosts/host:gpu2')}`);
  const link = 'drover/fleet/hosts/host:gpu2/link';
  await page.locator(row(link)).waitFor();
  for (let round = 0; round < 6; round++) {
    await expect.poll(() => cockpit.tree.actor(link)).not.toBeNull();
    crash(link, `bad day ${round}`);
  }
  await page.locator(row('drover/fleet/hosts/host:gpu2')).waitFor({ state: 'detached' });
  await page.locator(`${row('drover/fleet/hosts')}[data-flash]`).waitFor();
  await page.getByRole('link', { name: '1 host in quarantine' }).waitFor();
  await page.getByRole('status').getByText('It has ended').waitFor();
  await page.locator(row(link)).waitFor();
});

test('a restart by hand names what restarts with it, and is done only then; what is not restarted says why', async () => {
  page = await cockpit.open('/actors?actor=drover%2Fview%2Ffleet-store');
  const before = cockpit.tree.registry.detail('drover/view/broadcaster')!.incarnation;
  await page.getByRole('complementary').getByRole('button', { name: 'Restart' }).click();
  const sure = page.getByRole('dialog', { name: 'Restart fleet-store?' });
  await sure.getByText('drover/view/broadcaster').waitFor();
  await sure.getByRole('button', { name: 'Keep' }).click();
  await sure.waitFor({ state: 'detached' });
  expect(cockpit.tree.registry.detail('drover/view/broadcaster')!.incarnation).toBe(before);
  await page.getByRole('complementary').getByText('None: this is its first life.').waitFor();
  await page.getByRole('complementary').getByRole('button', { name: 'Restart' }).click();
  await sure.waitFor();
  await page.keyboard.press('Escape');
  await sure.waitFor({ state: 'detached' });
  await page.getByRole('complementary', { name: 'Actor drover/view/fleet-store' }).getByRole('button', { name: 'Restart' }).click();
  await sure.getByRole('button', { name: 'Restart fleet-store' }).click();
  await page.locator(row('drover/view/broadcaster')).getByText(`#${before + 1}`).waitFor({ state: 'attached' });
  expect(cockpit.tree.registry.detail('drover/view/broadcaster')!.incarnation).toBe(before + 1);
  await page.locator(`${row('drover/view/fleet-store')}[data-flash=hand]`).waitFor();
  await page.locator(row('drover/view/fleet-store')).getByText('restarted by hand').waitFor();
  const detail = page.getByRole('complementary');
  await detail.getByRole('region', { name: 'Last exit' }).getByText('restarted by hand').waitFor();
  expect(await page.locator('[data-flash=crash]').count()).toBe(0);

  await page.goto(`${cockpit.url}/actors?actor=drover%2Fhttp`);
  await page.getByRole('complementary').getByRole('button', { name: 'Restart' }).click();
  await page.getByRole('dialog').getByRole('alert').getByText("http can't be restarted by hand").waitFor();
  expect(await page.getByRole('dialog').getByRole('button', { name: 'Restart http' }).isDisabled()).toBe(true);
});

test('a detail tells of one life at a time: while the next one is asked for, nothing of the last stands beside it', async () => {
  page = await cockpit.open('/actors?actor=drover%2Ffleet%2Fkeeper');
  const detail = page.getByRole('complementary');
  await detail.getByText('waiting → keeping').waitFor();
  const before = cockpit.tree.registry.detail('drover/fleet/keeper')!.incarnation;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => { release = resolve; });
  await page.route(/debug\/actors\/drover\/fleet\/keeper$/, async (route) => {
    await released;
    // One that was given up meanwhile is no longer there to go on.
    await route.continue().catch(() => undefined);
  });
  cockpit.tree.kill('drover/fleet/keeper');
  await detail.getByText(`${before + 1}, restarted`).waitFor();
  expect(await detail.getByRole('region', { name: 'Recent transitions' }).textContent()).toBe('Recent transitionsAsking …');
  release();
  await detail.getByText('waiting → keeping').waitFor();
});

test('on a phone the order is by a column that one sees', async () => {
  page = await cockpit.open('/actors', { viewport: { width: 390, height: 844 } });
  // By their roles: what is not drawn has none.
  const seen = (): Promise<string[]> => page.getByRole('columnheader').allTextContents();
  await page.locator(row(LINK)).waitFor();
  expect(await seen()).toEqual(['Actor', 'State']);
  await page.goto(`${cockpit.url}/actors?sort=lastExit&order=desc`);
  await page.locator(row(LINK)).waitFor();
  expect(await seen()).toEqual(['Actor', 'Last exit']);
  await page.goto(`${cockpit.url}/actors?sort=handled&order=desc`);
  await page.locator(row(LINK)).waitFor();
  expect(await seen()).toEqual(['Actor', 'Handled']);
});

test('an address of an actor that is not there says so', async () => {
  page = await cockpit.open('/actors?actor=drover%2Fnobody');
  await page.getByText('Choose another in the tree.').waitFor();
  expect(await page.getByRole('complementary').getByRole('button', { name: 'Restart' }).isDisabled()).toBe(true);
});

test('a thousand hosts: folded, and only what is in sight is in the page', async () => {
  page = await cockpit.open('about:blank');
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const frame = JSON.parse(String(message)) as { type: string; actors: Record<string, object> };
      if (frame.type === 'actors.snapshot') {
        const [host, link] = ['drover/fleet/hosts/host:gpu1', LINK].map((path) => frame.actors[path]);
        for (let at = 0; at < 1_000; at++) {
          const path = `drover/fleet/hosts/host:many${String(at).padStart(4, '0')}`;
          frame.actors[path] = { ...host, path, name: path.split('/').at(-1) };
          frame.actors[`${path}/link`] = { ...link, path: `${path}/link` };
        }
      }
      socket.send(JSON.stringify(frame));
    });
  });
  await page.goto(`${cockpit.url}/actors`);
  await page.locator(`${row('drover/fleet/hosts/host:gpu1')}[aria-expanded=false]`).waitFor();
  expect(await page.locator('[data-path]').count()).toBeLessThan(80);
  await page.locator(row('drover')).focus();
  await page.keyboard.press('End');
  await page.locator(`${row('drover/http')}:focus`).waitFor();
  await page.keyboard.press('Home');
  await page.locator(`${row('drover')}:focus`).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('many0999');
  await page.locator(row('drover/fleet/hosts/host:many0999/link')).waitFor();
  expect(await page.locator('[data-path]').count()).toBe(5);
});

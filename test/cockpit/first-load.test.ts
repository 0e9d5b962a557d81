/** The cockpit's beginning in a real browser over the real program, on a day when the database is away: it has to work then. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSimHost } from '../../src/demo/sim-host.ts';
import type { SimHost } from '../../src/demo/sim-types.ts';
import { loadConfig } from '../../src/io/config.ts';
import { systemClock, systemRandom } from '../../src/io/system.ts';
import { startDrover, type Running } from '../../src/main.ts';
import { launchChromium, type TestBrowser } from '../support/chromium.ts';
import { until } from '../support/cockpit.ts';
import { builtProgram } from '../support/office.ts';

const TOKEN = 'a-long-secret';
let folder = '';
let host: SimHost;
let drover: Running;
let chromium: TestBrowser;

beforeAll(async () => {
  await builtProgram();
  folder = mkdtempSync(join(tmpdir(), 'drover-page-'));
  host = createSimHost({ clock: systemClock, random: systemRandom, models: [{ id: 'tiny', name: '<b>Tiny</b>' }] });
  const config = loadConfig({
    flags: { listen: '127.0.0.1:0', dataDir: folder, hosts: `gpu1=${await host.listen()}`, token: TOKEN, databaseUrl: 'postgres://nobody@127.0.0.1:1/none' },
    env: {}, cwd: folder, home: null,
  });
  drover = await startDrover(config, { log: pino({ level: 'silent' }) });
  chromium = await launchChromium();
});
afterAll(async () => {
  await chromium.close();
  await drover.stop();
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

test('signs in, shows the fleet, a request and the actor tree live, and follows a host that dies', async () => {
  const context = await chromium.browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(drover.url)) elsewhere.push(request.url());
  });

  await page.goto(drover.url);
  await page.getByLabel('Token').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is not the token.').waitFor();
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const row = page.locator('[data-host=gpu1]');
  await page.locator('[data-host=gpu1][data-liveness=live]').waitFor();
  expect(await row.textContent()).toContain('gpu1');
  expect(page.url()).not.toContain(TOKEN);
  await page.getByText('What is live goes on').waitFor();
  host.request({ model: 'tiny', durationMs: 100 });
  await row.getByText('<b>Tiny</b>').waitFor();
  host.kill();
  await page.locator('[data-host=gpu1][data-liveness=down]', { hasText: 'refuses the connection' }).waitFor();
  await until(page, "document.title === '(1 down) Fleet · Drover'");
  await page.getByRole('link', { name: 'Actors' }).click();
  await page.getByText('host:gpu1').first().waitFor();

  await page.goto(`${drover.url}/docs/`);
  await page.locator('.opblock').first().waitFor();
  expect(faults).toEqual([]);
  expect(elsewhere).toEqual([]);
  await context.close();
});

test('dark and light differ', async () => {
  const grounds: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await chromium.browser.newContext({ locale: 'en-US', colorScheme });
    const page = await context.newPage();
    await page.goto(drover.url);
    grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
    await context.close();
  }
  expect(new Set(grounds).size).toBe(2);
});

/**
 * Every view over the demo fleet, in light, in dark and on a phone: its text is there, axe finds nothing serious, nothing hangs over
 * the edge. The pictures are kept under .cache/screenshots for people to look at.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDemoFleet, type DemoFleet } from '../../src/demo/fleet.ts';
import { systemClock, systemRandom } from '../../src/io/system.ts';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

const PICTURES = fileURLToPath(new URL('../../.cache/screenshots/', import.meta.url));
// Given to the page's engine as text: a script of its own would be refused by the page's policy.
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const;

/** Where it is, and what has to be there before it is judged. */
const VIEWS: readonly { name: string; path: string; ready: (page: Page) => Promise<unknown> }[] = [
  { name: 'fleet', path: '/', ready: (page) => page.locator('[data-host=atlas][data-liveness=live]').waitFor() },
  { name: 'activity', path: '/activity', ready: (page) => page.locator('[data-row]').nth(5).waitFor() },
  { name: 'host', path: '/hosts/atlas', ready: (page) => page.locator('[data-band] [data-mark=boot]').first().waitFor() },
  { name: 'model', path: '/models/qwen3-8b-q4', ready: (page) => page.locator('[data-key=atlas]').waitFor() },
  { name: 'matrix', path: '/matrix', ready: (page) => page.locator('[data-host=atlas] [data-model=qwen3-8b-q4]').waitFor() },
  { name: 'multiples', path: '/matrix?show=multiples&metric=busy', ready: (page) => page.locator('[data-host=atlas] [data-spark][d^=M]').waitFor({ state: 'attached' }) },
  { name: 'performance', path: '/performance', ready: (page) => page.locator('canvas').first().waitFor() },
  { name: 'actors', path: '/actors', ready: (page) => page.getByText('fleet-store').first().waitFor() },
  { name: 'actor', path: '/actors?actor=drover%2Ffleet%2Fhosts%2Fhost%3Aatlas%2Flink', ready: (page) => page.getByText('Recent transitions').waitFor() },
  { name: 'logs', path: '/logs?host=atlas&host=borealis&q=POST', ready: (page) => page.locator('[data-log-line] mark').first().waitFor() },
  { name: 'settings', path: '/settings', ready: (page) => page.getByText('This Drover').waitFor() },
];

let demo: DemoFleet;
let cockpit: Cockpit;
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  demo = await startDemoFleet({ clock: systemClock, random: systemRandom });
  cockpit = await openCockpit({ declared: demo.hosts.map(({ id, name, url, apiKey, tags }) => ({ id, name, baseUrl: url, tags, enabled: true, apiKey, apiKeyOrigin: null, ca: null })) });
});
afterAll(async () => {
  await cockpit.close();
  await demo.stop();
});

describe.each(Object.entries(LOOKS))('%s', (look, options) => {
  test.each(VIEWS)('$name', async ({ name, path, ready }) => {
    const page = await cockpit.open(path, options);
    await ready(page);
    await page.evaluate('document.fonts.ready.then(() => true)');
    await page.screenshot({ path: join(PICTURES, `${name}-${look}.png`) });
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'wider than the screen').toBeLessThanOrEqual(0);
    await page.evaluate(AXE);
    expect(await serious(page)).toEqual([]);
    expect(cockpit.complaints).toEqual([]);
    await page.context().close();
  });
});

interface Violation { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }

/** What axe calls serious or critical, one line each. */
async function serious(page: Page): Promise<string[]> {
  const violations = await page.evaluate('axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)') as Violation[];
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} | ${failureSummary.split('\n').slice(1, 2).join(' ').trim()}`));
}

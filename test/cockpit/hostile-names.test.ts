/** A host whose names are as bad as names can be: no view grows beyond the screen, and none lets them turn its own words around. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { createSimHost } from '../../src/demo/sim-host.ts';
import type { SimHost, SimModelSpec } from '../../src/demo/sim-types.ts';
import { systemClock, systemRandom } from '../../src/io/system.ts';
import { shown } from '../../web/format/shown.ts';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

const LONG = 'x'.repeat(300);
const TURNED = 'fast\u202Elive\u200B\u001B[31m\u0000';
const TURNED_SHOWN = 'fast⟨202E⟩live⟨200B⟩␛[31m␀';

const models: SimModelSpec[] = [
  { id: 'long', name: `Model ${LONG}` }, { id: `key-${LONG}`, name: '' }, { id: 'turned\u202E', name: TURNED },
  { id: 'twin-a', name: 'Twin' }, { id: 'twin-b', name: 'Twin' }, { id: 'afar', name: '', peer: `peer-${LONG}` },
  ...Array.from({ length: 60 }, (_, at) => ({ id: `model-${at}`, name: `Model ${at}`, resident: true, loadMs: 1 })),
];
const gpus = [{ name: `GPU ${LONG}`, uuid: 'GPU-long', memTotalMb: 24_000 }, { name: `GPU ${TURNED}`, uuid: 'GPU-turned', memTotalMb: 24_000 }];

let sims: SimHost[] = [];
let cockpit: Cockpit;
beforeAll(async () => {
  sims = [0, 1].map(() => createSimHost({ clock: systemClock, random: systemRandom, models, gpus }));
  const urls = await Promise.all(sims.map((sim) => sim.listen()));
  const declared = [['bad', `Host ${LONG}`], ['turned', `Host ${TURNED}`]].map(([id = '', name = ''], at) => ({ id, name, baseUrl: urls[at] ?? '', tags: ['t'.repeat(60)], enabled: true, apiKey: null, apiKeyOrigin: null, ca: null }));
  cockpit = await openCockpit({ declared });
  for (const sim of sims) {
    for (const { id } of models.slice(0, 5)) sim.record({ model: id, reqPath: `/v1/${LONG}`, status: 500, error: `${LONG} ${TURNED}` });
    for (const { id } of [...models.slice(6, 12), ...models.slice(0, 2)]) sim.request({ model: id, durationMs: 1 });
    sim.request({ model: 'model-20', durationMs: 600_000, reqPath: `/v1/${LONG}` });
    sim.log('proxy', `${TURNED}\n${LONG}${LONG}\n`);
  }
});
afterAll(async () => {
  await cockpit.close();
  for (const sim of sims) await sim.close();
});
afterEach(() => expect(cockpit.complaints).toEqual([]));

const WIDTHS = { wide: { width: 1440, height: 900 }, narrow: { width: 720, height: 900 }, phone: { width: 390, height: 844 } };
const VIEWS: readonly { path: string; ready: (page: Page) => Promise<unknown> }[] = [
  { path: '/', ready: (page) => page.locator('[data-host=turned][data-liveness=live]').waitFor() },
  { path: '/hosts/bad', ready: (page) => page.locator('table[aria-label="Last requests"] [data-row]').nth(3).waitFor() },
  { path: '/matrix', ready: (page) => page.locator('[data-host=bad] [data-model=long]').waitFor() },
  { path: '/matrix?show=multiples&metric=busy', ready: (page) => page.locator('[data-host=bad] [data-spark]').waitFor({ state: 'attached' }) },
  { path: '/models/long', ready: (page) => page.locator('table[aria-label="Last requests"] [data-row]').first().waitFor() },
  { path: `/models/key-${LONG}`, ready: (page) => page.locator('table[aria-label="Last requests"] [data-row]').first().waitFor() },
  { path: '/activity?host=bad&model=long', ready: (page) => page.locator('[data-row]').first().waitFor() },
  { path: '/performance', ready: (page) => page.locator('canvas').first().waitFor() },
  { path: '/logs', ready: (page) => page.locator('main [data-row]').first().waitFor() },
  { path: '/logs?host=bad&host=turned&model=bad%2Flong', ready: (page) => page.locator('[data-log-line]').first().waitFor() },
  { path: '/actors', ready: (page) => page.getByText('fleet-store').first().waitFor() },
  { path: '/settings', ready: (page) => page.getByText('This Drover').waitFor() },
];
/** What lies beyond the screen and in nothing that scrolls or cuts it on purpose. */
const CUT = `[...document.querySelectorAll('main *')].filter((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  if (width === 0 || (right <= innerWidth + 1 && left >= document.querySelector('main').getBoundingClientRect().left - 2)) return false;
  for (let box = one.parentElement; box !== null; box = box.parentElement) if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(box).overflowX) && box.id !== 'view' && box.tagName !== 'MAIN') return false;
  return true;
}).map((one) => one.outerHTML.slice(0, 160))`;
/** Where a name stands as it came. What a host logs is shown as it is. */
const RAW = `[document.title, ...[...document.querySelectorAll('body *')].flatMap((one) => [one.title ?? '', one.ariaLabel ?? '', ...(one.closest('[data-log-line]') ? [] : [...one.childNodes].flatMap((node) => node.nodeType === 3 ? [node.data] : []))])]
  .filter((text) => /[\\u202E\\u200B\\u001B\\u0000]/.test(text)).map((text) => text.slice(0, 160))`;

describe.each(Object.entries(WIDTHS))('%s', (_, viewport) => {
  test.each(VIEWS)('$path', async ({ path, ready }) => {
    const page = await cockpit.open(path, { viewport });
    await ready(page);
    await page.evaluate('document.fonts.ready.then(() => true)');
    expect(await page.evaluate(CUT)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'wider than the screen').toBeLessThanOrEqual(0);
    expect(await page.evaluate(RAW)).toEqual([]);
    await page.context().close();
  });
});

test('the matrix: no column is wider than a name of usual length; the whole name is on hover', async () => {
  const page = await cockpit.open('/matrix');
  const head = page.getByRole('columnheader', { name: `Model ${LONG}` });
  await head.waitFor();
  expect((await head.boundingBox())!.width).toBeLessThanOrEqual(200);
  expect(await head.getByRole('link').getAttribute('title')).toContain(LONG);
  await page.context().close();
});

test('beside a long name the rest stays in sight without scrolling: the columns of a model\'s hosts, the chips of the charts', async () => {
  for (const [path, part, width] of [['/models/long', '[role=region][aria-label=Hosts]', 1440], ['/performance', '[role=group][aria-label=Hosts]', 720]] as const) {
    const page = await cockpit.open(path, { viewport: { width, height: 900 } });
    await page.locator(part).getByText(`Host ${LONG}`).first().waitFor();
    expect(await page.locator(part).evaluate((box: { scrollWidth: number; clientWidth: number }) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
    await page.context().close();
  }
});

test('two models of one name go by their keys, everywhere', async () => {
  for (const path of ['/matrix', '/hosts/bad', '/activity?last=24h', '/models/twin-a']) {
    const page = await cockpit.open(path);
    await page.locator('main').getByText('twin-a', { exact: true }).and(page.locator(':not(option)')).first().waitFor();
    expect(await page.getByText('Twin', { exact: true }).count()).toBe(0);
    await page.context().close();
  }
});

test('what does not show, or turns text around, stands as a sign', () => {
  expect(shown(TURNED)).toBe(TURNED_SHOWN);
  expect(shown('\u0085\u007F\u00AD\uFEFF\u2066\u2028\uD800')).toBe('⟨0085⟩␡⟨00AD⟩⟨FEFF⟩⟨2066⟩⟨2028⟩\uFFFD');
  expect(shown('a\u200Db')).toBe('a⟨200D⟩b');
  for (const fine of ['Qwen3 8B', 'نموذج', '模型', '👩🏽‍💻 👨‍👩‍👧 ❤️‍🔥', 'e\u0301']) expect(shown(fine)).toBe(fine);
});

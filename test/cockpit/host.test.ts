/** The view of one host: what it shows live, its history from the database, and what is left of it without one. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';
import { simHost } from '../support/fleet.ts';

const GPU = { name: 'Test Card', uuid: 'GPU-test', memTotalMb: 24_576 };
const MODELS = [{ id: 'tiny', name: 'Tiny', ttlS: 600, contextLength: 4_096, aliases: ['small'] }, { id: 'vendor/large', name: '<i>Large</i>' }];

const section = (page: Page, name: string) => page.locator(`section[aria-label="${name}"]`);

describe('with a database', () => {
  let cockpit: Cockpit;
  beforeAll(async () => {
    cockpit = await openCockpit({ hosts: { gpu1: { models: MODELS, gpus: [GPU] }, gpu2: {} } });
  });
  afterAll(async () => cockpit.close());
  afterEach(() => expect(cockpit.complaints).toEqual([]));

  test('models, GPUs, requests in flight and those that ended, live and of this host alone', async () => {
    const page = await cockpit.open('/hosts/gpu1');
    await page.locator('[data-liveness=live]').waitFor();
    const { gpu1, gpu2 } = cockpit.hosts;
    gpu1!.record({ model: 'tiny', tokensPerSecond: 61.5, outputTokens: 77 });
    gpu2!.record({ model: 'tiny', tokensPerSecond: 13.25, outputTokens: 99 });
    const rows = section(page, 'Last requests');
    await rows.getByText('61.5').waitFor();
    expect(await rows.locator('[data-row]').count()).toBe(1);

    gpu1!.request({ model: 'tiny', durationMs: 600_000, reqPath: '/v1/chat/completions' });
    const inflight = section(page, 'In flight');
    await inflight.getByText('POST /v1/chat/completions').waitFor();
    await inflight.getByText('1 request', { exact: true }).waitFor();
    const tiny = section(page, 'Models').locator('[data-key=tiny]');
    await tiny.getByText('ready').waitFor();
    await tiny.getByText('not while in use').waitFor();
    expect(await tiny.textContent()).toContain('10 min');
    expect(await tiny.textContent()).toContain('4,096');
    expect(await tiny.textContent()).toContain('also small');
    await section(page, 'Models').getByText('<i>Large</i>').waitFor();
    await section(page, 'GPUs').getByText('Test Card').waitFor();
    await section(page, 'GPUs').getByText('of 24.0 GiB').waitFor();
    expect(await section(page, 'Actors').locator('[data-row]').count()).toBe(2);
    await section(page, 'Actors').getByText('host:gpu1').waitFor();

    await page.reload();
    await rows.getByText('61.5').waitFor();
    expect(await rows.textContent()).not.toContain('13.3');
    await page.context().close();
  });

  test('models sort by their heads, in the address', async () => {
    const page = await cockpit.open('/hosts/gpu1?sort=model&order=desc');
    const models = section(page, 'Models');
    await models.locator('[data-row]').first().waitFor();
    const keys = async (): Promise<(string | null)[]> => models.locator('[data-row]').evaluateAll((all) => all.map((row) => row.getAttribute('data-key')));
    expect(await keys()).toEqual(['vendor/large', 'tiny']);
    await models.getByRole('button', { name: 'Model', exact: true }).click();
    await page.waitForURL((url) => url.search === '?sort=model');
    expect(await keys()).toEqual(['tiny', 'vendor/large']);
    await page.context().close();
  });

  test('a host that dies and comes back as another boot: its band, its marks and its list tell it, page by page', async () => {
    const page = await cockpit.open('/hosts/gpu1?range=1h');
    await page.locator('[data-liveness=live]').waitFor();
    const events = page.getByRole('list', { name: 'Events' });
    await events.locator('[data-event=boot]').first().waitFor();
    await events.locator('[data-event=liveness]').getByText('Drover begins to watch').waitFor();
    await page.locator('[data-band] [data-unknown="not watched"]').getByText('not watched').waitFor();
    cockpit.hosts['gpu1']!.kill();
    await page.locator('[data-liveness=down]').waitFor();
    await page.locator('[data-reason]').getByText('refuses the connection').waitFor();
    await page.getByText('what follows is remembered').waitFor();
    await events.locator('[data-event=liveness]').getByText('refuses the connection').first().waitFor();
    await page.locator('[data-band] rect[data-state=down]').first().waitFor();
    cockpit.hosts['gpu1']!.start();
    cockpit.hosts['gpu1']!.record({ model: 'tiny' });
    await page.locator('[data-liveness=live]').waitFor();
    await events.getByText('its request ids began again after boot 1').waitFor();
    await page.locator('[data-band] [data-mark=boot]').first().waitFor();
    await page.getByRole('img', { name: /^Liveness over 1 h: .*live .*2 boots/ }).waitFor();

    await page.getByRole('radio', { name: '30 d' }).check();
    await page.waitForURL(/range=30d/);
    await page.getByRole('checkbox', { name: 'models too' }).check();
    await page.waitForURL(/events=all/);
    await events.locator('[data-event=model]').getByText('vendor/large').first().waitFor();
    await page.context().close();
  });

  test('older events come page by page, each once', async () => {
    const gpu2 = cockpit.hosts['gpu2']!;
    for (let round = 0; round < 4; round++) {
      await new Promise<void>((resolve) => gpu2.request({ model: 'tiny', durationMs: 1, done: () => resolve() }));
      gpu2.unload('tiny');
    }
    // The last thing that happens to it: after that its history stands still.
    await expect.poll(async () => stops(cockpit, 'gpu2'), { timeout: 30_000, interval: 50 }).toBe(4);
    expect(await events(cockpit, 'gpu2')).toBeGreaterThanOrEqual(15);
    const page = await cockpit.open('/hosts/gpu2?events=all');
    await page.route('**/api/host-events*', async (route) => {
      const url = new URL(route.request().url());
      if (url.searchParams.get('limit') === '50') url.searchParams.set('limit', '6');
      await route.continue({ url: url.href });
    });
    await page.reload();
    const list = page.getByRole('list', { name: 'Events' });
    await list.locator('[data-row]').first().waitFor();
    const older = page.getByRole('button', { name: 'Older' });
    const rows = list.locator('[data-row]:not([data-event=gap])');
    let pages = 0;
    // Under load the host may be late for a moment, which is an event too: the list then has one more to show.
    await expect.poll(async () => {
      if (await older.isVisible() && await older.isEnabled()) {
        pages += 1;
        await older.click();
      }
      return await older.count() === 0 && await rows.count() === await events(cockpit, 'gpu2');
    }, { timeout: 50_000, interval: 50 }).toBe(true);
    expect(pages).toBeGreaterThanOrEqual(2);
    await page.context().close();
  }, 90_000);

  test('an older page that comes while the newest is read stays', async () => {
    const page = await cockpit.open('/hosts/gpu2?events=all');
    const list = page.getByRole('list', { name: 'Events' });
    await list.locator('[data-row]').first().waitFor();
    let release: () => void = () => {};
    const released = new Promise<void>((free) => { release = free; });
    let newest = 0;
    let asked: () => void = () => {};
    const askedAgain = new Promise<void>((told) => { asked = told; });
    await page.route('**/api/host-events*', async (route) => {
      const url = new URL(route.request().url());
      if (url.searchParams.get('limit') !== '50') return route.continue();
      url.searchParams.set('limit', '6');
      if (!url.searchParams.has('cursor')) {
        newest += 1;
        if (newest > 1) {
          asked();
          await released;
        }
      }
      return route.continue({ url: url.href });
    });
    await page.reload();
    const rows = list.locator('[data-row]:not([data-event=gap])');
    await expect.poll(() => rows.count()).toBe(6);
    await askedAgain;
    await page.getByRole('button', { name: 'Older' }).click();
    await expect.poll(() => rows.count()).toBe(12);
    const before = await events(cockpit, 'gpu2');
    await new Promise<void>((resolve) => cockpit.hosts['gpu2']!.request({ model: 'tiny', durationMs: 1, done: () => resolve() }));
    await expect.poll(() => events(cockpit, 'gpu2'), { timeout: 20_000 }).toBeGreaterThan(before);
    release();
    await expect.poll(async () => await rows.count() - 12 === await events(cockpit, 'gpu2') - before, { timeout: 40_000 }).toBe(true);
    await page.context().close();
  }, 90_000);

  test('what is remembered of a host that is down or disabled is grey, and of one that was removed its history stays', async () => {
    const page = await cockpit.open('/hosts/spare');
    await page.getByText('Nothing is stored of a host of this id.').waitFor();
    const { host: spare, url } = await simHost({ release: 'v250', performanceEveryMs: 200, models: [{ id: 'tiny', name: 'Tiny' }], gpus: [GPU] });
    try {
      const ask = async (method: string, path: string, body?: unknown): Promise<void> => {
        const answer = await fetch(`${cockpit.url}/api/hosts${path}`, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
        expect(answer.ok).toBe(true);
      };
      await ask('POST', '', { id: 'spare', baseUrl: url });
      await page.locator('[data-liveness=live]').waitFor();
      await page.locator('[data-remembered=false]').getByText('Test Card').waitFor();
      await ask('PATCH', '/spare', { enabled: false });
      await page.locator('[data-liveness=disabled]').waitFor();
      const remembered = page.locator('[data-remembered=true]');
      await remembered.getByText('Test Card').waitFor();
      expect(await page.evaluate('getComputedStyle(document.querySelector("[data-remembered=true]")).filter')).toBe('grayscale(1)');
      await ask('DELETE', '/spare');
      await page.getByText('There is no host “spare”').waitFor();
      const list = page.getByRole('list', { name: 'Events' });
      await list.getByText('disabled by a person').waitFor();
      await page.getByRole('img', { name: /^Liveness over .*live .*1 boot/ }).waitFor();
      await page.getByRole('link', { name: 'performance', exact: true }).click();
      await page.waitForURL(/\/performance\?host=spare$/);
    } finally {
      await page.context().close();
      await spare.close();
    }
  });

  test('the list of events takes as much room before it is read as after', async () => {
    const page = await cockpit.open('/hosts/gpu2');
    let release: () => void = () => {};
    const released = new Promise<void>((free) => { release = free; });
    await page.route('**/api/host-events*', async (route) => {
      await released;
      await route.continue();
    });
    await page.reload();
    await section(page, 'History').getByText('Reading the history …').waitFor();
    const height = async (): Promise<number> => section(page, 'History').getByRole('group', { name: 'What happened' }).evaluate((element) => element.getBoundingClientRect().height);
    const before = await height();
    release();
    await page.getByRole('list', { name: 'Events' }).locator('[data-row]').first().waitFor();
    expect(await height()).toBe(before);
    await page.context().close();
  });

  test('a host that there is not', async () => {
    const page = await cockpit.open('/hosts/nobody');
    await page.getByText('There is no host “nobody”').waitFor();
    await page.getByRole('link', { name: 'Go to the fleet' }).click();
    await page.locator('[data-host=gpu1]').waitFor();
    await page.locator('[data-host=gpu1]').getByRole('link', { name: 'gpu1' }).click();
    await page.getByRole('heading', { name: 'gpu1', level: 1 }).waitFor();
    await page.context().close();
  });
});

async function stored(cockpit: Cockpit, host: string): Promise<{ kind: string; to: string | null }[]> {
  const answer = await fetch(`${cockpit.url}/api/host-events?host=${host}&limit=1000`);
  return ((await answer.json()) as { events: { kind: string; to: string | null }[] }).events;
}

const events = async (cockpit: Cockpit, host: string): Promise<number> => (await stored(cockpit, host)).length;
/** How often a model has come to its end. */
const stops = async (cockpit: Cockpit, host: string): Promise<number> => (await stored(cockpit, host)).filter(({ kind, to }) => kind === 'model' && to === 'stopped').length;

describe('without a database', () => {
  let cockpit: Cockpit;
  beforeAll(async () => {
    cockpit = await openCockpit({ hosts: { gpu1: { models: MODELS, gpus: [GPU] } }, database: 'none' });
  });
  afterAll(async () => cockpit.close());

  test('what is live stays, the history says why it is not there', async () => {
    const page = await cockpit.open('/hosts/gpu1');
    await page.locator('[data-liveness=live]').waitFor();
    await section(page, 'History').getByText('What is live does not need it and goes on.').waitFor();
    await section(page, 'Last requests').getByText('Requests that ended before lie in the database.').waitFor();
    // The notice over the page has said it.
    await page.getByRole('status').getByText(/^The database is \w+$/).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    cockpit.hosts['gpu1']!.record({ model: 'tiny', tokensPerSecond: 61.5 });
    await section(page, 'Last requests').getByText('61.5').waitFor();
    await section(page, 'GPUs').getByText('Test Card').waitFor();
    expect(cockpit.complaints).toEqual([]);
    await page.context().close();
  });
});

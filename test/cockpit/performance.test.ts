/** Performance in a real browser: history and what comes live drawn, restarts and lost activity shown, zoomed by the pointer, in the colours of the theme. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCockpit, until, type Cockpit } from '../support/cockpit.ts';
import { eventually } from '../support/program.ts';

const CARD = { name: 'NVIDIA GeForce RTX 4090', memTotalMb: 24_564 };
let cockpit: Cockpit;

beforeAll(async () => {
  cockpit = await openCockpit({
    hosts: {
      // Samples of a time before Drover: history at once.
      fast: { performanceEveryMs: 100, gpus: [{ ...CARD, uuid: 'GPU-a' }, { ...CARD, uuid: 'GPU-b' }] },
      slow: { performanceEveryMs: 200, gpus: [{ ...CARD, uuid: 'GPU-c' }] },
      old: { release: 'v208' },
    },
  });
  await eventually(async () => (await (await fetch(`${cockpit.url}/api/perf`)).json()) as { samples?: { hostId: string; gpu: string | null }[] },
    ({ samples }) => ['fast', 'slow'].every((id) => samples?.some(({ hostId, gpu }) => hostId === id && gpu !== null)), 'samples of both hosts');
});
afterAll(() => cockpit.close());

const chart = (page: Page, id: string) => page.locator(`[data-chart=${id}]`);
/** The chart has so many of what the attribute counts, and its canvas stands. */
async function drawn(page: Page, id: string, attribute: string, least = 1): Promise<void> {
  await until(page, `Number(document.querySelector('[data-chart=${id}]:has(canvas)')?.getAttribute('data-${attribute}') ?? 0) >= ${least}`);
}
const canvases = (page: Page): Promise<number> => page.evaluate('document.querySelectorAll("canvas").length');

describe('of hosts that tell of it', () => {
  test('one line a host with its figures in words, its GPUs together until it is chosen, and more of it as it comes', async () => {
    const page = await cockpit.open('/performance?range=15m');
    await drawn(page, 'gpu-busy', 'points');
    const busy = chart(page, 'gpu-busy');
    expect(await busy.locator('li').count()).toBe(2);
    expect(await busy.getByText(/^fast \(2 GPUs\): last \d+ %, lowest \d+ %, highest \d+ %\.$/).count()).toBe(1);
    await busy.getByText("each sample; mean over a host's GPUs").waitFor();
    await chart(page, 'gpu-memory').getByText("each sample; sum of a host's GPUs").waitFor();
    expect(await chart(page, 'cpu').locator('li').count()).toBe(2);
    const before = Number(await busy.getAttribute('data-points'));
    await drawn(page, 'gpu-busy', 'points', before + 1);
    // Nothing was told of the time before Drover began.
    expect(Number(await busy.getAttribute('data-quiet'))).toBeGreaterThan(0);
    const pressed = (name: string): Promise<string | null> => page.getByRole('button', { name, exact: true }).getAttribute('aria-pressed');
    expect(await Promise.all(['All hosts', 'fast', 'old no samples', 'All metrics', 'CPU'].map(pressed))).toEqual(['true', 'false', 'false', 'true', 'false']);
    await page.getByRole('button', { name: 'fast', exact: true }).click();
    await busy.getByText(/^1 RTX 4090: last \d+ %, lowest \d+ %, highest \d+ %\.$/).waitFor({ state: 'attached' });
    expect(await busy.locator('li').count()).toBe(2);
    expect(await Promise.all(['All hosts', 'fast'].map(pressed))).toEqual(['false', 'true']);
    await page.getByRole('button', { name: 'CPU', exact: true }).click();
    await until(page, 'document.querySelectorAll("[data-chart]").length === 1');
    expect(await Promise.all(['All metrics', 'CPU'].map(pressed))).toEqual(['false', 'true']);
    await page.goBack();
    await page.goBack();
    await until(page, 'location.search === "?range=15m"');
    await busy.getByText(/^fast \(2 GPUs\): last /).waitFor({ state: 'attached' });
    await page.context().close();
  });

  test('ranges reach as far back as history is kept', async () => {
    const page = await cockpit.open('/performance');
    await page.getByRole('radio', { name: '1 y' }).waitFor({ state: 'attached' });
    expect(await page.getByRole('group', { name: 'Range' }).getByRole('radio').count()).toBe(8);
    // Of a month ago the samples are gone: what is left is asked for as it was summed up.
    const monthAgo = Date.now() - 30 * 86_400_000;
    await page.goto(`${cockpit.url}/performance?from=${new Date(monthAgo).toISOString()}&to=${new Date(monthAgo + 3_600_000).toISOString()}`);
    await page.locator('[data-step="300"]').waitFor();
    await page.route('**/api/about', async (route) => route.fulfill({ json: { settings: ['perf', 'perfRollups'].map((name) => ({ path: `limits.retentionDays.${name}`, value: 14, origin: 'default' })) } }));
    await page.goto(`${cockpit.url}/performance?range=30d`);
    await page.getByRole('radio', { name: '30 d (14 d kept)', checked: true }).waitFor({ state: 'attached' });
    await page.context().close();
  });

  test('the address chooses hosts and metrics', async () => {
    const page = await cockpit.open('/performance?range=15m&host=slow&metric=gpu&metric=load');
    await drawn(page, 'gpu-busy', 'points');
    expect(await page.locator('[data-chart]').count()).toBe(2);
    expect(await chart(page, 'gpu-busy').locator('li').textContent()).toMatch(/^RTX 4090/);
    await page.getByRole('button', { name: 'fast' }).click();
    await until(page, 'document.querySelectorAll("[data-chart=gpu-busy] li").length === 2');
    expect(new URL(page.url()).searchParams.getAll('host')).toEqual(['slow', 'fast']);
    // Whatever was chosen first, a host has its colour: as with all of them.
    const colours = (): Promise<unknown> => page.evaluate("Object.fromEntries([...document.querySelectorAll('[data-chart=gpu-busy] li')].map((line) => [line.textContent.slice(0, 4), line.querySelector('svg').style.color]))");
    const chosen = await colours();
    await page.getByRole('button', { name: 'All hosts' }).click();
    await until(page, '!location.search.includes("host=")');
    await until(page, 'document.querySelectorAll("[data-chart=gpu-busy] li").length === 2');
    expect(await colours()).toEqual(chosen);
    expect(chosen).toEqual({ fast: 'var(--series-1)', slow: 'var(--series-3)' });
    expect(await page.getByRole('button', { name: 'old no samples' }).getAttribute('title')).toMatch(/^old tells no performance: /);
    await page.context().close();
  });

  test('dragging zooms into the address; a double click leads back, and so does Back', async () => {
    const page = await cockpit.open('/performance?range=15m&metric=cpu');
    await drawn(page, 'cpu', 'points');
    const box = (await page.locator('.u-over').boundingBox())!;
    const [from, to] = await Promise.all(['data-from', 'data-to'].map(async (name) => Number(await chart(page, 'cpu').getAttribute(name))));
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 30, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=/);
    const params = new URL(page.url()).searchParams;
    const [start, end] = ['from', 'to'].map((name) => Date.parse(params.get(name)!) / 1_000);
    expect(Math.abs(start! - (from! + (to! - from!) * 0.5))).toBeLessThan(20);
    expect(Math.abs(end! - (from! + (to! - from!) * 0.75))).toBeLessThan(20);
    await until(page, `document.querySelector('[data-chart=cpu]').getAttribute('data-from') === '${start}'`);
    await page.locator('.u-over').dblclick();
    await until(page, '!location.search.includes("from=")');
    await page.goForward();
    await until(page, `document.querySelector('[data-chart=cpu]').getAttribute('data-from') === '${start}'`);
    await page.goBack();
    await until(page, 'location.search === "?range=15m&metric=cpu"');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.context().close();
  });

  test('charts share their crosshair, and the keyboard moves it', async () => {
    const page = await cockpit.open('/performance?range=15m&host=fast');
    await drawn(page, 'memory', 'points', 2);
    await drawn(page, 'cpu', 'points', 2);
    await page.getByRole('slider', { name: 'CPU busy' }).press('ArrowLeft');
    const time = chart(page, 'cpu').locator('time');
    await time.waitFor();
    // What the lines are stands there all the while.
    await chart(page, 'cpu').getByText('each sample').waitFor();
    await until(page, 'document.querySelector("[data-chart=memory] time")?.textContent === document.querySelector("[data-chart=cpu] time")?.textContent');
    expect(await page.getByRole('slider', { name: 'CPU busy' }).getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d:\d\d: fast \d+ %$/);
    await page.context().close();
  });

  test('long ranges come in steps', async () => {
    const page = await cockpit.open('/performance?range=24h&metric=cpu');
    await drawn(page, 'cpu', 'points');
    expect(Number(await page.locator('[data-step]').getAttribute('data-step'))).toBeGreaterThanOrEqual(120);
    await page.getByText(/^average of 2 min, band from lowest to highest/).waitFor();
    // What comes live is part of the running step: no point of its own beside the averages.
    await page.goto(`${cockpit.url}/performance?range=24h&metric=load`);
    await drawn(page, 'load', 'points');
    const points = async (): Promise<number> => Number(await chart(page, 'load').getAttribute('data-points'));
    const words = "[...document.querySelectorAll('[data-chart=load] p')].map(({ textContent }) => textContent).join()";
    const [before, told] = [await points(), await page.evaluate(words)];
    await until(page, `${words} !== ${JSON.stringify(told)}`);
    // A step may have begun meanwhile, of each host.
    expect(await points()).toBeLessThanOrEqual(before + 2);
    await page.context().close();
  });
});

test('the colours of a chart follow the theme at once', async () => {
  const page = await cockpit.open('/performance?range=15m&metric=cpu&host=fast', { colorScheme: 'light' });
  await drawn(page, 'cpu', 'points', 2);
  // Of the canvas itself: whether the colour of the theme's grid is on it.
  const hasGrid = (): Promise<boolean> => page.evaluate(`(() => {
    const wanted = getComputedStyle(document.documentElement).getPropertyValue('--line').trim().match(/[0-9a-f]{2}/g).map((pair) => parseInt(pair, 16));
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255 && wanted.every((value, index) => data[at + index] === value)) return true;
    return false;
  })()`);
  const line = (): Promise<string> => page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--line')");
  expect(await hasGrid()).toBe(true);
  const light = await line();
  await page.emulateMedia({ colorScheme: 'dark' });
  await until(page, "document.documentElement.dataset.theme === 'dark'");
  expect(await line()).not.toBe(light);
  expect(await hasGrid()).toBe(true);
  await page.context().close();
});

test('a restart is marked, and what it lost is shaded', async () => {
  const page = await cockpit.open('/performance?range=15m&metric=cpu&host=slow');
  await drawn(page, 'cpu', 'points');
  expect(await chart(page, 'cpu').getAttribute('data-marks')).toBe('0');
  cockpit.hosts['slow']!.record({ model: 'tiny' });
  await eventually(async () => (await (await fetch(`${cockpit.url}/api/activity?host=slow`)).json()) as { rows?: unknown[] }, ({ rows = [] }) => rows.length > 0, 'the row of before');
  cockpit.hosts['slow']!.restart('kill');
  await drawn(page, 'cpu', 'marks');
  await drawn(page, 'cpu', 'shades');
  expect(await chart(page, 'cpu').getByText(/^restarted at /).count()).toBe(1);
  expect(await chart(page, 'cpu').getByText(/ lost.* \(restart\), until .*\.$/).count()).toBe(1);
  await page.context().close();
});

test('a host that tells nothing: what it would need', async () => {
  const page = await cockpit.open('/performance?host=old');
  await page.getByText('No performance of old in this time').waitFor();
  await page.getByText(/from v212 on/).waitFor();
  await page.context().close();
});

test('leaving the view leaves nothing behind', async () => {
  const page = await cockpit.open('/performance?range=15m');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const visit = async (): Promise<{ listeners: number; nodes: number }> => {
    await page.getByRole('link', { name: 'Performance' }).click();
    await drawn(page, 'cpu', 'points');
    expect(await canvases(page)).toBeGreaterThan(5);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
    expect(await canvases(page)).toBe(0);
    await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const count = (name: string): number => metrics.find((one) => one.name === name)!.value;
    return { listeners: count('JSEventListeners'), nodes: count('Nodes') };
  };
  await visit();
  await visit();
  const before = await visit();
  for (let times = 0; times < 4; times += 1) await visit();
  const after = await visit();
  // Nine charts have some twelve listeners each: one visit's would show.
  expect(after.listeners).toBeLessThan(before.listeners + 40);
  await page.context().close();
});

test('the connection is lost: what is drawn stays, greyed, and goes on afterwards', async () => {
  const page = await cockpit.open('/performance?range=15m&metric=cpu&host=fast');
  await drawn(page, 'cpu', 'points', 2);
  const points = async (): Promise<number> => Number(await chart(page, 'cpu').getAttribute('data-points'));
  const before = await points();
  await cockpit.stop();
  await page.locator('[data-stale=true] [data-chart=cpu]').waitFor();
  expect(await points()).toBeGreaterThanOrEqual(before);
  await cockpit.start();
  await page.locator('[data-stale=false] [data-chart=cpu]').waitFor();
  await drawn(page, 'cpu', 'points', before + 1);
  await page.context().close();
});

test('nothing was complained of', () => {
  expect(cockpit.complaints).toEqual([]);
});

test('the database is away: it says so, and what comes live is drawn all the same', async () => {
  const away = await openCockpit({ hosts: { fast: { performanceEveryMs: 100 } }, database: 'none' });
  try {
    const page = await away.open('/performance?range=15m&metric=cpu&host=fast');
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    await drawn(page, 'cpu', 'points');
    expect(await page.getByText('No performance of').count()).toBe(0);
    expect(away.complaints).toEqual([]);
  } finally {
    await away.close();
  }
});

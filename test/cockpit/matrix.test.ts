/** Host × model with state and speed, by keys too; and one metric of every host. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openCockpit, type Cockpit } from '../support/cockpit.ts';

const MODELS = Array.from({ length: 24 }, (_, i) => ({ id: `m${String(i).padStart(2, '0')}`, name: `Model ${String(i).padStart(2, '0')}` }));

let cockpit: Cockpit;
beforeAll(async () => {
  cockpit = await openCockpit({ hosts: { gpu1: { models: MODELS }, gpu2: { models: [...MODELS.slice(0, 3), { id: 'only/here', name: 'Elsewhere' }], gpus: [{ name: 'Card', uuid: 'GPU-1', memTotalMb: 1_000 }] } } });
});
afterAll(async () => cockpit.close());
afterEach(() => expect(cockpit.complaints).toEqual([]));

const cell = (host: string, model: string): string => `[data-host=${host}] [data-model="${model}"]`;

test('state and speed of each model at each host, and nothing where it is not', async () => {
  const page = await cockpit.open('/matrix');
  await page.locator(cell('gpu1', 'm01')).getByText('stopped').waitFor();
  expect(await page.locator(cell('gpu1', 'm01')).innerText()).toContain('–');
  expect(await page.locator(cell('gpu1', 'only/here')).innerText()).toBe('not here');
  for (const tokensPerSecond of [40, 20, 60]) cockpit.hosts['gpu1']!.record({ model: 'm01', tokensPerSecond, outputTokens: 9 });
  cockpit.hosts['gpu2']!.record({ model: 'm01', tokensPerSecond: 77, outputTokens: 9 });
  await page.locator(cell('gpu1', 'm01')).getByText('40.0 tok/s').waitFor();
  await page.locator(cell('gpu2', 'm01')).getByText('77.0 tok/s').waitFor();
  cockpit.hosts['gpu2']!.request({ model: 'only/here', durationMs: 600_000 });
  await page.locator(cell('gpu2', 'only/here')).getByText('ready').waitFor();
  await page.locator(cell('gpu2', 'only/here')).getByTitle('1 request in flight').waitFor();

  await page.getByRole('checkbox').check();
  await page.waitForURL(/loaded=1/);
  expect(await page.getByRole('columnheader').count()).toBeLessThan(5);
  await page.locator(cell('gpu2', 'only/here')).waitFor();
  await page.context().close();
});

test('filters stand in the address', async () => {
  const page = await cockpit.open('/matrix?q=gpu2&model=elsewhere');
  await page.locator(cell('gpu2', 'only/here')).waitFor();
  expect(await page.locator('[role=grid] [data-host]').count()).toBe(1);
  expect(await page.getByRole('columnheader').count()).toBe(2);
  await page.getByRole('searchbox', { name: 'Model' }).fill('nothing like it');
  await page.getByText('No model passes the filter').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.locator(cell('gpu1', 'm23')).waitFor();
  await page.context().close();
});

test('the arrow keys move over it, Enter opens; heads and hosts stay in sight', async () => {
  const page = await cockpit.open('/matrix', { viewport: { width: 700, height: 600 } });
  await page.locator(cell('gpu1', 'm00')).waitFor();
  expect(await page.locator('[role=grid] [tabindex="0"]').count()).toBe(1);
  await page.locator('[role=grid] [tabindex="0"]').focus();
  await page.keyboard.press('End');
  const at = (): Promise<unknown> => page.evaluate('document.activeElement.dataset.at');
  expect(await at()).toBe('1 25');
  await page.keyboard.press('ArrowDown');
  expect(await at()).toBe('2 25');
  expect(await page.locator('[role=grid] [tabindex="0"]').count()).toBe(1);
  const box = await page.locator('[data-host=gpu2] [role=rowheader]').boundingBox();
  const grid = await page.getByRole('grid').boundingBox();
  expect(Math.abs((box?.x ?? -1e9) - (grid?.x ?? 0))).toBeLessThan(3);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'gpu1', level: 1 }).waitFor();
  await page.context().close();
});

test('one metric of every host, from the fleet\'s head, live', async () => {
  const page = await cockpit.open('/');
  await page.getByRole('link', { name: 'One metric' }).click();
  await page.getByRole('radio', { name: 'In flight' }).check();
  await page.waitForURL(/show=multiples&metric=inflight/);
  const path = page.locator('[data-host=gpu2] [data-spark]');
  await path.and(page.locator('[d^=M]')).waitFor({ state: 'attached' });
  const first = await path.getAttribute('d');
  // Another sample a second later: the line has grown.
  await expect.poll(async () => (await path.getAttribute('d'))?.length ?? 0, { timeout: 20_000 }).toBeGreaterThan(first?.length ?? 0);
  await page.getByRole('radio', { name: 'GPU memory' }).check();
  await page.locator('[data-host=gpu2]').getByText(/\d %/).waitFor();
  // No card, no figure and no line.
  expect(await page.locator('[data-host=gpu1]').innerText()).toContain('–');
  expect(await page.locator('[data-host=gpu1] [data-spark]').getAttribute('d')).toBe('');
  await page.context().close();
});

test('the lines of one metric begin with what history knows', async () => {
  const host = cockpit.hosts['gpu2']!;
  host.jumpClock(-10_000);
  host.record({ model: 'm00', tokensPerSecond: 50, outputTokens: 600 });
  host.jumpClock(10_000);
  const oldest = async (): Promise<number> => {
    const { samples } = await (await fetch(`${cockpit.url}/api/perf?host=gpu2`)).json() as { samples: { ts: string }[] };
    return Date.parse(samples[0]?.ts ?? '') || Infinity;
  };
  await expect.poll(async () => Date.now() - await oldest(), { timeout: 30_000 }).toBeGreaterThan(10_000);
  for (const metric of ['tokens', 'memory']) {
    const openedAt = Date.now();
    const page = await cockpit.open(`/matrix?show=multiples&metric=${metric}`);
    // Now is at its right end, at 179 seconds.
    const beginning = async (): Promise<number> => Date.now() - 1_000 * (179 - Number(/^M(\d+) /.exec(await page.locator('[data-host=gpu2] [data-spark]').getAttribute('d') ?? '')?.[1] ?? 179));
    await expect.poll(beginning, { timeout: 20_000 }).toBeLessThan(openedAt - 4_000);
    await page.context().close();
  }
});

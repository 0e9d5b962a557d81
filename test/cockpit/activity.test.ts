/** The activity view in a real browser: the live tail, its pause, filters, gaps, captures, exports, history, and bad days. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openCockpit, until, type Cockpit } from '../support/cockpit.ts';

const row = (page: Page, text: string) => page.locator('[data-row]', { hasText: text });
const list = (page: Page) => page.getByRole('region', { name: 'Requests' });
const mark = (page: Page) => page.locator('[data-tail-mark]');

/** Until the host's published state is as wanted. */
async function reached(cockpit: Cockpit, id: string, state: string, boot?: number): Promise<void> {
  await expect.poll(async () => {
    const host = await (await fetch(`${cockpit.url}/api/hosts/${id}`)).json() as { state: { liveness: { state: string }; bootEpoch: number | null } };
    return { state: host.state.liveness.state, ...(boot === undefined ? {} : { boot: host.state.bootEpoch }) };
  }, { timeout: 20_000 }).toEqual({ state, ...(boot === undefined ? {} : { boot }) });
}

async function saved(page: Page, item: RegExp): Promise<{ name: string; text: string }> {
  await page.getByText('Export', { exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('details[open]').locator('a, button').filter({ hasText: item }).click()]);
  await page.keyboard.press('Escape');
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

describe('over a database', () => {
  let cockpit: Cockpit;
  beforeAll(async () => {
    cockpit = await openCockpit({ hosts: {
      gpu1: { release: 'v250', models: [{ id: 'tiny' }, { id: 'big', name: 'Big One' }] },
      gpu2: { release: 'v250', models: [{ id: 'tiny' }] },
      // Rows come on the stream itself, so that a flood reaches the page row by row.
      flood: { release: 'v235', requestLog: false, metricsMaxInMemory: 10_000, models: [{ id: 'tiny' }] },
      past: { release: 'v235', requestLog: false, metricsMaxInMemory: 10_000, models: [{ id: 'tiny' }] },
      ring: { release: 'v235', requestLog: false, metricsMaxInMemory: 10, models: [{ id: 'tiny' }] },
    } });
  });
  afterAll(() => cockpit.close());

  test('says what to do while there is nothing; shows a request the moment it ends; filters stand in the address', async () => {
    const page = await cockpit.open('/activity');
    await page.getByText('No request yet').waitFor();
    for (const id of Object.keys(cockpit.hosts)) await reached(cockpit, id, 'live', 1);
    cockpit.hosts['gpu1']!.record({ model: 'tiny', outputTokens: 4_321 });
    await row(page, '4,321').waitFor();
    cockpit.hosts['gpu1']!.record({ model: 'big', status: 404, error: 'nothing of that name' });
    cockpit.hosts['gpu2']!.record({ model: 'tiny' });
    await row(page, 'gpu2').waitFor();

    await page.getByRole('button', { name: '4xx' }).click();
    await row(page, 'nothing of that name').waitFor();
    await row(page, 'gpu2').waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'Host', exact: true }).selectOption('gpu2');
    await page.getByText('No request passes these filters').waitFor();
    expect(new URL(page.url()).search).toBe('?status=4xx&host=gpu2');
    await page.reload();
    await page.getByText('No request passes these filters').waitFor();
    // Of these two the filter lets one through, live.
    cockpit.hosts['gpu2']!.record({ model: 'tiny', outputTokens: 5_555 });
    cockpit.hosts['gpu2']!.record({ model: 'tiny', status: 404, error: 'also not there' });
    await row(page, 'also not there').waitFor();
    expect(await page.locator('[data-row]').count()).toBe(1);

    await page.getByTitle('Take away the filter host gpu2').click();
    await row(page, 'nothing of that name').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('/v1/embed');
    await page.getByRole('option', { name: '/v1/embeddings', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('No request passes these filters').waitFor();
    expect(new URL(page.url()).searchParams.get('path')).toBe('/v1/embeddings');
    await page.getByRole('button', { name: 'Show all' }).first().click();
    await row(page, '5,555').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.context().close();
  });

  test('keys move, open and close; the row stands in the address; its capture reads as what was said', async () => {
    const page = await cockpit.open('/activity?host=gpu1');
    cockpit.hosts['gpu1']!.record({ model: 'big', contentType: 'text/event-stream', inputTokens: 7_001, durationMs: 65_000, metadata: { project: 'foxes' } });
    await row(page, '7,001').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('k');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('7,001');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary');
    await panel.getByText('A fox is a small, clever animal').waitFor();
    const text = await panel.textContent();
    for (const said of ['1 min 5 s (65,000 ms)', '7,001 tokens', 'project', 'foxes', 'finished: stop', 'Reasoning', 'What is a fox?']) expect(text).toContain(said);
    expect(text).not.toContain('cut off');
    expect(await panel.getByLabel('Reasoning', { exact: true }).textContent()).toBe('They ask about foxes.');
    await panel.getByLabel('Response', { exact: true }).getByText('Raw').click();
    await panel.getByText('data: [DONE]').waitFor();
    expect(await panel.textContent()).not.toContain('sim-secret');

    expect(new URL(page.url()).searchParams.get('row')).toMatch(/^gpu1\.\d+\.\d+$/);
    await page.reload();
    await panel.getByText('A fox is a small, clever animal').waitFor();
    // The address holds its time too, so a list that does not have the row finds it all the same.
    await page.goto(page.url().replace('host=gpu1', 'host=gpu2'));
    await panel.getByText('A fox is a small, clever animal').waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('row')).toBeNull();
    await page.context().close();
  });

  test('whoever works by keys keeps the place: opened, closed and filtered', async () => {
    const page = await cockpit.open('/activity?host=gpu1');
    for (const outputTokens of [3_001, 3_002, 3_003]) cockpit.hosts['gpu1']!.record({ outputTokens });
    const panel = page.getByRole('complementary');
    const isAt = (text: string): Promise<void> => until(page, `document.activeElement.textContent.includes('${text}') && document.activeElement.matches('[data-row]')`);
    await row(page, '3,001').waitFor();
    await row(page, '3,002').focus();
    // Wide, the list gives up a part of its width and columns to the detail.
    await page.keyboard.press('Enter');
    await panel.getByText('3,002 tokens').waitFor();
    await page.getByRole('columnheader', { name: 'Path' }).waitFor({ state: 'detached' });
    await isAt('3,002');
    await page.keyboard.press('ArrowDown');
    await panel.getByText('3,001 tokens').waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.getByRole('columnheader', { name: 'Path' }).waitFor();
    await isAt('3,001');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('k');
    await isAt('3,002');
    for (const close of ['Enter', 'back'] as const) {
      await page.keyboard.press('Enter');
      await panel.getByText('3,002 tokens').waitFor();
      await panel.getByRole('button', { name: 'Close' }).focus();
      if (close === 'Enter') await page.keyboard.press('Enter');
      else await page.goBack();
      await panel.waitFor({ state: 'detached' });
      await isAt('3,002');
      await page.getByRole('button', { name: 'Pause' }).waitFor();
    }

    // A filter that goes hands the focus to its neighbour.
    await page.goto(`${cockpit.url}/activity?host=gpu1&model=tiny&status=4xx`);
    const isOn = (says: string): Promise<void> => until(page, `document.activeElement.matches('[aria-label=Filters] button') && document.activeElement.textContent === '${says}'`);
    await page.getByTitle('Take away the filter host gpu1').focus();
    await page.keyboard.press('Enter');
    await isOn('modeltiny');
    await page.keyboard.press('Enter');
    await isOn('status4xx');
    await page.keyboard.press('Tab');
    await isOn('Show all');
    await page.keyboard.press('Enter');
    await isOn('5xx');
    await page.goto(`${cockpit.url}/activity?host=nobody`);
    await list(page).getByRole('button', { name: 'Show all' }).focus();
    await page.keyboard.press('Enter');
    await until(page, "document.activeElement.getAttribute('aria-label') === 'Requests'");
    await page.context().close();
  });

  test('a capture that is gone, or whose host is not there, is told in words', async () => {
    const page = await cockpit.open('/activity?host=gpu2');
    await row(page, '5,555').click();
    const panel = page.getByRole('complementary');
    await panel.getByText('A fox.').waitFor();
    cockpit.hosts['gpu2']!.kill();
    await reached(cockpit, 'gpu2', 'down');
    await page.reload();
    await panel.getByText('The host cannot be asked now').waitFor();
    cockpit.hosts['gpu2']!.start();
    cockpit.hosts['gpu2']!.record({ model: 'tiny', outputTokens: 6_666 });
    // Opened at a row, the list stands still.
    await mark(page).click();
    await row(page, '6,666').waitFor();
    await reached(cockpit, 'gpu2', 'live', 2);
    await panel.getByRole('button', { name: 'Try again' }).click();
    await panel.getByText('The host no longer holds it').waitFor();
    await page.context().close();
  });

  test('what is lost stands between the requests', async () => {
    const page = await cockpit.open('/activity?host=ring');
    const host = cockpit.hosts['ring']!;
    const at = (s: number): string => new Date(began + s * 1_000).toISOString();
    const began = Date.now() - 60_000;
    host.record({ outputTokens: 1_001, timestamp: at(0) });
    await row(page, '1,001').waitFor();
    host.fault({ kind: 'refuse' });
    host.endStreams('cut');
    for (let i = 0; i < 30; i += 1) host.record({ outputTokens: 2_001 + i, timestamp: at(1 + i) });
    host.fault(null);
    await row(page, 'at least 20 requests lost').waitFor();
    await row(page, '2,030').waitFor();
    const lines = await page.locator('[data-row]').allTextContents();
    const gap = lines.findIndex((line) => line.includes('at least 20 requests lost'));
    expect(lines[gap]).toContain('wrap');
    expect(lines[gap]).toContain('ids 1 to 20');
    expect(lines[gap - 1]).toContain('2,021');
    expect(lines[gap + 1]).toContain('1,001');
    await row(page, 'at least 20 requests lost').click();
    await page.getByRole('complementary').getByText('wrap: the host forgot them before Drover could read them').waitFor();
    await page.reload();
    await page.getByRole('complementary').getByText('wrap: the host forgot them before Drover could read them').waitFor();

    await page.getByText('Export', { exact: true }).click();
    await page.getByRole('button', { name: /^Markdown/ }).getByText(/^\d+ requests and 1 gap$/).waitFor();
    await page.keyboard.press('Escape');
    const { name, text } = await saved(page, /^Gaps/);
    expect(name).toMatch(/^gaps-ring-.*Z\.ndjson$/);
    expect(text.trimEnd().split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([{ hostId: 'ring', cause: 'wrap', lostMin: 20, fromId: 1, toId: 20 }]);

    // Gaps stand whatever is asked of the rows; that none of them passes is said all the same.
    await page.goto(`${cockpit.url}/activity?host=ring&path=/nothing&last=1h`);
    const none = page.locator('[data-none-passes]');
    await none.getByText('No request passes these filters in the last hour; 1 gap below: what was lost in it might have passed.').waitFor();
    expect(await page.locator('[data-row]').count()).toBe(1);
    await row(page, 'might have passed these filters').waitFor();
    await none.getByRole('button', { name: 'All of the time' }).click();
    await none.getByText('No request passes these filters; 1 gap below: what was lost in it might have passed.').waitFor();
    await none.getByRole('button', { name: 'Show all' }).click();
    await none.waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a link to an older request: the list begins at it and stands still; newer ones are a press away, and from there it is found again', async () => {
    const began = Date.now() - 3_600_000;
    for (let i = 0; i < 600; i += 1) cockpit.hosts['past']!.record({ outputTokens: 20_000 + i, timestamp: new Date(began + i * 1_000).toISOString() });
    const stored = async (): Promise<{ bootEpoch: number; upstreamId: number; ts: string; outputTokens: number }[]> => (await (await fetch(`${cockpit.url}/api/activity?host=past&limit=1000`)).json() as { rows: never[] }).rows;
    await expect.poll(async () => (await stored()).length, { timeout: 20_000 }).toBe(600);
    const linked = (await stored()).find(({ outputTokens }) => outputTokens === 20_100)!;
    const link = `/activity?${new URLSearchParams({ host: 'past', row: `past.${linked.bootEpoch}.${linked.upstreamId}`, at: linked.ts }).toString()}`;
    const page = await cockpit.open(link);
    const panel = page.getByRole('complementary');
    const first = page.locator('[data-row]').first();
    const beginsAtIt = async (): Promise<void> => {
      await page.locator('[data-row][aria-selected=true]', { hasText: '20,100' }).waitFor();
      expect(await first.textContent()).toContain('20,100');
    };
    await panel.getByText('20,100 tokens').waitFor();
    await beginsAtIt();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect(await panel.getByRole('button', { name: 'Show it in the list' }).count()).toBe(0);
    cockpit.hosts['past']!.record({ outputTokens: 30_001 });
    await mark(page).getByText('1 new', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await first.textContent()).toContain('20,100');
    await list(page).evaluate((element) => { element.scrollTop = element.scrollHeight; });
    await row(page, '20,000').waitFor();
    await page.getByText('Nothing older is on record.').waitFor();
    await list(page).evaluate((element) => { element.scrollTop = 0; });
    await first.click();
    await panel.getByText('20,100 tokens').waitFor();

    await list(page).getByRole('button', { name: 'Jump to the newest' }).click();
    await row(page, '30,001').waitFor();
    expect(await first.textContent()).toContain('30,001');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    // The newest page ends long before it.
    await panel.getByRole('button', { name: 'Show it in the list' }).click();
    await beginsAtIt();
    expect(new URL(page.url()).searchParams.get('host')).toBe('past');

    await page.goto(`${cockpit.url}${link}&status=4xx`);
    await list(page).getByText('No request up to this one passes these filters').waitFor();
    await panel.getByRole('button', { name: 'Show it in the list' }).click();
    await beginsAtIt();
    expect(new URL(page.url()).searchParams.getAll('status')).toEqual([]);
    await page.goto(`${cockpit.url}${link}&last=15m`);
    await panel.getByText('20,100 tokens').waitFor();
    await row(page, '30,001').waitFor();
    await page.context().close();
  });

  test('paused under a flood: nothing moves, what came is counted and then shown; after a skip history is read again, and no row is missing', async () => {
    const page = await cockpit.open('/activity?host=flood');
    const host = cockpit.hosts['flood']!;
    await page.getByText('No request passes these filters').waitFor();
    let made = 0;
    const flood = async (rows: number, says: string): Promise<void> => {
      for (let i = 0; i < rows; i += 1) host.record({ model: 'tiny', outputTokens: (made += 1) });
      await mark(page).getByText(says, { exact: true }).waitFor();
    };
    host.record({ model: 'tiny', outputTokens: (made += 1) });
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await flood(40, '40 new');
    expect(await page.locator('[data-row]').count()).toBe(1);
    // Above the list: over no row.
    const [markBox, listBox] = [await mark(page).boundingBox(), await list(page).boundingBox()];
    expect(markBox!.y + markBox!.height).toBeLessThanOrEqual(listBox!.y);
    await mark(page).click();
    await page.locator('[data-row]').nth(20).waitFor();
    await page.getByRole('button', { name: 'Pause' }).waitFor();

    await list(page).hover();
    await page.mouse.wheel(0, 400);
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    for (let step = 1; step <= 10; step += 1) await flood(500, `${(step * 500).toLocaleString('en-US')} new`);
    await flood(300, '300 skipped');
    expect(await mark(page).textContent()).toContain('5,000 new');
    await mark(page).click();
    await mark(page).waitFor({ state: 'detached' });
    expect(await list(page).evaluate((element) => element.scrollTop)).toBe(0);

    const end = page.getByText('Nothing older is on record.');
    while (!(await end.isVisible())) {
      await list(page).evaluate((element) => { element.scrollTop = element.scrollHeight; });
      await page.getByText('Reading older requests …').waitFor({ state: 'hidden' });
    }
    const { text: table } = await saved(page, /Markdown/);
    const outputs = table.split('\n').filter((line) => line.includes('| flood |')).map((line) => Number(line.split(' | ')[7]?.replace(',', '')));
    expect(outputs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: made }, (_, i) => i + 1));
    await page.context().close();
  });

  describe('exports hold what the filters let through, ids and all', () => {
    let page: Page;
    beforeAll(async () => {
      page = await cockpit.open('/activity?host=gpu1&model=big&status=4xx');
      // In the page the model goes by its name.
      await row(page, 'Big One').waitFor();
    });
    afterAll(() => page.context().close());

    test('CSV', async () => {
      const { name, text } = await saved(page, /CSV/);
      const lines = text.split('\r\n');
      expect(name).toMatch(/^activity-gpu1-\d{4}-\d\d-\d\dT\d{6}Z\.csv$/);
      expect(lines).toHaveLength(3);
      expect(lines[2]).toBe('');
      const [header, cells] = lines.map((line) => line.split(','));
      expect(header?.slice(0, 5)).toEqual(['hostId', 'bootEpoch', 'upstreamId', 'ts', 'model']);
      expect(cells).toHaveLength(header!.length);
      const cell = (column: string): string | undefined => cells?.[header!.indexOf(column)];
      expect(['hostId', 'model', 'status', 'error'].map(cell)).toEqual(['gpu1', 'big', '404', 'nothing of that name']);
    });

    test('NDJSON', async () => {
      const { name, text } = await saved(page, /^NDJSON/);
      expect(name).toMatch(/^activity-gpu1-.*Z\.ndjson$/);
      expect(text.endsWith('\n')).toBe(true);
      expect(text.trimEnd().split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([{ hostId: 'gpu1', model: 'big', status: 404, error: 'nothing of that name' }]);
    });

    test('Markdown', async () => {
      const { name, text } = await saved(page, /Markdown/);
      const lines = text.split('\n');
      expect(name).toMatch(/^activity-gpu1-.*Z\.md$/);
      expect(lines).toHaveLength(4);
      expect(lines[0]).toMatch(/^\| Ended \(UTC\) \| Host \| Model \|/);
      expect(lines[2]).toContain('| gpu1 | big |');
      expect(lines[2]).toContain('nothing of that name |');
    });
  });

  test('typing finds filters by name or id; keys choose; what nobody knows is said', async () => {
    const page = await cockpit.open('/activity');
    await row(page, 'tiny').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('one');
    const field = page.getByRole('combobox', { name: 'Host, model, path or status' });
    const list = page.getByRole('listbox', { name: 'Filters of that name' });
    const option = list.getByRole('option', { name: 'Big One' });
    await option.waitFor();
    expect(await field.getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'));
    expect(new URL(page.url()).search).toBe('');
    await page.keyboard.press('Enter');
    await page.getByTitle('Take away the filter model big').getByText('Big One').waitFor();
    expect(new URL(page.url()).search).toBe('?model=big');
    expect(await field.inputValue()).toBe('');
    await row(page, 'tiny').first().waitFor({ state: 'detached' });

    await page.keyboard.type('gpu');
    await list.getByRole('option', { name: 'gpu1', selected: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await list.getByRole('option', { name: 'gpu2', selected: true }).waitFor();
    await list.getByRole('option', { name: 'gpu1' }).click();
    expect(new URL(page.url()).search).toBe('?model=big&host=gpu1');

    await page.keyboard.type('zebra');
    await page.getByRole('status').filter({ hasText: 'Nothing known is called “zebra”.' }).waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).search).toBe('?model=big&host=gpu1');
    // A model of the past may still be asked for.
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByTitle('Take away the filter model zebra').waitFor();

    // What is typed is no filter until it is chosen.
    await page.keyboard.type('500');
    await list.getByRole('option', { name: '500' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await field.inputValue()).toBe('');
    await until(page, "document.activeElement.matches('[data-search]')");
    await page.keyboard.press('Escape');
    await until(page, "!document.activeElement.matches('[data-search]')");
    await page.keyboard.press('/');
    await page.keyboard.type('out of memory');
    await page.getByRole('status').filter({ hasText: 'paths and statuses can be searched; not the texts of errors' }).waitFor({ state: 'attached' });
    await page.keyboard.press('Tab');
    await page.getByText('not applied', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.getAll('model')).toEqual(['big', 'zebra']);
    await page.context().close();
  });

  test('Back closes the detail and takes filters away one by one; opened and closed leaves no entries', async () => {
    const page = await cockpit.open('/');
    await page.goto(`${cockpit.url}/activity?host=gpu1`);
    await row(page, '4,321').click();
    const panel = page.getByRole('complementary');
    await panel.waitFor();
    // Another row is the same detail.
    await row(page, '404').click();
    await panel.getByText('nothing of that name').waitFor();
    await page.goBack();
    await panel.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(new URL(page.url()).search).toBe('?host=gpu1');
    for (let times = 0; times < 3; times += 1) {
      await row(page, '4,321').click();
      await panel.waitFor();
      await page.keyboard.press('Escape');
      // Twice, as somebody in a hurry does.
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: '4xx' }).click();
    await page.getByRole('button', { name: '5xx' }).click();
    await page.getByTitle('Take away the filter status 5xx').waitFor();
    await page.goBack();
    await page.getByTitle('Take away the filter status 5xx').waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?host=gpu1&status=4xx');
    await page.getByTitle('Take away the filter status 4xx').click();
    await page.getByTitle('Take away the filter status 4xx').waitFor({ state: 'detached' });
    await page.goBack();
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await page.context().close();
  });

  test('on a phone a row has two lines, filters fold away and a row opens as a sheet', async () => {
    const page = await cockpit.open('/activity?host=gpu1', { viewport: { width: 390, height: 844 } });
    await row(page, '4,321 tok').waitFor();
    expect((await row(page, '4,321 tok').boundingBox())?.height).toBe(52);
    expect(await page.getByRole('group', { name: 'Filters' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Filters, some are on' }).click();
    await page.getByTitle('Take away the filter host gpu1').waitFor();
    await row(page, '4,321 tok').click();
    await page.getByRole('dialog').getByText('4,321 tokens').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    // As on a plain address of the local net.
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined }); addEventListener('copy', () => { window.copied = String(getSelection()) || document.activeElement.value; })");
    await page.getByRole('dialog').getByRole('button', { name: 'Copy JSON of this request' }).click();
    await page.getByRole('dialog').getByText('Copied').waitFor();
    expect(JSON.parse(await page.evaluate('window.copied'))).toMatchObject({ hostId: 'gpu1', outputTokens: 4_321 });
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Copy JSON of this request');
    await page.getByRole('dialog').getByRole('button', { name: 'Copy link to this request' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copy link to this request' }).getByText('Copied').waitFor();
    expect(await page.evaluate('window.copied')).toBe(page.url());
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await until(page, "document.activeElement.matches('[data-row]') && document.activeElement.textContent.includes('4,321 tok')");
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.context().close();
  });

  test('connection lost: what was read stays, greyed, and goes on by itself', async () => {
    const page = await cockpit.open('/activity?host=gpu1');
    await row(page, '4,321').waitFor();
    const many = await cockpit.open('/activity');
    // More than the first page, and the one after it is whole.
    await until(many, "document.querySelector('[role=rowgroup]')?.offsetHeight > 200 * 32");
    await many.getByText('Reading older requests …').waitFor({ state: 'detached' });
    await many.evaluate(`window.said = []; new MutationObserver(() => {
      const said = document.querySelector('[aria-label=Requests] [role=status]')?.textContent;
      if (said !== undefined && !window.said.includes(said)) window.said.push(said);
      const height = document.querySelector('[role=rowgroup]').offsetHeight;
      window.lowest = Math.min(window.lowest ?? Infinity, height);
    }).observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });`);
    let read = 0;
    many.on('response', (answer) => { if (answer.ok() && answer.url().includes('/api/gaps')) read += 1; });
    const tall = await many.locator('[role=rowgroup]').evaluate((element) => element.offsetHeight);
    await cockpit.stop();
    await page.locator('[data-stale=true]').waitFor();
    await page.locator('#view').getByText('not connected', { exact: true }).waitFor();
    expect(await page.locator('#view').getByText('live', { exact: true }).count()).toBe(0);
    expect(await row(page, '4,321').count()).toBe(1);
    await cockpit.start();
    await page.locator('[data-stale=false]').waitFor();
    await page.locator('#view').getByText('live', { exact: true }).waitFor();
    await reached(cockpit, 'gpu1', 'live');
    // It is read again, twice, and nobody sees it.
    await expect.poll(() => read, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect(await many.evaluate('window.said')).toEqual([]);
    expect(await many.evaluate('window.lowest')).toBeGreaterThanOrEqual(Math.min(tall, 1_000 * 32));
    await many.context().close();
    cockpit.hosts['gpu1']!.record({ model: 'tiny', outputTokens: 8_888 });
    await row(page, '8,888').waitFor();
    expect(await row(page, '4,321').count()).toBe(1);
    expect(cockpit.complaints).toEqual([]);
    await page.context().close();
  });
});

describe('without a database', () => {
  let cockpit: Cockpit;
  beforeAll(async () => {
    cockpit = await openCockpit({ hosts: { gpu1: { models: [{ id: 'tiny' }] } }, database: 'none' });
  });
  afterAll(() => cockpit.close());

  test('live requests are shown, and history says why it is not', async () => {
    const page = await cockpit.open('/activity');
    await list(page).getByText('Requests that ended before lie in the database.').waitFor();
    await reached(cockpit, 'gpu1', 'live');
    cockpit.hosts['gpu1']!.record({ model: 'tiny', outputTokens: 4_321 });
    await row(page, '4,321').click();
    await page.getByRole('complementary').getByText('not decided yet').waitFor();
    await page.getByRole('complementary').getByText('as soon as it is known').waitFor();
    // Said once, over the page.
    await page.locator('#view').getByText('Requests that ended before lie in the database.').waitFor();
    expect(await page.getByText(/The database is/).count()).toBe(1);
    let downloads = 0;
    page.on('download', () => { downloads += 1; });
    await page.getByText('Export', { exact: true }).click();
    const menu = page.locator('details[open]');
    for (const item of ['CSV', 'NDJSON', 'Gaps']) {
      await menu.locator('a, button').filter({ hasText: new RegExp(`^${item}`) }).click();
      await menu.getByRole('alert').getByText('The database is not there now.').waitFor();
      await menu.getByText('Markdown').click();
      await menu.getByRole('alert').waitFor({ state: 'detached' });
    }
    expect(downloads).toBe(3);
    expect(cockpit.complaints).toEqual([]);
    await page.context().close();
  });
});

/** Every recording, replayed as a live host to a plain client that reads the stream and the ring: it must meet exactly the expected rows. */
import { afterEach, describe, expect, test } from 'vitest';
import { readScenario } from '../src/demo/recordings/recording.ts';
import type { Scenario } from '../src/demo/recordings/recording-types.ts';
import { createRing, expectedLost, expectedRows } from '../src/demo/recordings/recording-rows.ts';
import { startReplay, type ReplayHost } from '../src/demo/recordings/replay-host.ts';
import { scenarios } from './support/recordings.ts';
import { wallClock } from './support/wall.ts';
import { ask, openStream, type WireStream } from './support/wire-client.ts';

type Row = Record<string, unknown> & { id: number };

let replay: ReplayHost | null = null;
afterEach(async () => {
  await replay?.close();
  replay = null;
});

/** Everything that defines a row, but for what a host computes as it answers. */
const text = (row: Row): string => JSON.stringify({ ...row, has_capture: undefined });

async function readRing(url: string): Promise<Row[]> {
  const paged = await ask(url, '/api/metrics/activity?limit=999');
  if (paged.status === 200) return (JSON.parse(paged.body) as { data: Row[] }).data;
  const whole = await ask(url, '/api/metrics');
  return whole.status === 200 ? ((JSON.parse(whole.body) as Row[] | null) ?? []) : [];
}

/** Follows a replay step by step as a recorder would: a stream whenever the port is up, the ring after each step. */
async function follow(scenario: Scenario): Promise<string[]> {
  replay = await startReplay(scenario, { clock: wallClock });
  const host = replay;
  const met = new Set<string>();
  let stream: WireStream | null = null;
  const bootAt = (): string => String(scenario.boots.findLast((boot) => boot.readyMs <= host.nowMs)?.boot);
  const keep = (boot: string, rows: Row[]): void => { for (const row of rows) met.add(`${scenario.store ? '' : boot} ${text(row)}`); };
  const shown = (open: WireStream): Row[] => open.frames().filter(({ kind }) => kind === 'metrics').flatMap(({ inner }) => inner as Row[]);
  let boot = bootAt();
  for (const step of [0, ...host.steps]) {
    await host.advanceTo(step);
    if (stream !== null && host.streams === 0) {
      await stream.ended;
      keep(boot, shown(stream));
      stream = null;
    }
    if (!host.up) continue;
    boot = bootAt();
    if (host.streams === 0) stream = await openStream(host.url);
    // At the very end of a boot the port is about to refuse: the ring has been read before.
    keep(boot, await readRing(host.url));
  }
  if (stream !== null) keep(boot, shown(stream));
  stream?.close();
  return [...met].sort();
}

const wanted = (scenario: Scenario): string[] => expectedRows(scenario).map(({ boot, row }) => `${scenario.store ? '' : boot} ${text(row)}`).sort();

describe.each(scenarios())('$release/$name', ({ folder }) => {
  test('a follower meets each expected row and no other', async () => {
    const scenario = readScenario(folder);
    expect(scenario.boots.length).toBeGreaterThan(0);
    // Independent of how boots were told apart: each request that made a row has one.
    expect(wanted(scenario).length).toBeGreaterThanOrEqual((scenario.truth.requests ?? []).filter((request) => request.row_id !== undefined).length);
    expect(await follow(scenario)).toEqual(wanted(scenario));
  });
});

test('lost rows lie between what the first connection saw and what the ring still held', () => {
  const found = scenarios().filter(({ name }) => name === 'ring-wrap');
  expect(found.length).toBeGreaterThan(0);
  for (const { folder } of found) expect(expectedLost(readScenario(folder))).toEqual([{ boot: 1, count: 15 }]);
});

describe.each(scenarios())('$release/$name', ({ folder }) => {
  test('the ring at each recorded reading holds what the host gave then', () => {
    const scenario = readScenario(folder);
    const ring = createRing(scenario);
    for (const { path, tMs, tEndMs, status, body } of scenario.exchanges) {
      const whole = path === '/api/metrics' || /^\/api\/metrics\/activity\?limit=999&order=asc&page=1$/.test(path);
      const boot = scenario.boots.find((one) => tMs >= one.readyMs && tMs < one.endMs);
      if (!whole || status !== 200 || boot === undefined) continue;
      const given = JSON.parse(Buffer.from(body).toString()) as { data: Row[] } | Row[] | null;
      const ids = (Array.isArray(given) ? given : (given?.data ?? [])).map(({ id }) => id);
      expect({ tMs, ids: ring(boot, tEndMs).map(({ id }) => id) }).toEqual({ tMs, ids });
    }
  });
});

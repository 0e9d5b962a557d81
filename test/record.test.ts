/** What `record` writes of a host, `replay` serves again. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { recordHost } from '../src/demo/recordings/record.ts';
import { readScenario } from '../src/demo/recordings/recording.ts';
import { expectedRows } from '../src/demo/recordings/recording-rows.ts';
import { startReplay } from '../src/demo/recordings/replay-host.ts';
import { createSimHost } from '../src/demo/sim-host.ts';
import { seeded, wallClock } from './support/wall.ts';
import { ask, openStream } from './support/wire-client.ts';

/** Resolves when a row of so many input tokens is in some file of the recording. */
const written = (folder: string, inputTokens: number): Promise<void> => vi.waitUntil(async () => {
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile() && (await readFile(join(file.parentPath, file.name), 'utf8')).match(new RegExp(`input_tokens\\\\+":${inputTokens},`)) !== null) return true;
  }
  return false;
}, { timeout: 20_000 }).then(() => undefined);

test.each(['v208', 'v235', 'v250'] as const)('%s: recorded with a restart, replayed, the same rows and frames', async (release) => {
  const folder = await mkdtemp(join(tmpdir(), 'drover-record-'));
  const host = createSimHost({ clock: wallClock, random: seeded(7), release, apiKeys: ['a-secret-key'] });
  const url = await host.listen();
  const stop = new AbortController();
  const streams: string[] = [];
  let reached = (): void => {};
  const connected = (): Promise<void> => new Promise((resolve) => { reached = resolve; });
  let next = connected();
  const recording = recordHost({ clock: wallClock, baseUrl: url, apiKey: 'a-secret-key', folder, signal: stop.signal, print(line) { if (line.startsWith('stream')) { streams.push(line); reached(); } } });
  await next;
  const first = host.record({ inputTokens: 11 });
  const second = host.record({ inputTokens: 12 });
  await written(folder, 12);
  next = connected();
  host.restart('term');
  await next;
  const third = host.record({ inputTokens: 13 });
  await written(folder, 13);
  host.kill();
  await expect(ask(url, '/health')).rejects.toThrow();
  stop.abort();
  await recording;
  await host.close();

  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain('a-secret-key');
  }
  const scenario = readScenario(folder);
  expect(streams.length).toBe(2);
  expect(scenario.boots.length).toBe(2);
  const generation3 = release === 'v250';
  const rows = expectedRows(scenario).map(({ boot, row }) => `${boot}/${row.id}/${row.timestamp}`);
  const ids = (boot: number, row: typeof first): string => `${boot}/${row?.id}/${row?.timestamp}`;
  expect(rows.sort()).toEqual([ids(1, first), ids(1, second), ids(2, third)]);

  const replay = await startReplay(scenario, { clock: wallClock });
  const stream = await openStream(replay.url);
  await replay.advanceTo(scenario.boots[0]?.endMs ?? 0);
  await stream.ended;
  const announced = stream.frames().filter(({ kind }) => kind === (generation3 ? 'activity' : 'metrics'));
  expect(announced.length).toBe(generation3 ? 2 : 3);
  await replay.close();

  const again = await startReplay(readScenario(join(folder, 'events.jsonl')), { clock: wallClock });
  await again.play(1_000);
  expect(again.nowMs).toBe(scenario.endMs);
  await again.close();
  expect(() => readScenario(join(folder, 'http'))).toThrow('expected a recording');
  await rm(folder, { recursive: true });
});

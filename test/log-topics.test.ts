/** `logs:<host>` and `logs:<host>/<model>`, from a host's real socket to a dashboard's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost } from '../src/demo/sim-types.ts';
import { openDashboard, startProgram, dataFolder, type Dashboard, type Program } from './support/program.ts';
import { seeded, wallClock } from './support/wall.ts';

const MODEL = 'alpha-8b-q4';
let host: SimHost;
let program: Program;
let data: Awaited<ReturnType<typeof dataFolder>>;
const open: Dashboard[] = [];
const dashboard = (topics: string[]): Dashboard => {
  const one = openDashboard(program.url, topics);
  open.push(one);
  return one;
};
type Frames = ReturnType<Dashboard['frames']>;
const logsOf = (frames: Frames, model?: string) => frames.flatMap((frame) => (frame.type === 'log' && frame.model === model ? [frame] : []));
const textOf = (frames: Frames, model?: string): string => logsOf(frames, model).map(({ text }) => text).join('');
/** What the host's own log says of requests for model logs: it writes the line when such a stream is over. */

beforeAll(async () => {
  host = createSimHost({ clock: wallClock, random: seeded(11), release: 'v250', requestLog: false });
  data = await dataFolder();
  program = await startProgram({ dataDir: data.path, env: { DROVER_HOSTS: `gpu1=${await host.listen()}` } });
  const fleet = dashboard(['fleet']);
  await fleet.until(({ fleet: { hosts } }) => hosts.get('gpu1')?.state.liveness.state === 'live' && MODEL in hosts.get('gpu1')!.state.models, 'gpu1 live');
});

afterAll(async () => {
  for (const one of open) one.close();
  program?.kill('SIGTERM');
  await program?.ended;
  await host?.close();
  await data?.remove();
});

it('a model’s own log comes with its history, to its readers alone, and is let go with the last', async () => {
  host.log('upstream', 'before größer 😀\n', MODEL);
  const own = dashboard(['logs:gpu1']);
  const model = dashboard([`logs:gpu1/${MODEL}`]);
  await model.until((_client, frames) => textOf(frames, MODEL) === 'before größer 😀\n', 'the history');
  await expect.poll(() => host.logStreams).toBe(1);
  host.log('proxy', '[INFO] the host’s own\n');
  host.log('upstream', 'a line\n', MODEL);
  await model.until((_client, frames) => textOf(frames, MODEL) === 'before größer 😀\na line\n', 'the line');
  await own.until((_client, frames) => textOf(frames).includes('[INFO] the host’s own\n') && textOf(frames).includes('a line\n'), 'the host’s own log');
  expect(logsOf(own.frames(), MODEL)).toEqual([]);
  expect(logsOf(model.frames())).toEqual([]);
  expect(logsOf(model.frames(), MODEL)[0]).toMatchObject({ host: 'gpu1', source: 'upstream' });
  model.close();
  await expect.poll(() => host.logStreams).toBe(0);
});

it('a flood is a few frames, and every byte that is not shown is counted', async () => {
  const own = dashboard(['logs:gpu1', `logs:gpu1/${MODEL}`]);
  await expect.poll(() => host.logStreams).toBe(1);
  host.log('upstream', 'begin\n', MODEL);
  await own.until((_client, frames) => textOf(frames, MODEL).includes('begin\n') && textOf(frames).includes('begin\n'), 'both logs open');
  const before = own.frames().length;
  let sent = 0;
  const lines = 20_000;
  for (let i = 0; i < lines; i += 1) {
    const line = `llama_decode ${i} ${'x'.repeat(200)}\n`;
    sent += Buffer.byteLength(line);
    host.log('upstream', line, MODEL);
    if (i % 500 === 499) await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  // A frame of later tells what was lost before it.
  await expect.poll(async () => {
    host.log('upstream', '.', MODEL);
    sent += 1;
    return [undefined, MODEL].every((model) => textOf(own.frames().slice(before), model).endsWith('.'));
  }, { timeout: 20_000, interval: 200 }).toBe(true);
  host.log('upstream', 'end', MODEL);
  sent += 3;
  await own.until((_client, frames) => textOf(frames, MODEL).endsWith('end') && textOf(frames).endsWith('end'), 'the end of both');
  const during = own.frames().slice(before);
  const counted = logsOf(during).reduce((sum, { text, dropped }) => sum + Buffer.byteLength(text) + (dropped ?? 0), 0);
  expect(counted).toBe(sent);
  expect(logsOf(during).length + logsOf(during, MODEL).length).toBeLessThan(lines / 50);
  expect((await program.get('/api/hosts')).hosts[0].state.liveness.state).toBe('live');
});

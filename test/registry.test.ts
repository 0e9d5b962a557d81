/** The live actor tree as operators read it, and restarts by hand. */
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import type { Start } from '../src/actors/child.ts';
import { exitWith } from '../src/actors/exit.ts';
import { startMachine } from '../src/actors/observed.ts';
import { startWorker } from '../src/actors/worker.ts';
import type { SupervisorSpec } from '../src/supervisors/spec.ts';
import { createTree } from '../src/supervisors/supervision-tree.ts';
import type { Tree, TreeOptions } from '../src/supervisors/supervision-tree.ts';
import { virtualClock } from './support/virtual-clock.ts';

const worker: Start = (context) =>
  startWorker<{ type: 'die' } | { type: 'hello' }>(context, (self) => ({ receive: ({ type }) => void (type === 'die' && self.crash(exitWith('boom'))) }));

const machine: Start = (context) =>
  startMachine(
    context,
    createMachine({
      initial: 'down',
      states: { down: { on: { open: 'live' } }, live: { initial: 'quiet', on: { cut: 'down' }, states: { quiet: { on: { row: 'busy' } }, busy: { after: { 100: 'quiet' } } } } },
    }),
  );

async function grow(spec: SupervisorSpec, restart?: TreeOptions['restart']): Promise<{ tree: Tree; clock: ReturnType<typeof virtualClock> }> {
  const clock = virtualClock();
  const tree = createTree({ name: 'drover', spec, clock, ...(restart && { restart }) });
  await tree.start();
  return { tree, clock };
}
const send = (tree: Tree, path: string, type: string): boolean => tree.send(path, { type });

const fleet: SupervisorSpec = {
  intensity: 5,
  periodS: 60,
  children: [
    { id: 'database', supervisor: { strategy: 'rest_for_one', children: [{ id: 'postgres', start: worker }, { id: 'writer', start: worker }, { id: 'once', restart: 'temporary', start: worker }] } },
    { id: 'hosts', supervisor: { strategy: 'simple_one_for_one', template: { id: 'host', type: 'supervisor', restart: 'temporary' } } },
    { id: 'http', start: worker, restartable: false },
  ],
};
const host = (tree: Tree, id: string) =>
  tree.call('drover/hosts', { fn: 'start_child', child: { id: `host:${id}`, supervisor: { intensity: 1, children: [{ id: 'link', start: machine }] } } });

test('every actor has a status, in tree order, also after restarts', async () => {
  const { tree, clock } = await grow(fleet);
  await host(tree, 'b');
  await host(tree, 'a');
  clock.advance(1_500);
  send(tree, 'drover/database/postgres', 'die');
  expect(tree.registry.list().map(({ path, incarnation, restarts }) => [path, incarnation, restarts.count, restarts.total])).toEqual([
    ['drover', 1, 0, 0],
    ['drover/database', 1, 1, 0],
    ['drover/database/postgres', 2, 0, 1],
    ['drover/database/writer', 2, 0, 1],
    ['drover/hosts', 1, 0, 0],
    ['drover/hosts/host:b', 1, 0, 0],
    ['drover/hosts/host:b/link', 1, 0, 0],
    ['drover/hosts/host:a', 1, 0, 0],
    ['drover/hosts/host:a/link', 1, 0, 0],
    ['drover/http', 1, 0, 0],
  ]);
  expect(tree.registry.detail('drover/database/postgres')).toEqual({
    path: 'drover/database/postgres', kind: 'worker', name: 'postgres', incarnation: 2, state: 'running', since: '2026-01-01T00:00:01.500000Z',
    restarts: { count: 0, intensity: null, periodS: null, total: 1 }, lastExit: { reason: 'boom', at: '2026-01-01T00:00:01.500000Z', stack: null },
    queued: null, handled: 0, recent: [{ at: '2026-01-01T00:00:01.500000Z', from: 'starting', event: 'started', to: 'running' }], children: [],
  });
  expect(tree.registry.detail('drover/database')).toMatchObject({ restarts: { count: 1, intensity: 1, periodS: 5, total: 0 }, queued: 0, lastExit: null });
  expect(tree.registry.detail('drover/database')!.children.map(({ name }) => name)).toEqual(['postgres', 'writer']);
  clock.advance(60_000);
  expect(tree.registry.detail('drover/database')!.restarts.count).toBe(0);
});

test('a machine under observation shows its state, its last 50 transitions by name, and how much it has handled', async () => {
  const { tree, clock } = await grow(fleet);
  await host(tree, 'a');
  const link = 'drover/hosts/host:a/link';
  send(tree, link, 'open');
  send(tree, link, 'row');
  send(tree, link, 'nobody listens');
  expect(tree.registry.detail(link)).toMatchObject({ state: 'live.busy', handled: 3 });
  clock.advance(100);
  expect(tree.registry.detail(link)!.recent.map(({ from, event, to }) => `${from} ${event} ${to}`)).toEqual([
    'starting start down', 'down open live.quiet', 'live.quiet row live.busy', 'live.busy xstate.after.100.(machine).live.busy live.quiet',
  ]);
  for (let i = 0; i < 60; i += 1) send(tree, link, i % 2 === 0 ? 'cut' : 'open');
  const { recent, handled } = tree.registry.detail(link)!;
  expect([recent.length, recent.at(-1)!.to, handled]).toEqual([50, 'live.quiet', 64]);
});

test('those who watch are told of starts, exits and states, not of counters', async () => {
  const { tree } = await grow(fleet);
  await host(tree, 'a');
  let told = 0;
  const off = tree.registry.onChange(() => (told += 1));
  send(tree, 'drover/http', 'hello');
  send(tree, 'drover/hosts/host:a/link', 'nobody listens');
  expect(told).toBe(0);
  expect(tree.registry.detail('drover/http')!.handled).toBe(1);
  send(tree, 'drover/hosts/host:a/link', 'open');
  expect(told).toBe(1);
  send(tree, 'drover/http', 'die');
  expect(told).toBeGreaterThan(1);
  off();
  told = 0;
  send(tree, 'drover/http', 'die');
  expect(told).toBe(0);
});

test('monitors see the ends of dynamic children and of whole host trees', async () => {
  const { tree, clock } = await grow(fleet);
  await host(tree, 'a');
  const seen: string[] = [];
  tree.registry.monitor(({ type, path, incarnation, reason, at }) => seen.push(`${type} ${path.slice('drover/hosts/'.length)}#${incarnation} ${JSON.stringify(reason)} ${at - clock.now()}`));
  tree.kill('drover/hosts/host:a/link');
  tree.kill('drover/hosts/host:a/link');
  expect(seen).toEqual([
    'exited host:a/link#1 "killed" 0', 'started host:a/link#2 null 0', 'exited host:a/link#2 "killed" 0', 'exited host:a#1 "shutdown" 0',
  ]);
  expect(tree.registry.lastExit('drover/hosts/host:a')).toEqual({ reason: 'shutdown', at: '2026-01-01T00:00:00.000000Z', stack: null });
  expect(tree.registry.lastExit('drover/hosts/host:b')).toBeNull();
  await host(tree, 'a');
  expect(tree.registry.detail('drover/hosts/host:a')).toMatchObject({ incarnation: 2, restarts: { total: 1 }, lastExit: { reason: 'shutdown' } });
  expect(await host(tree, 'a')).toEqual(['error', ['already_started', { child: 'drover/hosts/host:a', n: 2 }]]);
});

test('a restart by hand takes along what the strategy ties to it, in order, and is not counted', async () => {
  const { tree } = await grow(fleet);
  const order: string[] = [];
  tree.registry.monitor(({ type, path }) => order.push(`${type} ${path.slice('drover/'.length)}`));
  const started = (): string[] => order.filter((line) => line.startsWith('started ')).map((line) => line.replace('started ', 'drover/'));
  const plan = (path: string): string[] => {
    const planned = tree.registry.plan(path);
    return planned.kind === 'planned' ? planned.paths : [];
  };
  const planned = plan('drover/database/postgres');
  expect(order).toEqual([]);
  expect(await tree.registry.restart('drover/database/postgres')).toEqual({ kind: 'restarted', incarnation: 2 });
  expect(started()).toEqual(planned);
  expect(order).toEqual(['exited database/once', 'exited database/writer', 'exited database/postgres', 'started database/postgres', 'started database/writer']);
  expect(tree.registry.detail('drover/database')!.restarts.count).toBe(0);
  for (const name of ['postgres', 'writer']) expect(tree.registry.lastExit(`drover/database/${name}`), name).toMatchObject({ reason: 'shutdown', byHand: true });
  tree.kill('drover/database/writer');
  expect(tree.registry.lastExit('drover/database/writer')).toEqual({ reason: 'killed', at: '2026-01-01T00:00:00.000000Z', stack: null });
  expect(await tree.registry.restart('drover/database/writer')).toEqual({ kind: 'restarted', incarnation: 4 });
  order.length = 0;
  expect(await tree.registry.restart('drover/database/writer')).toEqual({ kind: 'restarted', incarnation: 5 });
  expect(order).toEqual(['exited database/writer', 'started database/writer']);
  expect(plan('drover/database')).toEqual(['drover/database', 'drover/database/postgres', 'drover/database/writer']);
  order.length = 0;
  expect(await tree.registry.restart('drover/database')).toEqual({ kind: 'restarted', incarnation: 2 });
  expect(tree.registry.detail('drover')!.restarts.count).toBe(0);
  expect(tree.registry.list().filter(({ path }) => path.startsWith('drover/database')).map(({ name }) => name)).toEqual(['database', 'postgres', 'writer', 'once']);
});

test('what cannot be restarted by hand says so; hosts are the keeper\'s', async () => {
  const asked: string[] = [];
  const { tree } = await grow(fleet, (path) => {
    if (!/\/host:[^/]+$/.test(path)) return null;
    asked.push(path);
    return Promise.resolve({ kind: 'restarted', incarnation: 7 });
  });
  await host(tree, 'a');
  expect(await tree.registry.restart('drover')).toMatchObject({ kind: 'refused' });
  expect(await tree.registry.restart('drover/http')).toMatchObject({ kind: 'refused' });
  expect(await tree.registry.restart('drover/database/once')).toMatchObject({ kind: 'refused' });
  expect(await tree.registry.restart('drover/nobody')).toEqual({ kind: 'unknown' });
  expect(await tree.registry.restart('nobody')).toEqual({ kind: 'unknown' });
  for (const path of ['drover', 'drover/http', 'drover/database/once']) expect(tree.registry.plan(path)).toEqual(await tree.registry.restart(path));
  expect(tree.registry.plan('drover/nobody')).toEqual({ kind: 'unknown' });
  expect(tree.registry.plan('drover/hosts/host:a')).toEqual({ kind: 'planned', paths: ['drover/hosts/host:a', 'drover/hosts/host:a/link'] });
  expect(asked).toEqual([]);
  expect(await tree.registry.restart('drover/hosts/host:a')).toEqual({ kind: 'restarted', incarnation: 7 });
  expect(asked).toEqual(['drover/hosts/host:a']);
  expect(await tree.registry.restart('drover/hosts/host:a/link')).toEqual({ kind: 'restarted', incarnation: 2 });
});

test('a restart by hand whose start fails is refused with the reason, and retried by the supervisor as any failed restart', async () => {
  let attempts = 0;
  const flaky: Start = (context) => {
    attempts += 1;
    if (attempts === 2) throw new Error('port busy');
    return worker(context);
  };
  const { tree } = await grow({ intensity: 3, children: [{ id: 'a', start: flaky }] });
  expect(await tree.registry.restart('drover/a')).toEqual({ kind: 'refused', reason: 'a was stopped and did not start: failed to start a: Error: port busy' });
  expect(tree.registry.detail('drover/a')).toMatchObject({ incarnation: 3, lastExit: { reason: 'Error: port busy' } });
  expect(tree.registry.detail('drover')!.restarts.count).toBe(1);
});

test('an actor whose queue cannot be read does not fail the reader', async () => {
  const { tree } = await grow({ children: [{ id: 'a', start: (context) => (context.probe.queued(() => 3), worker(context)) }, { id: 'b', start: (context) => (context.probe.queued(() => { throw new Error('no'); }), worker(context)) }] });
  expect(tree.registry.list().map(({ queued }) => queued)).toEqual([0, 3, null]);
});

test('the last exits of 10,000 paths are remembered, and not for ever', async () => {
  const { tree, clock } = await grow(fleet);
  await tree.call('drover', { fn: 'start_child', child: { id: 'runs', supervisor: { strategy: 'simple_one_for_one', template: { id: 'run', type: 'worker', restart: 'temporary' } } } });
  const runs = 11_001;
  for (let i = 0; i < runs; i += 1) {
    await tree.call('drover/runs', { fn: 'start_child', child: { id: `run${i}`, start: worker } });
    send(tree, `drover/runs/run${i}`, 'die');
    clock.advance(1);
  }
  expect(tree.registry.lastExit(`drover/runs/run${runs - 10_000}`)).toMatchObject({ reason: 'boom' });
  expect(tree.registry.lastExit('drover/runs/run0')).toBeNull();
  expect(tree.registry.list().length).toBe(8);
});

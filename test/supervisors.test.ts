/** What the actors of the supervisors owe beyond the decisions: time, cutting off, late and hostile children, the registry. */
import { expect, test } from 'vitest';
import { createActor, createMachine, fromCallback } from 'xstate';
import type { ChildContext, Start } from '../src/actors/child.ts';
import { exitWith } from '../src/actors/exit.ts';
import { startMachine } from '../src/actors/observed.ts';
import { startWorker } from '../src/actors/worker.ts';
import type { LifecycleEvent } from '../src/supervisors/lifecycle.ts';
import type { SupervisorSpec } from '../src/supervisors/spec.ts';
import { createTree } from '../src/supervisors/supervision-tree.ts';
import type { Tree } from '../src/supervisors/supervision-tree.ts';
import { virtualClock } from './support/virtual-clock.ts';
import type { VirtualClock } from './support/virtual-clock.ts';

interface Bench {
  tree: Tree;
  clock: VirtualClock;
  /** `started root/a#1`, in order. */
  log: string[];
  events: LifecycleEvent[];
}

async function grow(spec: SupervisorSpec, options: Partial<Parameters<typeof createTree>[0]> = {}): Promise<Bench> {
  const clock = virtualClock();
  const tree = createTree({ name: 'root', spec, clock, ...options });
  const log: string[] = [];
  const events: LifecycleEvent[] = [];
  tree.registry.monitor((event) => {
    events.push(event);
    const reason = event.reason === null ? '' : ` ${JSON.stringify(event.reason)}`;
    log.push(`${event.type} ${event.path}#${event.incarnation}${reason}`);
  });
  await tree.start();
  log.length = 0;
  return { tree, clock, log, events };
}

/** Ends by `die` (with an error or a reason) and, when it hears it, by `shutdown`. */
const worker = (options: { drains?: boolean; deaf?: boolean; seen?: (context: ChildContext) => void } = {}): Start => (context) => {
  options.seen?.(context);
  return startWorker<{ type: 'die'; error: unknown }>(
    context,
    (self) => ({
      receive(event) {
        if (event.type === 'die') self.crash(event.error);
        else if (!options.deaf) self.done();
      },
    }),
    options.drains || options.deaf ? { drains: true } : {},
  );
};
const die = (tree: Tree, path: string, error: unknown): boolean => tree.send(path, { type: 'die', error } as { type: string });

test('a child whose drain never ends is killed on time, and its signal fires then', async () => {
  let signal: AbortSignal | undefined;
  const { tree, clock, log } = await grow({
    children: [{ id: 'deaf', shutdown: 3_000, start: worker({ deaf: true, seen: (context) => (signal = context.signal) }) }],
  });
  const stopped = tree.stop();
  await clock.run(2_999);
  expect(log).toEqual([]);
  expect(signal?.aborted).toBe(false);
  expect(tree.registry.list().map(({ path, state }) => [path, state])).toEqual([['root', 'stopping'], ['root/deaf', 'stopping']]);
  await clock.run(1);
  expect(await stopped).toBe('shutdown');
  expect(log).toEqual(['exited root/deaf#1 "killed"', 'exited root#1 "shutdown"']);
  expect(signal?.aborted).toBe(true);
  expect(clock.pending()).toBe(0);
});

test('a drain that ends in time is not killed, and leaves no timer', async () => {
  const { tree, clock, log } = await grow({ children: [{ id: 'a', shutdown: 3_000, start: worker({ drains: true }) }] });
  expect(await tree.stop()).toBe('shutdown');
  expect(log).toEqual(['exited root/a#1 "shutdown"', 'exited root#1 "shutdown"']);
  expect(clock.pending()).toBe(0);
});

test('what a killed child still does is dropped', async () => {
  const contexts: ChildContext[] = [];
  const actors: ReturnType<typeof createActor>[] = [];
  const stubborn: Start = (context) => {
    contexts.push(context);
    const started = worker({ deaf: true })(context);
    if ('actor' in started) actors.push(started.actor);
    return started;
  };
  const { tree, clock, log } = await grow({ children: [{ id: 'a', shutdown: 'brutal_kill', start: stubborn }] });
  await tree.call('root', { fn: 'terminate_child', id: 'a' });
  await tree.call('root', { fn: 'restart_child', id: 'a' });
  log.length = 0;
  let told = 0;
  tree.registry.onChange(() => (told += 1));
  contexts[0]!.probe.state('a ghost', 'boo');
  contexts[0]!.probe.handled(1_000);
  actors[0]!.send({ type: 'die', error: new Error('late') } as never);
  await clock.settle();
  expect([log, told]).toEqual([[], 0]);
  expect(contexts.map(({ incarnation, signal }) => [incarnation, signal.aborted])).toEqual([[1, true], [2, false]]);
  const detail = tree.registry.detail('root/a')!;
  expect([detail.state, detail.handled, detail.incarnation]).toEqual(['running', 0, 2]);
});

test('a start that throws, or whose promise rejects, is a start error with its reason and stack', async () => {
  const { tree } = await grow({ children: [] });
  const throws: Start = () => {
    throw new TypeError('no such port');
  };
  expect(await tree.call('root', { fn: 'start_child', child: { id: 'a', start: throws } })).toEqual(['error', [['error', 'TypeError: no such port'], { spec: 'a' }]]);
  const rejects: Start = () => Promise.reject(new Error('busy'));
  expect(await tree.call('root', { fn: 'start_child', child: { id: 'b', start: rejects } })).toEqual(['error', [['error', 'Error: busy'], { spec: 'b' }]]);
  const inside: Start = (context) => startWorker(context, () => { throw new RangeError('in run'); });
  expect(await tree.call('root', { fn: 'start_child', child: { id: 'c', start: inside } })).toEqual(['error', [['error', 'RangeError: in run'], { spec: 'c' }]]);
  const last = tree.registry.lastExit('root/a')!;
  expect(last.reason).toBe('TypeError: no such port');
  expect(last.stack).toContain('supervisors.test');
  expect(tree.registry.detail('root/a')).toBeNull();
});

test('an exit and a call during a pending start wait for it', async () => {
  const slow: Start = (context) => new Promise((resolve) => void context.clock.setTimeout(() => resolve(worker()(context) as never), 500));
  const { tree, clock, log } = await grow({ children: [{ id: 'a', start: worker() }] });
  const begun = tree.call('root', { fn: 'start_child', child: { id: 'slow', start: slow } });
  die(tree, 'root/a', exitWith('boom'));
  const counted = tree.call('root', { fn: 'count_children' });
  await clock.run(499);
  expect(log).toEqual(['exited root/a#1 "boom"']);
  expect(tree.registry.list().map(({ path, state, queued }) => [path, state, queued])).toEqual([['root', 'running', 2], ['root/slow', 'starting', null]]);
  await clock.run(1);
  expect(log.slice(1)).toEqual(['started root/slow#1', 'started root/a#2']);
  expect(await begun).toEqual(['ok', { child: 'root/slow', n: 1 }]);
  expect(await counted).toMatchObject({ specs: 2, active: 2 });
});

test('a start that is cut off while pending never runs', async () => {
  let ran = false;
  const machine = createMachine({ entry: () => void (ran = true) });
  const slow: Start = (context) => new Promise((resolve) => void context.clock.setTimeout(() => resolve(startMachine(context, machine)), 500));
  const { tree, clock, log } = await grow({ children: [{ id: 'in', supervisor: {} }] });
  const answer = tree.call('root/in', { fn: 'start_child', child: { id: 'slow', start: slow } });
  await clock.run(100);
  tree.kill('root/in');
  expect(await answer).toEqual(['exit', 'killed']);
  await clock.run(1_000);
  expect(ran).toBe(false);
  expect(log.filter((line) => line.includes('slow'))).toEqual(['start_error root/in/slow#1 "killed"']);
  expect(tree.whereis('root/in')).toEqual({ child: 'root/in', n: 2 });
  expect(tree.whereis('root/in/slow')).toBeNull();
});

test('a child that dies in the middle of its own start is a start error; one that is done at once has started and ended', async () => {
  const { tree, log } = await grow({ children: [] });
  const crash: Start = (context) => startMachine(context, createMachine({ entry: () => { throw new Error('at entry'); } }));
  expect(await tree.call('root', { fn: 'start_child', child: { id: 'a', start: crash } })).toEqual(['error', [['error', 'Error: at entry'], { spec: 'a' }]]);
  const done: Start = (context) => startMachine(context, createMachine({ initial: 'end', states: { end: { type: 'final' } } }));
  expect(await tree.call('root', { fn: 'start_child', child: { id: 'b', restart: 'transient', start: done } })).toEqual(['ok', { child: 'root/b', n: 1 }]);
  expect(log).toEqual(['start_error root/a#1 ["error","Error: at entry"]', 'started root/b#1', 'exited root/b#1 "normal"']);
});

test('an actor that initialises has started when it says so; before that its error is a start error and its end is ignore', async () => {
  const http: Start = (context) => ({
    kind: 'ok',
    initialises: true,
    actor: createActor(fromCallback<{ type: 'listens' }>(({ emit, receive }) => receive(() => emit({ type: 'started' }))), { clock: context.clock }),
  });
  const { tree, clock, log } = await grow({ children: [] });
  const begun = tree.call('root', { fn: 'start_child', child: { id: 'http', start: http } });
  await clock.settle();
  expect(tree.registry.detail('root/http')?.state).toBe('starting');
  expect(log).toEqual([]);
  tree.send('root/http', { type: 'listens' });
  expect(await begun).toEqual(['ok', { child: 'root/http', n: 1 }]);
  const ends: Start = (context) => startMachine(context, createMachine({ on: { go: '.end', fail: { actions: () => { throw new Error('busy'); } } }, initial: 'w', states: { w: {}, end: { type: 'final' } } }), { initialises: true });
  const ignored = tree.call('root', { fn: 'start_child', child: { id: 'x', start: ends } });
  tree.send('root/x', { type: 'go' });
  expect(await ignored).toEqual(['ok', 'undefined']);
  const failed = tree.call('root', { fn: 'restart_child', id: 'x' });
  tree.send('root/x', { type: 'fail' });
  expect(await failed).toEqual(['error', ['error', 'Error: busy']]);
});

test('no crash of a child reaches the process', async () => {
  const loud: unknown[] = [];
  const hear = (error: unknown): void => void loud.push(error);
  process.on('uncaughtException', hear);
  try {
    const { tree, clock, log } = await grow({ intensity: 100, children: [
      { id: 'machine', start: (context) => startMachine(context, createMachine({ on: { die: { actions: () => { throw new Error('action'); } } } })) },
      { id: 'callback', start: (context) => startMachine(context, fromCallback(({ receive }) => receive(() => { throw new Error('callback'); }))) },
      { id: 'worker', start: worker() },
      { id: 'exits', start: (context) => startMachine(context, createMachine({ exit: () => { throw new Error('exit action'); } })) },
    ] });
    for (const id of ['machine', 'callback', 'worker']) die(tree, `root/${id}`, new Error('worker'));
    await clock.settle();
    await tree.stop();
    // XState reports what nobody observes in a timer of its own.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.filter((line) => line.startsWith('exited')).slice(0, 3)).toEqual([
      'exited root/machine#1 ["error","Error: action"]',
      'exited root/callback#1 ["error","Error: callback"]',
      'exited root/worker#1 ["error","Error: worker"]',
    ]);
    expect(loud).toEqual([]);
  } finally {
    process.off('uncaughtException', hear);
  }
});

test('a listener that throws is told to the process, and harms no supervisor', async () => {
  const loud: unknown[] = [];
  const theirs = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => loud.push(error));
  try {
    const { tree, clock } = await grow({ children: [{ id: 'a', start: worker() }] });
    const fault = new Error('a listener of ours');
    const off = tree.registry.monitor(() => { throw fault; });
    die(tree, 'root/a', exitWith('boom'));
    await clock.settle();
    expect(loud).toEqual([fault, fault]);
    expect(tree.whereis('root/a')?.n).toBe(2);
    off();
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const one of theirs) process.on('uncaughtException', one);
  }
});

test('actors that a machine has spawned do not outlive its crash', async () => {
  let alive = 0;
  const child = fromCallback(() => {
    alive += 1;
    return () => void (alive -= 1);
  });
  const machine = createMachine({ invoke: { src: child }, on: { die: { actions: () => { throw new Error('boom'); } } } });
  const { tree } = await grow({ children: [{ id: 'a', start: (context) => startMachine(context, machine) }] });
  expect(alive).toBe(1);
  die(tree, 'root/a', null);
  expect(tree.whereis('root/a')?.n).toBe(2);
  expect(alive).toBe(1);
});

test('a crash keeps its stack, and a supervisor that gives up tells its own', async () => {
  const { tree, log } = await grow({ children: [{ id: 'in', restart: 'temporary', supervisor: { intensity: 0, children: [{ id: 'x', start: worker() }] } }] });
  const error = new Error('boom');
  die(tree, 'root/in/x', error);
  expect(log).toEqual(['exited root/in/x#1 ["error","Error: boom"]', 'exited root/in#1 "shutdown"']);
  expect(tree.registry.lastExit('root/in/x')).toMatchObject({ reason: 'Error: boom', stack: error.stack });
  expect(tree.registry.lastExit('root/in')).toMatchObject({ reason: 'shutdown', stack: null });
  expect(tree.registry.list().map(({ path }) => path)).toEqual(['root']);
});

test('an escalation through many supervisors, and 10,000 exits at once, need no deep stack', async () => {
  let spec: SupervisorSpec = { intensity: 0, children: [{ id: 'x', start: worker() }] };
  for (let depth = 0; depth < 50; depth += 1) spec = { intensity: 0, children: [{ id: 's', supervisor: spec }] };
  const deep = await grow(spec);
  die(deep.tree, `root${'/s'.repeat(50)}/x`, exitWith('boom'));
  expect(await deep.tree.ended).toBe('shutdown');

  const { tree } = await grow({ strategy: 'simple_one_for_one', intensity: 10_000, template: { id: 'w', type: 'worker' } });
  const ids = Array.from({ length: 10_000 }, (_, i) => `w${i}`);
  await Promise.all(ids.map((id) => tree.call('root', { fn: 'start_child', child: { id, start: worker() } })));
  tree.suspend('root');
  for (const id of ids) die(tree, `root/${id}`, exitWith('boom'));
  tree.resume('root');
  expect(await tree.call('root', { fn: 'count_children' })).toMatchObject({ active: 10_000 });
  expect(await tree.stop()).toBe('shutdown');
});

test('a stop that comes while the root is starting waits for it, and a kill does not', async () => {
  const clock = virtualClock();
  const slow: Start = (context) => new Promise((resolve) => void context.clock.setTimeout(() => resolve(worker()(context) as never), 500));
  const polite = createTree({ name: 'root', spec: { children: [{ id: 'a', start: slow }] }, clock });
  const begun = polite.start();
  const stopped = polite.stop();
  await clock.run(500);
  expect([await begun, await stopped]).toEqual([['ok', { child: 'root', n: 1 }], 'shutdown']);
  const rude = createTree({ name: 'root', spec: { children: [{ id: 'a', start: slow }] }, clock });
  const failing = rude.start();
  rude.kill();
  expect([await failing, await rude.ended]).toEqual([['error', 'killed'], 'killed']);
  expect(await rude.call('root', { fn: 'count_children' })).toEqual(['exit', 'noproc']);
});

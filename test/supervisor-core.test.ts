/** Laws of the supervisor's decisions, on histories drawn at random: a world of children that start, fail, crash and dawdle. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pid, Term } from '../src/actors/term.ts';
import { createState, decide } from '../src/supervisors/core.ts';
import type { ChildSpec, Shutdown, SupervisorSpec } from '../src/supervisors/spec.ts';
import type { Command, Event, Request, State } from '../src/supervisors/state.ts';

const never = (): never => {
  throw new Error('the core starts nothing itself');
};

const spec = fc.record({
  strategy: fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one' as const),
  intensity: fc.integer({ min: 0, max: 4 }),
  periodS: fc.integer({ min: 1, max: 3 }),
  children: fc.array(
    fc.record({ restart: fc.constantFrom('permanent', 'transient', 'temporary' as const), shutdown: fc.constantFrom<Shutdown>('brutal_kill', 'infinity', 100) }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** What happens next; `pick` chooses among whatever can happen then. */
const step = fc.record({
  kind: fc.constantFrom('answer', 'answer', 'answer', 'exit', 'exit', 'call', 'time', 'stop' as const),
  pick: fc.nat(),
  outcome: fc.constantFrom('started', 'started', 'started', 'start_error', 'ignored' as const),
  reason: fc.constantFrom<Term>('boom', 'normal', 'shutdown', ['shutdown', 'done']),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface World {
  state: State;
  now: number;
  starting: string | null;
  alive: Map<Pid, string>;
  /** Told to stop, not yet gone. */
  stopping: Set<Pid>;
  history: { what: 'start' | 'started' | 'stop' | 'kill' | 'exit'; id: string; now: number }[];
  armed: boolean;
  replies: Map<number, number>;
  calls: number;
  up: boolean;
  exit: Term | null;
}

function apply(world: World, event: Event): void {
  for (const command of decide(world.state, event, world.now)) perform(world, command);
}

function perform(world: World, command: Command): void {
  expect(world.exit, 'nothing comes after the end').toBeNull();
  switch (command.type) {
    case 'start':
      expect(world.starting, 'one start at a time').toBeNull();
      expect(world.stopping.size, 'nothing starts while something is stopping').toBe(0);
      expect([...world.alive.values()], 'nothing is started twice').not.toContain(command.child.id);
      world.starting = command.child.id;
      world.history.push({ what: 'start', id: command.child.id, now: world.now });
      return;
    case 'stop': {
      const id = world.alive.get(command.pid);
      expect(id, 'only what lives is told to stop').toBeDefined();
      expect(world.starting).toBeNull();
      if (!world.stopping.has(command.pid)) expect(world.stopping.size, 'one after another').toBe(0);
      world.stopping.add(command.pid);
      world.history.push({ what: command.kill ? 'kill' : 'stop', id: id!, now: world.now });
      if (command.kill) leave(world, command.pid, 'killed');
      return;
    }
    case 'arm':
      world.armed = true;
      return;
    case 'disarm':
      world.armed = false;
      return;
    case 'reply':
      expect(world.replies.get(command.to), 'each call is answered at most once').toBe(0);
      world.replies.set(command.to, 1);
      return;
    case 'up':
      world.up = true;
      return;
    case 'exit':
      expect([...world.alive.values()], 'no child outlives its supervisor').toEqual([]);
      world.exit = command.reason;
      return;
    default:
      command satisfies never;
  }
}

/** Exits are told after the commands at hand, as the shell does. */
const later: (() => void)[] = [];
function leave(world: World, pid: Pid, reason: Term): void {
  const id = world.alive.get(pid)!;
  world.alive.delete(pid);
  world.stopping.delete(pid);
  world.history.push({ what: 'exit', id, now: world.now });
  later.push(() => apply(world, { type: 'exit', id, pid, reason }));
}

function act(world: World, { kind, pick, outcome, reason }: Step, ids: readonly string[]): void {
  if (kind === 'answer') {
    if (world.starting !== null) {
      const id = world.starting;
      world.starting = null;
      if (outcome === 'started') {
        const pid: Pid = { child: id, n: world.history.length };
        world.alive.set(pid, id);
        world.history.push({ what: 'started', id, now: world.now });
        apply(world, { type: 'started', pid });
      } else apply(world, outcome === 'ignored' ? { type: 'ignored' } : { type: 'start_error', reason: 'no' });
    } else {
      const [pid] = world.stopping;
      if (pid) leave(world, pid, 'shutdown');
    }
  } else if (kind === 'exit') {
    const pids = [...world.alive.keys()];
    if (pids.length > 0) leave(world, pids[pick % pids.length]!, reason);
  } else if (kind === 'call') {
    const id = ids[pick % ids.length]!;
    const fns = ['terminate_child', 'restart_child', 'delete_child', 'cycle_child', 'count_children', 'start_child'] as const;
    const fn = fns[pick % fns.length]!;
    const from = (world.calls += 1);
    world.replies.set(from, 0);
    const child: ChildSpec = { id, start: never };
    const request = { fn, id, child } as Request;
    apply(world, { type: 'call', from, request });
  } else if (kind === 'time') {
    world.now += 700;
    if (world.armed) {
      world.armed = false;
      apply(world, { type: 'timeout' });
    }
  } else apply(world, { type: 'stop', reason: 'shutdown' });
  while (later.length > 0) later.shift()!();
}

function live(drawn: { strategy: string; intensity: number; periodS: number; children: Pick<ChildSpec, 'restart' | 'shutdown'>[] }, steps: readonly Step[]): { world: World; ids: string[]; spec: SupervisorSpec } {
  const ids = drawn.children.map((_, i) => `c${i}`);
  const whole = { ...drawn, children: drawn.children.map((child, i) => ({ ...child, id: ids[i]!, start: never })) } as SupervisorSpec;
  const created = createState(whole);
  if (!created.ok) throw new Error(JSON.stringify(created.reason));
  const world: World = { state: created.state, now: 0, starting: null, alive: new Map(), stopping: new Set(), history: [], armed: false, replies: new Map(), calls: 0, up: false, exit: null };
  apply(world, { type: 'init' });
  for (const one of steps) if (world.exit === null) act(world, one, ids);
  // Whatever the history was, a stop and patience end it.
  if (world.exit === null) act(world, { kind: 'stop', pick: 0, outcome: 'started', reason: 'boom' }, ids);
  for (let i = 0; i < 200 && world.exit === null; i += 1) act(world, { kind: 'answer', pick: 0, outcome: 'started', reason: 'boom' }, ids);
  return { world, ids, spec: whole };
}

test('whatever happens: one thing at a time, each call answered at most once, and the end comes with no child left', () => {
  fc.assert(
    fc.property(spec, fc.array(step, { maxLength: 60 }), (drawn, steps) => {
      const { world } = live(drawn, steps);
      expect(world.exit).not.toBeNull();
    }),
    { numRuns: 2_000 },
  );
});

test('the last stop goes in reverse order of the first start, when nothing else has happened', () => {
  fc.assert(
    fc.property(spec, (drawn) => {
      const ids = drawn.children.map((_, i) => `c${i}`);
      const { world } = live(drawn, ids.map(() => ({ kind: 'answer', pick: 0, outcome: 'started', reason: 'boom' })));
      expect(world.up).toBe(true);
      expect(world.history.filter(({ what }) => what === 'started').map(({ id }) => id)).toEqual(ids);
      expect(world.history.filter(({ what }) => what === 'exit').map(({ id }) => id)).toEqual(ids.toReversed());
    }),
  );
});

test('within any window there are no more restarts than the intensity allows', () => {
  fc.assert(
    fc.property(spec, fc.array(step, { maxLength: 80 }), (drawn, steps) => {
      const quiet = steps.filter(({ kind }) => kind !== 'call');
      const { world } = live({ ...drawn, strategy: 'one_for_one' }, quiet);
      // Under one_for_one, and without calls, every start after the first of each child is a restart.
      const seen = new Set<string>();
      const restarts = world.history.filter(({ what, id }) => what === 'start' && (seen.has(id) || !seen.add(id))).map(({ now }) => Math.floor(now / 1000));
      for (const second of restarts) {
        expect(restarts.filter((other) => other >= second - drawn.periodS && other <= second).length).toBeLessThanOrEqual(drawn.intensity);
      }
    }),
    { numRuns: 1_000 },
  );
});

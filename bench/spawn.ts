/**
 * What supervision costs: 10,000 machines started and stopped as children of one supervisor, beside the same machines made by a
 * bare `createActor` and kept in a Map. Rounds alternate, the median counts.
 */
import { createActor, createMachine } from 'xstate';
import type { AnyActor } from 'xstate';
import { startMachine } from '../src/actors/observed.ts';
import type { Clock } from '../src/model/seams.ts';
import { createTree } from '../src/supervisors/supervision-tree.ts';
import { report } from './report.ts';

const CHILDREN = 10_000;
const ROUNDS = 7;

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
};

const machine = createMachine({ initial: 'idle', states: { idle: { on: { go: 'busy' } }, busy: { on: { rest: 'idle' } } } });

interface Round {
  start: number;
  stop: number;
  bytes: number;
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function bare(): Round {
  const before = heap();
  const from = performance.now();
  const actors = new Map<string, AnyActor>();
  for (let i = 0; i < CHILDREN; i += 1) {
    const actor = createActor(machine, { clock });
    actors.set(`child${i}`, actor);
    actor.start();
  }
  const start = performance.now() - from;
  const bytes = heap() - before;
  const again = performance.now();
  for (const actor of actors.values()) actor.stop();
  return { start, stop: performance.now() - again, bytes: bytes / actors.size };
}

async function supervised(strategy: 'one_for_one' | 'simple_one_for_one'): Promise<Round> {
  const before = heap();
  const from = performance.now();
  const start = (context: Parameters<typeof startMachine>[0]) => startMachine(context, machine);
  const ids = Array.from({ length: CHILDREN }, (_, i) => `child${i}`);
  const simple = strategy === 'simple_one_for_one';
  const tree = createTree({
    name: 'bench',
    clock,
    spec: simple ? { strategy, template: { id: 'child', type: 'worker' } } : { strategy, children: ids.map((id) => ({ id, start })) },
  });
  await tree.start();
  if (simple) await Promise.all(ids.map((id) => tree.call('bench', { fn: 'start_child', child: { id, start } })));
  const took = performance.now() - from;
  if (tree.registry.list().length !== CHILDREN + 1) throw new Error('not all children run');
  const bytes = heap() - before;
  const again = performance.now();
  await tree.stop();
  return { start: took, stop: performance.now() - again, bytes: bytes / CHILDREN };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const rounds: { bare: Round; fixed: Round; dynamic: Round }[] = [];
for (let i = 0; i < ROUNDS; i += 1) rounds.push({ bare: bare(), fixed: await supervised('one_for_one'), dynamic: await supervised('simple_one_for_one') });
const of = (kind: 'bare' | 'fixed' | 'dynamic', what: keyof Round): number => median(rounds.map((round) => round[kind][what]));

report('spawn', [
  { name: `start ${CHILDREN} children of one_for_one`, value: of('fixed', 'start'), unit: 'ms', ceiling: of('bare', 'start'), atMost: 2 },
  { name: `stop them, one after another`, value: of('fixed', 'stop'), unit: 'ms', ceiling: of('bare', 'stop'), atMost: 2 },
  { name: `start ${CHILDREN} children of simple_one_for_one`, value: of('dynamic', 'start'), unit: 'ms', ceiling: of('bare', 'start'), atMost: 2 },
  { name: `stop them, all at once`, value: of('dynamic', 'stop'), unit: 'ms', ceiling: of('bare', 'stop'), atMost: 2 },
  { name: 'heap a child', value: of('fixed', 'bytes'), unit: 'B', ceiling: of('bare', 'bytes') },
], ['the ceiling: the same machines, bare createActor(machine).start() and stop() over a Map']);

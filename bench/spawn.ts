/**
 * What supervision costs: 10,000 machines started and stopped as children of one supervisor, beside the same machines made by a
 * bare `createActor` and kept in a Map. Rounds alternate; CPU time of the process (collecting garbage included), and the best round
 * counts: what else the machine does then hardly shows.
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

/** With one timer, as nearly every actor of Drover holds one. */
const machine = createMachine({
  initial: 'idle',
  states: { idle: { on: { go: 'busy' }, after: { 60_000: 'busy' } }, busy: { on: { rest: 'idle' } } },
});

interface Round {
  start: number;
  stop: number;
  bytes: number;
}

/** ms of CPU since the process began. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function bare(): Round {
  const before = heap();
  const from = cpu();
  const actors = new Map<string, AnyActor>();
  for (let i = 0; i < CHILDREN; i += 1) {
    const actor = createActor(machine, { clock });
    actors.set(`child${i}`, actor);
    actor.start();
  }
  const start = cpu() - from;
  const bytes = heap() - before;
  const again = cpu();
  for (const actor of actors.values()) actor.stop();
  return { start, stop: cpu() - again, bytes: bytes / actors.size };
}

async function supervised(strategy: 'one_for_one' | 'simple_one_for_one'): Promise<Round> {
  const before = heap();
  const from = cpu();
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
  const took = cpu() - from;
  if (tree.registry.list().length !== CHILDREN + 1) throw new Error('not all children run');
  const bytes = heap() - before;
  const again = cpu();
  await tree.stop();
  return { start: took, stop: cpu() - again, bytes: bytes / CHILDREN };
}

const rounds: { bare: Round; fixed: Round; dynamic: Round }[] = [];
for (let i = 0; i < ROUNDS; i += 1) rounds.push({ bare: bare(), fixed: await supervised('one_for_one'), dynamic: await supervised('simple_one_for_one') });
const of = (kind: 'bare' | 'fixed' | 'dynamic', what: keyof Round): number => Math.min(...rounds.map((round) => round[kind][what]));

report('spawn', [
  { name: `start ${CHILDREN} children of one_for_one`, value: of('fixed', 'start'), unit: 'ms CPU', ceiling: of('bare', 'start'), atMost: 2 },
  { name: `stop them, one after another`, value: of('fixed', 'stop'), unit: 'ms CPU', ceiling: of('bare', 'stop'), atMost: 2 },
  { name: `start ${CHILDREN} children of simple_one_for_one`, value: of('dynamic', 'start'), unit: 'ms CPU', ceiling: of('bare', 'start'), atMost: 2 },
  { name: `stop them, all at once`, value: of('dynamic', 'stop'), unit: 'ms CPU', ceiling: of('bare', 'stop'), atMost: 2 },
  { name: 'heap a child', value: of('fixed', 'bytes'), unit: 'B', ceiling: of('bare', 'bytes') },
], ['the ceiling: the same machines, bare createActor(machine).start() and stop() over a Map']);

/** Replays one recorded scenario of Erlang's supervisors (test/fixtures/otp-vectors/README.md) through the real ones. */
import type { Start } from '../../src/actors/child.ts';
import { exitWith } from '../../src/actors/exit.ts';
import type { Term } from '../../src/actors/term.ts';
import { startWorker } from '../../src/actors/worker.ts';
import type { Body, ChildFields, ChildSpec, SupervisorSpec } from '../../src/supervisors/spec.ts';
import { createTree } from '../../src/supervisors/supervision-tree.ts';
import type { Tree, TreeCall } from '../../src/supervisors/supervision-tree.ts';
import { virtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

type Init = 'ok' | 'ignore' | { delayMs: number } | { error: Term; afterMs?: number };
type OnShutdown = 'exit' | 'ignore' | { delayMs?: number; exitWith?: Term };
interface VectorChild {
  id: string;
  restart?: ChildFields['restart'];
  significant?: boolean;
  shutdown?: ChildFields['shutdown'];
  supervisor?: VectorSupervisor;
  init?: Init[];
  onShutdown?: OnShutdown;
}
interface VectorSupervisor {
  strategy?: SupervisorSpec['strategy'];
  intensity?: number;
  periodMs?: number;
  autoShutdown?: SupervisorSpec['autoShutdown'];
  children?: VectorChild[];
  template?: VectorChild;
}
type Exit = { op: 'exit'; child: string; reason: Term };
type Call = { op: 'call'; sup: string; fn: string; spec?: VectorChild; args?: { key: string; init?: Init[]; onShutdown?: OnShutdown }; id?: string; child?: string };
type Step = { at?: number; settle?: false; unordered?: true } & (
  | Exit
  | Call
  | { op: 'batch'; sup: string; items: (Exit | Call)[] }
  | { op: 'stop' }
  | { op: 'wait' }
);
interface Event {
  ev: string;
  child: string;
  n: number;
  type: string;
  reason?: Term;
  t?: number;
}
export interface Outcome {
  result?: unknown;
  results?: unknown[];
  doneAt?: number;
  events?: (Event | { anyOrder: Event[] })[];
  alive?: boolean;
  state?: Record<string, { n: number; children: unknown; counts?: unknown }>;
  settled?: false;
}
export interface Vector {
  name: string;
  about: string;
  timing: boolean;
  tree: VectorSupervisor & { id: 'root' };
  steps: Step[];
  expected: { start: Outcome; steps: Outcome[] };
}

type Behaviour = Pick<VectorChild, 'init' | 'onShutdown'>;

function worker({ init = ['ok'], onShutdown = 'exit' }: Behaviour): Start {
  return (context) => {
    const { clock, incarnation } = context;
    const ok = () =>
      startWorker<{ type: 'die'; reason: Term }>(
        context,
        (self) => ({
          receive(event) {
            if (event.type === 'die') self.crash(exitWith(event.reason));
            else if (onShutdown === 'exit') self.crash(exitWith('shutdown'));
            else if (onShutdown !== 'ignore') {
              const { delayMs, exitWith: reason = 'shutdown' } = onShutdown;
              if (delayMs === undefined) self.crash(exitWith(reason));
              else self.later(delayMs, () => self.crash(exitWith(reason)));
            }
          },
        }),
        { drains: true },
      );
    const later = <T>(ms: number, make: () => T): Promise<T> => new Promise((resolve) => void clock.setTimeout(() => resolve(make()), ms));
    const now = init[Math.min(incarnation, init.length) - 1] ?? 'ok';
    if (now === 'ok') return ok();
    if (now === 'ignore') return { kind: 'ignore' };
    if ('delayMs' in now) return later(now.delayMs, ok);
    const failed = { kind: 'error', reason: now.error } as const;
    return now.afterMs === undefined ? failed : later(now.afterMs, () => failed);
  };
}

function bodyOf(child: VectorChild): Body {
  return child.supervisor ? { supervisor: supervisorOf(child.supervisor) } : { start: worker(child) };
}

function fieldsOf({ id, restart, significant, shutdown }: VectorChild): ChildFields {
  return { id, ...(restart && { restart }), ...(significant !== undefined && { significant }), ...(shutdown !== undefined && { shutdown }) };
}

const childOf = (child: VectorChild): ChildSpec => ({ ...fieldsOf(child), ...bodyOf(child) });

function supervisorOf({ strategy, intensity, periodMs, autoShutdown, children, template }: VectorSupervisor): SupervisorSpec {
  return {
    ...(strategy && { strategy }),
    ...(intensity !== undefined && { intensity }),
    ...(periodMs !== undefined && { periodS: periodMs / 1000 }),
    ...(autoShutdown && { autoShutdown }),
    ...(children && { children: children.map(childOf) }),
    ...(template && { template: { ...fieldsOf(template), type: template.supervisor ? 'supervisor' : 'worker' } }),
  };
}

/** A template's own behaviour is what each of its children does, unless its arguments say otherwise. */
function templates(tree: VectorSupervisor, path: string, into = new Map<string, VectorChild>()): Map<string, VectorChild> {
  if (tree.template) into.set(path, tree.template);
  for (const child of tree.children ?? []) if (child.supervisor) templates(child.supervisor, `${path}/${child.id}`, into);
  return into;
}

/** What `which_children` answers, as the vectors write it. */
function written(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer;
  return answer.map((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('status' in one)) return one;
    const { id, status, pid, type } = one as { id: unknown; status: unknown; pid: object | null; type: unknown };
    return { id, status, ...pid, type };
  });
}

export interface Replay {
  start: Outcome;
  steps: Outcome[];
}

export async function replay(vector: Vector): Promise<Replay> {
  const clock: VirtualClock = virtualClock();
  const tree: Tree = createTree({ name: 'root', spec: supervisorOf(vector.tree), clock });
  const dynamic = templates(vector.tree, 'root');
  let events: Event[] = [];
  const names = { started: 'start', exited: 'exit', start_error: 'start_error', ignored: 'ignore' } as const;
  tree.registry.monitor(({ type, path, kind, incarnation, reason }) => {
    events.push({
      ev: names[type],
      child: path,
      n: incarnation,
      type: kind,
      ...((type === 'exited' || type === 'start_error') && { reason }),
      ...(vector.timing && { t: clock.monotonic() }),
    });
  });

  const settle = async (): Promise<void> => {
    await clock.settle();
    for (let next = clock.next(); next !== null; next = clock.next()) await clock.run(next - clock.monotonic());
  };

  const outcome = async (): Promise<Outcome> => {
    const state: NonNullable<Outcome['state']> = {};
    const alive = tree.whereis('root') !== null;
    for (const { path, kind, incarnation } of tree.registry.list()) {
      if (kind !== 'supervisor') continue;
      const children = written(await tree.call(path, { fn: 'which_children' }));
      state[path] = { n: incarnation, children, counts: await tree.call(path, { fn: 'count_children' }) };
    }
    const seen = events;
    events = [];
    return { events: seen, alive, state };
  };

  const requestOf = ({ sup, fn, spec, args, id, child }: Call): TreeCall => {
    if (fn === 'start_child') {
      const template = dynamic.get(sup);
      if (args) return { fn, child: { id: args.key, ...bodyOf({ ...template, ...args, id: args.key }) } };
      return { fn, child: childOf(spec!) };
    }
    if (fn === 'terminate_child' && child !== undefined) return { fn, pid: lastPids.get(child) ?? { child, n: 0 } };
    return { fn, ...(id !== undefined && { id }) } as TreeCall;
  };

  /** The latest incarnation of every path, alive or not: a call may name one that is gone. */
  const lastPids = new Map<string, NonNullable<ReturnType<Tree['whereis']>>>();
  tree.registry.monitor(({ type, path }) => {
    const pid = tree.whereis(path);
    if (type === 'started' && pid) lastPids.set(path, pid);
  });

  const act = (item: Exit | Call): Promise<{ result: unknown; doneAt?: number }> => {
    if (item.op === 'call') {
      return tree.call(item.sup, requestOf(item)).then((answer) => ({ result: written(answer), ...(vector.timing && { doneAt: clock.monotonic() }) }));
    }
    const running = tree.actor(item.child) !== null;
    if (item.reason === 'kill') tree.kill(item.child);
    else if (running) tree.send(item.child, { type: 'die', reason: item.reason } as { type: string });
    return Promise.resolve({ result: running ? 'ok' : 'not_running' });
  };

  const begun = tree.start();
  await settle();
  const start = { result: await begun, ...(await outcome()) };
  const steps: Promise<Outcome>[] = [];
  for (const step of vector.steps) {
    if (step.at !== undefined) await clock.run(step.at - clock.monotonic());
    let acted: Promise<Outcome> = Promise.resolve({});
    if (step.op === 'stop') void tree.stop();
    else if (step.op === 'batch') {
      const held = tree.whereis(step.sup) !== null;
      if (held) tree.suspend(step.sup);
      const results = step.items.map((item) => (held ? act(item) : Promise.resolve({ result: 'not_running' })));
      if (held) tree.resume(step.sup);
      acted = Promise.all(results).then((all) => ({ results: all.map(({ result }) => result) }));
    } else if (step.op !== 'wait') acted = act(step);
    if (step.settle === false) {
      steps.push(acted.then((done) => ({ ...done, settled: false as const, events: [] })));
      continue;
    }
    await settle();
    const after = await outcome();
    steps.push(acted.then((done) => ({ ...done, ...after })));
  }
  return { start, steps: await Promise.all(steps) };
}

/** As the expected outcome writes it: sets are sorted, and what is not promised is taken out. */
export function normalised(actual: Outcome, expected: Outcome, step?: { unordered?: true }): { actual: Outcome; expected: Outcome } {
  const key = (one: unknown): string => JSON.stringify(one);
  const sorted = (list: readonly Event[]): Event[] => list.toSorted((a, b) => (key(sortedKeys(a)) < key(sortedKeys(b)) ? -1 : 1));
  const flat = (expected.events ?? []).flatMap((one) => ('anyOrder' in one ? sorted(one.anyOrder) : [one]));
  const got = (actual.events ?? []) as Event[];
  let at = 0;
  const gotFlat = (expected.events ?? []).flatMap((one) => {
    const size = 'anyOrder' in one ? one.anyOrder.length : 1;
    const part = got.slice(at, at + size);
    at += size;
    return 'anyOrder' in one ? sorted(part) : part;
  });
  gotFlat.push(...got.slice(at));
  const state: Outcome['state'] = {};
  for (const [path, { n, children, counts }] of Object.entries(actual.state ?? {})) {
    state[path] = { n, children, ...(expected.state?.[path]?.counts !== undefined && { counts }) };
  }
  return {
    actual: { ...actual, ...(actual.events && { events: step?.unordered ? sorted(gotFlat) : gotFlat }), ...(actual.state && { state }) },
    expected: { ...expected, ...(expected.events && { events: step?.unordered ? sorted(flat) : flat }) },
  };
}

const sortedKeys = (event: Event): unknown => [event.child, event.n, event.ev, event.reason, event.t];

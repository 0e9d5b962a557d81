/** A whole tree of supervisors: started, stopped and spoken to by path. The root's parent is the caller. */
import type { AnyActor, EventObject } from 'xstate';
import type { Pid, Reason, Term } from '../actors/term.ts';
import type { Clock } from '../model/seams.ts';
import { createBook } from './book.ts';
import type { Live } from './live.ts';
import { startProcess } from './process.ts';
import type { Process, Surroundings } from './process.ts';
import { createRegistry } from './registry.ts';
import type { Registry, RegistryOptions } from './registry.ts';
import type { SupervisorSpec } from './spec.ts';
import { checkChild } from './spec.ts';
import type { Request } from './state.ts';
import { supervisorActor } from './supervisor.ts';

export interface TreeOptions {
  /** The root's name, with which every path begins. */
  name: string;
  spec: SupervisorSpec;
  clock: Clock;
  /**
   * Asked first when somebody restarts an actor by hand: `null` leaves it to the tree, which refuses dynamic children; a promise is
   * the answer (`host:<id>`: the keeper's).
   */
  restart?: RegistryOptions['restart'];
}

/** A call by path; the pid of a dynamic child says its own path. */
export type TreeCall = Exclude<Request, { pid: Pid }> | { fn: 'terminate_child'; pid: Pid };

export interface Tree {
  /** `['ok', pid]`, or `['error', reason]` with everything stopped again. Once. */
  start(): Promise<Term>;
  /** The order to shut down, in reverse order of start; resolves with the root's reason when all is gone. */
  stop(): Promise<Reason>;
  /** Cuts off the actor at that path with all below it (default: the root); what supervises it sees it exit as `killed`. */
  kill(path?: string): void;
  /** Resolves when the root has ended or could not start. Never rejects. */
  readonly ended: Promise<Reason>;
  /** To the supervisor that runs at that path; `['exit', 'noproc']` when there is none, `['exit', reason]` when it ends before it answers. */
  call(path: string, request: TreeCall): Promise<Term>;
  /** What runs, or is being started, at that path. */
  whereis(path: string): Pid | null;
  /** The actor that runs at that path, for as long as it lives. */
  actor(path: string): AnyActor | null;
  /** To the actor that runs at that path; false: there is none, nothing is sent. */
  send(path: string, event: EventObject): boolean;
  /** The supervisor serves no message until `resume` (OTP: sys:suspend). */
  suspend(path: string): void;
  resume(path: string): void;
  readonly registry: Registry;
}

export function createTree({ name, spec, clock, restart }: TreeOptions): Tree {
  const book = createBook(clock);
  const around: Surroundings = { clock, book, supervisor: supervisorActor };
  const registry = createRegistry({ book, root: name, ...(restart ? { restart } : {}) });
  const live = (path: string): Live | null => book.entries.get(path)?.live ?? null;
  let root: Process | null = null;
  let begun = false;
  let end: (reason: Reason) => void = () => undefined;
  const ended = new Promise<Reason>((resolve) => (end = resolve));

  return {
    registry,
    ended,
    start() {
      begun = true;
      const child = checkChild({ id: name, supervisor: spec, restart: 'temporary' }, 'never');
      if (!child.ok) {
        end(child.error);
        return Promise.resolve(['error', child.error]);
      }
      return new Promise((resolve) => {
        startProcess(around, '', child.value, {
          started(process) {
            root = process;
            resolve(['ok', process.pid]);
          },
          ignored() {
            end('normal');
            resolve('ignore');
          },
          startError(reason) {
            end(reason);
            resolve(['error', reason]);
          },
          exited(_process, reason) {
            root = null;
            end(reason);
          },
        });
      });
    },
    stop() {
      // Before it is up it takes the order as a message like any other.
      if (!begun) end('normal');
      if (root) root.stop();
      else live(name)?.actor?.send({ type: 'shutdown' });
      return ended;
    },
    kill(path = name) {
      live(path)?.process?.kill();
    },
    async call(path, request) {
      const supervisor = live(path)?.supervisor;
      if (!supervisor) return ['exit', 'noproc'];
      return supervisor.call('pid' in request ? { ...request, alive: live(request.pid.child)?.pid === request.pid } : request);
    },
    whereis: (path) => live(path)?.pid ?? null,
    actor: (path) => live(path)?.actor ?? null,
    send(path, event) {
      const actor = live(path)?.actor;
      actor?.send(event);
      return actor !== null && actor !== undefined;
    },
    suspend(path) {
      live(path)?.supervisor?.suspend();
    },
    resume(path) {
      live(path)?.supervisor?.resume();
    },
  };
}

/**
 * An XState actor for what is no machine of states: a loop over messages with timers and promises of its own. XState never sees
 * a throw in a timer or a promise (docs: "callback actors"), so such an actor reports to itself: through `crash`, `task` and
 * `later` every failure becomes this actor's error, which its supervisor observes.
 */
import type { ActorLogic, ActorScope, EventObject, Snapshot } from 'xstate';
import { createActor } from 'xstate';
import type { ChildContext, ShutdownEvent, Started } from './child.ts';

export interface WorkerSelf<TEvent extends EventObject> {
  /** Sends a message to itself, behind those that wait. */
  send(event: TEvent): void;
  /** Ends this actor with an error. */
  crash(error: unknown): void;
  /** Ends this actor normally. */
  done(): void;
  /** A promise whose rejection is a crash. */
  task(promise: Promise<unknown>): void;
  /** A timer whose throw is a crash; gone with the actor. Returns its cancel. */
  later(ms: number, run: () => void): () => void;
}

export interface WorkerBody<TEvent extends EventObject> {
  /** A throw is a crash. */
  receive(event: TEvent): void;
  /** After the end, however it came. Must not throw. */
  cleanup?(): void;
}

type WorkerSnapshot = Snapshot<undefined>;
type Internal = { type: 'worker.crash'; error: unknown } | { type: 'worker.done' };

function workerLogic<TEvent extends EventObject>(
  context: ChildContext,
  run: (self: WorkerSelf<TEvent>, context: ChildContext) => WorkerBody<TEvent>,
): ActorLogic<WorkerSnapshot, TEvent | Internal> {
  let body: WorkerBody<TEvent> | undefined;
  let open = true;
  const timers = new Set<unknown>();
  const end = (): void => {
    if (!open) return;
    open = false;
    for (const timer of timers) context.clock.clearTimeout(timer);
    timers.clear();
    body?.cleanup?.();
  };
  const makeSelf = (scope: ActorScope<WorkerSnapshot, TEvent | Internal>): WorkerSelf<TEvent> => {
    const send = (event: TEvent | Internal): void => {
      if (open) scope.self.send(event);
    };
    const crash = (error: unknown): void => send({ type: 'worker.crash', error });
    return {
      send,
      crash,
      done: () => send({ type: 'worker.done' }),
      task: (promise) => void promise.catch(crash),
      later(ms, act) {
        const timer = context.clock.setTimeout(() => {
          timers.delete(timer);
          if (!open) return;
          try {
            act();
          } catch (error) {
            crash(error);
          }
        }, ms);
        timers.add(timer);
        return () => {
          timers.delete(timer);
          context.clock.clearTimeout(timer);
        };
      },
    };
  };
  const active: WorkerSnapshot = { status: 'active', output: undefined, error: undefined };
  return {
    getInitialSnapshot: () => active,
    getPersistedSnapshot: (snapshot) => snapshot,
    start(_snapshot, scope) {
      body = run(makeSelf(scope), context);
    },
    transition(snapshot, event) {
      if (event.type === 'xstate.stop') {
        end();
        return { status: 'stopped', output: undefined, error: undefined };
      }
      if (event.type === 'worker.crash') {
        end();
        return { status: 'error', output: undefined, error: (event as Internal & { type: 'worker.crash' }).error };
      }
      if (event.type === 'worker.done') {
        end();
        return { status: 'done', output: undefined, error: undefined };
      }
      context.probe.handled();
      try {
        body?.receive(event as TEvent);
      } catch (error) {
        end();
        return { status: 'error', output: undefined, error };
      }
      return snapshot;
    },
  };
}

/**
 * A worker child of a supervisor. `run` begins its work and returns how it takes messages; a throw in it is a start error.
 * With `drains`, `{type: 'shutdown'}` is received like any message and must lead to `done()`.
 */
export function startWorker<TEvent extends EventObject>(
  context: ChildContext,
  run: (self: WorkerSelf<TEvent | ShutdownEvent>, context: ChildContext) => WorkerBody<TEvent | ShutdownEvent>,
  options?: { drains?: boolean },
): Started {
  const actor = createActor(workerLogic<TEvent | ShutdownEvent>(context, run), { clock: context.clock });
  return { kind: 'ok', actor, ...(options?.drains ? { drains: true } : {}) };
}

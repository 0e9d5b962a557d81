/**
 * One incarnation of a child: started, observed, told to stop, cut off. Its actor is a root of its own, so that no error crosses
 * and stopping many is cheap; all that is known of its end comes from `subscribe`. Whatever it still does after its end is dropped.
 */
import type { AnyActor } from 'xstate';
import type { ChildContext, ShutdownEvent, Start, Started } from '../actors/child.ts';
import { isExit, toReason } from '../actors/exit.ts';
import type { Pid, Reason } from '../actors/term.ts';
import type { Clock } from '../model/seams.ts';
import type { Book, Live } from './book.ts';
import type { Child, SupervisorSpec } from './spec.ts';

/** What a process tells its supervisor, once or in this order: `started` or `ignored` or `start_error`, then `exit`. */
export interface ProcessSink {
  started(process: Process): void;
  ignored(): void;
  startError(reason: Reason): void;
  exited(process: Process, reason: Reason): void;
}

export interface Process {
  readonly id: string;
  readonly pid: Pid;
  /** The order to shut down. The end comes when it comes. */
  stop(): void;
  /** AbortSignal, stop, cut off: the end comes at once, whatever the actor is about. */
  kill(): void;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly book: Book;
  /** Makes a supervisor's actor. Passed in, since a supervisor makes processes and a process may be a supervisor. */
  readonly supervisor: (live: Live, spec: SupervisorSpec, around: Surroundings) => AnyActor;
}

/** `starting` and `up` are where it may be told something; after `gone` nothing is heard. */
type Phase = 'starting' | 'up' | 'gone';

export function startProcess(around: Surroundings, parentPath: string, child: Child, sink: ProcessSink): void {
  const { book, clock } = around;
  const path = parentPath === '' ? child.id : `${parentPath}/${child.id}`;
  const present = book.entries.get(path)?.live;
  if (present) {
    sink.startError(['already_started', present.pid]);
    return;
  }
  const live = book.open(path, child.type);
  let phase: Phase = 'starting';
  let drains = false;
  let initialises = false;
  let ordered = false;
  let controller: AbortController | null = null;

  // Made only for those who ask: 10,000 AbortControllers are most of the cost of 10,000 children.
  const context: ChildContext = {
    path,
    incarnation: live.pid.n,
    clock,
    probe: live.probe,
    get signal() {
      if (!controller) {
        controller = new AbortController();
        if (phase === 'gone') controller.abort();
      }
      return controller.signal;
    },
  };

  const leave = (type: 'exited' | 'start_error' | 'ignored', reason: Reason, error: unknown): void => {
    phase = 'gone';
    controller?.abort();
    book.close(live, type, reason, error);
  };

  const up = (): void => {
    if (phase !== 'starting') return;
    phase = 'up';
    book.up(live);
    sink.started(process);
  };

  const ended = (reason: Reason, error: unknown): void => {
    if (phase === 'gone') return;
    if (phase === 'starting') {
      leave('start_error', reason, error);
      sink.startError(reason);
    } else {
      leave('exited', reason, error);
      sink.exited(process, reason);
    }
  };

  const completed = (): void => {
    const snapshot = live.actor?.getSnapshot() as { status?: string; output?: unknown } | undefined;
    if (phase === 'starting' && initialises) {
      leave('ignored', null, null);
      sink.ignored();
      return;
    }
    up();
    if (isExit(snapshot?.output)) ended(snapshot.output.reason, null);
    else if (ordered) ended('shutdown', null);
    else ended(snapshot?.status === 'done' ? 'normal' : 'killed', null);
  };

  const begin = (started: Started): void => {
    // Killed while its start was pending.
    if (phase === 'gone') return;
    switch (started.kind) {
      case 'ignore':
        leave('ignored', null, null);
        sink.ignored();
        return;
      case 'error':
        ended(toReason(started.reason), started.reason);
        return;
      case 'ok':
        live.actor = started.actor;
        drains = started.drains ?? false;
        initialises = started.initialises ?? false;
        started.actor.subscribe({ error: (error: unknown) => ended(toReason(error), error), complete: completed });
        if (initialises) started.actor.on('started', up);
        started.actor.start();
        if (!initialises) up();
        return;
      default:
        started satisfies never;
    }
  };

  const failed = (error: unknown): void => ended(toReason(error), error);

  const process: Process = {
    id: child.id,
    pid: live.pid,
    stop() {
      if (phase !== 'up' || ordered) return;
      ordered = true;
      live.probe.state('stopping', 'shutdown');
      try {
        if (drains) live.actor?.send({ type: 'shutdown' } satisfies ShutdownEvent);
        else live.actor?.stop();
      } catch (error) {
        ended(toReason(error), error);
      }
    },
    kill() {
      if (phase === 'gone') return;
      const wasUp = phase === 'up';
      leave(wasUp ? 'exited' : 'start_error', 'killed', null);
      try {
        live.actor?.stop();
      } catch {
        // It is cut off already; that it also fails to stop changes nothing.
      }
      if (wasUp) sink.exited(process, 'killed');
      else sink.startError('killed');
    },
  };
  live.kill = () => process.kill();

  const { body } = child;
  if (body === null) ended('missing_start', null);
  else if ('supervisor' in body) {
    book.begun(live);
    begin({ kind: 'ok', actor: around.supervisor(live, body.supervisor, around), drains: true, initialises: true });
  } else startWorker(body.start, context, begin, failed);
}

function startWorker(start: Start, context: ChildContext, begin: (started: Started) => void, failed: (error: unknown) => void): void {
  try {
    const started = start(context);
    if (started instanceof Promise) started.then(begin).catch(failed);
    else begin(started);
  } catch (error) {
    failed(error);
  }
}

/**
 * One incarnation of a child: started, observed, told to stop, cut off. Its actor is a root of its own, so that no error crosses
 * and stopping many is cheap; all that is known of its end comes from `subscribe`. Whatever it still does after its end is dropped.
 */
import type { AnyActor } from 'xstate';
import type { ChildContext, Probe, ShutdownEvent, Started } from '../actors/child.ts';
import { isExit, toReason } from '../actors/exit.ts';
import type { Pid, Reason } from '../actors/term.ts';
import type { Clock } from '../model/seams.ts';
import type { Book } from './book.ts';
import type { Live } from './live.ts';
import type { Child, SupervisorSpec } from './spec.ts';

/** What a process tells its supervisor, once each and in this order: `started`, `ignored` or `startError`; after `started`, `exited`. */
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

/** Its first answer, to the sink, may come before this returns, or after the promise that the child's `start` gave. */
export function startProcess(around: Surroundings, parentPath: string, child: Child, sink: ProcessSink): void {
  const path = parentPath === '' ? child.id : `${parentPath}/${child.id}`;
  const present = around.book.entries.get(path)?.live;
  if (present) {
    sink.startError(['already_started', present.pid]);
    return;
  }
  new Incarnation(around, around.book.open(path, child.type), child, sink).begin(around);
}

/** Classes, since there may be 10,000: with closures the start of a child took 2.2 times as long as bare `createActor`. */
class Incarnation implements Process {
  readonly id: string;
  readonly pid: Pid;
  readonly #book: Book;
  readonly #live: Live;
  readonly #child: Child;
  readonly #sink: ProcessSink;
  /** After `gone` nothing that the actor does is heard. */
  #phase: 'starting' | 'up' | 'gone' = 'starting';
  #ordered = false;
  #drains = false;
  #initialises = false;
  #controller: AbortController | null = null;

  constructor({ book }: Surroundings, live: Live, child: Child, sink: ProcessSink) {
    this.id = child.id;
    this.pid = live.pid;
    this.#book = book;
    this.#live = live;
    this.#child = child;
    this.#sink = sink;
    live.process = this;
  }

  begin(around: Surroundings): void {
    const { body } = this.#child;
    if (body === null) this.#ended('missing_start', null);
    else if ('supervisor' in body) {
      this.#book.begun(this.#live);
      const actor = around.supervisor(this.#live, body.supervisor, around);
      this.#begun({ kind: 'ok', actor, drains: true, initialises: true });
    } else {
      try {
        const started = body.start(new Context(this, this.#live, around.clock));
        if (started instanceof Promise) void this.#later(started);
        else this.#begun(started);
      } catch (error) {
        this.#ended(toReason(error), error);
      }
    }
  }

  /** Made only for those who ask: an AbortController costs as much as the rest of a child's supervision. */
  signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#phase === 'gone') this.#controller.abort();
    }
    return this.#controller.signal;
  }

  stop(): void {
    if (this.#phase !== 'up' || this.#ordered) return;
    this.#ordered = true;
    const { actor, probe } = this.#live;
    try {
      if (this.#drains) {
        probe.state('stopping', 'shutdown');
        actor?.send({ type: 'shutdown' } satisfies ShutdownEvent);
      } else actor?.stop();
    } catch (error) {
      this.#ended(toReason(error), error);
    }
  }

  kill(): void {
    if (this.#phase === 'gone') return;
    const wasUp = this.#phase === 'up';
    this.#leave(wasUp ? 'exited' : 'start_error', 'killed', null);
    try {
      this.#live.actor?.stop();
    } catch {
      // It is cut off already; that it also fails to stop changes nothing.
    }
    if (wasUp) this.#sink.exited(this, 'killed');
    else this.#sink.startError('killed');
  }

  async #later(starting: Promise<Started>): Promise<void> {
    try {
      this.#begun(await starting);
    } catch (error) {
      this.#ended(toReason(error), error);
    }
  }

  #begun(started: Started): void {
    // Killed while its start was pending.
    if (this.#phase === 'gone') return;
    switch (started.kind) {
      case 'ignore':
        this.#leave('ignored', null, null);
        this.#sink.ignored();
        return;
      case 'error':
        this.#ended(toReason(started.reason), started.reason);
        return;
      case 'ok': {
        const { actor } = started;
        this.#live.actor = actor;
        this.#drains = started.drains ?? false;
        this.#initialises = started.initialises ?? false;
        actor.subscribe({
          error: (error: unknown) => this.#ended(toReason(error), error),
          complete: () => this.#completed(actor.getSnapshot() as { status?: string; output?: unknown }),
        });
        if (this.#initialises) actor.on('started', () => this.#up());
        actor.start();
        if (!this.#initialises) this.#up();
        return;
      }
      default:
        started satisfies never;
    }
  }

  #up(): void {
    if (this.#phase !== 'starting') return;
    this.#phase = 'up';
    this.#book.up(this.#live);
    this.#sink.started(this);
  }

  #completed({ status, output }: { status?: string; output?: unknown }): void {
    if (this.#phase === 'starting' && this.#initialises) {
      this.#leave('ignored', null, null);
      this.#sink.ignored();
      return;
    }
    this.#up();
    if (isExit(output)) this.#ended(output.reason, null);
    else if (this.#ordered) this.#ended('shutdown', null);
    // Neither done nor told to stop: somebody else has stopped it.
    else this.#ended(status === 'done' ? 'normal' : 'killed', null);
  }

  #ended(reason: Reason, error: unknown): void {
    if (this.#phase === 'gone') return;
    if (this.#phase === 'starting') {
      this.#leave('start_error', reason, error);
      this.#sink.startError(reason);
    } else {
      this.#leave('exited', reason, error);
      this.#sink.exited(this, reason);
    }
  }

  #leave(type: 'exited' | 'start_error' | 'ignored', reason: Reason, error: unknown): void {
    this.#phase = 'gone';
    this.#controller?.abort();
    this.#book.close(this.#live, type, reason, error);
  }
}

class Context implements ChildContext {
  readonly path: string;
  readonly incarnation: number;
  readonly clock: Clock;
  readonly probe: Probe;
  readonly #process: Incarnation;

  constructor(process: Incarnation, live: Live, clock: Clock) {
    this.path = live.entry.path;
    this.incarnation = live.pid.n;
    this.clock = clock;
    this.probe = live.probe;
    this.#process = process;
  }

  get signal(): AbortSignal {
    return this.#process.signal();
  }
}

/**
 * A supervisor as an XState actor: it carries out what its core (core.ts) decides, and decides nothing itself. Events go through a
 * loop of its own: what a command brings about at once (a start that succeeds, a child that dies of it) waits its turn in the
 * inbox, so that no message nests in another.
 */
import type { ActorLogic, AnyActor, Snapshot } from 'xstate';
import { createActor } from 'xstate';
import type { ShutdownEvent } from '../actors/child.ts';
import { exitWith } from '../actors/exit.ts';
import type { Pid, Reason, Term } from '../actors/term.ts';
import type { TimerId } from '../model/seams.ts';
import { createState, decide, restartsInWindow } from './core.ts';
import { tiedTo } from './jobs.ts';
import type { Live, SupervisorControl } from './live.ts';
import { startProcess } from './process.ts';
import type { Process, ProcessSink, Surroundings } from './process.ts';
import type { SupervisorSpec } from './spec.ts';
import type { Command, Event, Request, State } from './state.ts';

type SupervisorSnapshot = Snapshot<undefined>;
type Ended = { type: 'supervisor.ended'; error: unknown };
type SupervisorEvent = ShutdownEvent | Ended | { type: 'xstate.stop' };

const ACTIVE: SupervisorSnapshot = { status: 'active', output: undefined, error: undefined };

/** For `Surroundings.supervisor`. Emits `started` when its children are up; ends with an Exit. */
export function supervisorActor(live: Live, spec: SupervisorSpec, around: Surroundings): AnyActor {
  return createActor(supervisorLogic(live, spec, around), { clock: around.clock, id: live.entry.path });
}

function supervisorLogic(live: Live, spec: SupervisorSpec, around: Surroundings): ActorLogic<SupervisorSnapshot, SupervisorEvent> {
  let supervision: Supervision | null = null;
  return {
    getInitialSnapshot: () => ACTIVE,
    getPersistedSnapshot: (snapshot) => snapshot,
    start(_snapshot, { self, emit }) {
      const created = createState(spec);
      if (!created.ok) {
        self.send({ type: 'supervisor.ended', error: exitWith(created.reason) });
        return;
      }
      supervision = supervise(live, created.state, around, {
        up: () => emit({ type: 'started' }),
        ended: (error) => self.send({ type: 'supervisor.ended', error }),
      });
      supervision.deliver({ type: 'init' });
    },
    transition(snapshot, event) {
      switch (event.type) {
        case 'shutdown':
          supervision?.deliver({ type: 'stop', reason: 'shutdown' });
          return snapshot;
        case 'supervisor.ended':
          return { status: 'error', output: undefined, error: event.error };
        case 'xstate.stop':
          supervision?.cutOff('killed');
          return { status: 'stopped', output: undefined, error: undefined };
        default:
          // What a supervisor does not understand it leaves, as OTP does.
          event satisfies never;
          return snapshot;
      }
    },
  };
}

interface Supervision {
  deliver(event: Event): void;
  /** All children at once. */
  cutOff(reason: Reason): void;
}

function supervise(
  live: Live,
  state: State,
  around: Surroundings,
  tell: { up(): void; ended(error: unknown): void },
): Supervision {
  const { clock } = around;
  const { path } = live.entry;
  const inbox: Event[] = [];
  const processes = new Map<Pid, Process>();
  const callers = new Map<number, (answer: Term) => void>();
  let calls = 0;
  let busy = false;
  let over = false;
  let timer: TimerId;
  /** ms of a timer that is set once the inbox is empty: most children have stopped by then. */
  let arming: number | null = null;
  /** The start that is pending, so that it can be cut off. */
  let starting: (() => void) | null = null;

  const disarm = (): void => {
    arming = null;
    if (timer === undefined) return;
    clock.clearTimeout(timer);
    timer = undefined;
  };

  const arm = (ms: number): void => {
    arming = null;
    timer = clock.setTimeout(() => {
      timer = undefined;
      deliver({ type: 'timeout' });
    }, ms);
  };

  const finish = (reason: Reason): void => {
    over = true;
    disarm();
    for (const answer of callers.values()) answer(['exit', reason]);
    callers.clear();
  };

  const deliver = (event: Event): void => {
    if (over) return;
    inbox.push(event);
    if (busy) return;
    busy = true;
    try {
      for (let next = 0; next < inbox.length && !over; next += 1) {
        live.handled += 1;
        for (const command of decide(state, inbox[next]!, clock.monotonic())) perform(command);
      }
      inbox.length = 0;
      if (arming !== null) arm(arming);
    } catch (error) {
      // A fault of the supervisor itself is a crash like any other; its children must not outlive it.
      cutOff('killed');
      tell.ended(error);
    } finally {
      busy = false;
    }
  };

  const cutOff = (reason: Reason): void => {
    if (over) return;
    finish(reason);
    starting?.();
    for (const process of [...processes.values()].reverse()) process.kill();
    processes.clear();
  };

  const sink: ProcessSink = {
    started(process) {
      starting = null;
      processes.set(process.pid, process);
      deliver({ type: 'started', pid: process.pid });
    },
    ignored() {
      starting = null;
      deliver({ type: 'ignored' });
    },
    startError(reason) {
      starting = null;
      deliver({ type: 'start_error', reason });
    },
    exited(process, reason) {
      processes.delete(process.pid);
      deliver({ type: 'exit', id: process.id, pid: process.pid, reason });
    },
  };

  const perform = (command: Command): void => {
    switch (command.type) {
      case 'start': {
        const at = path === '' ? command.child.id : `${path}/${command.child.id}`;
        starting = () => around.book.entries.get(at)?.live?.process?.kill();
        startProcess(around, path, command.child, sink);
        return;
      }
      case 'stop': {
        const process = processes.get(command.pid);
        if (command.kill) process?.kill();
        else process?.stop();
        return;
      }
      case 'arm':
        arming = command.ms;
        return;
      case 'disarm':
        disarm();
        return;
      case 'reply':
        callers.get(command.to)?.(command.answer);
        callers.delete(command.to);
        return;
      case 'up':
        tell.up();
        return;
      case 'exit':
        finish(command.reason);
        tell.ended(exitWith(command.reason));
        return;
      default:
        command satisfies never;
    }
  };

  const control: SupervisorControl = {
    call: (request: Request) =>
      new Promise((resolve) => {
        if (over) {
          resolve(['exit', 'noproc']);
          return;
        }
        calls += 1;
        callers.set(calls, resolve);
        deliver({ type: 'call', from: calls, request });
      }),
    childIds() {
      const pending = state.job?.starting?.id;
      const ids = [...state.slots.keys()];
      if (pending !== undefined && !state.slots.has(pending)) ids.push(pending);
      return ids;
    },
    child: (id) => state.slots.get(id)?.child,
    tied: (id) => tiedTo(state, id).filter((one) => state.slots.get(one)?.child.restart !== 'temporary').reverse(),
    simple: state.template !== null,
    intensity: state.flags.intensity,
    periodS: state.flags.periodS,
    restarts: () => restartsInWindow(state, clock.monotonic()),
    queued: () => state.mailbox.length,
    suspend: () => deliver({ type: 'suspend' }),
    resume: () => deliver({ type: 'resume' }),
  };
  live.supervisor = control;
  return { deliver, cutOff };
}

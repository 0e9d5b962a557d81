/**
 * OTP's supervisor as a decision: (state, event, time) → commands. After erlang/otp lib/stdlib/src/supervisor.erl, whose recorded
 * traces are test/fixtures/otp-vectors. It does nothing itself and reads no clock. The state is advanced in place and belongs to
 * one caller: copying a table of 10,000 children at each event would make starting them cost 10,000 times as much.
 *
 * One message is served at a time. Serving one may need children stopped and started, which takes as long as it takes: that is the
 * job, and while there is one, the mailbox waits.
 */
import type { Pid, Reason } from '../actors/term.ts';
import { isNormal } from '../actors/term.ts';
import { answerCall } from './calls.ts';
import { dropSlot, newJob, noteStopped, pidsOf, stopAll, stopNext, tiedJob } from './jobs.ts';
import { checkChildren, checkFlags } from './spec.ts';
import type { Child, SupervisorSpec } from './spec.ts';
import type { Command, Event, Job, Message, Purpose, Slot, State } from './state.ts';

const DISARM: Command = { type: 'disarm' };

export type Created = { ok: true; state: State } | { ok: false; reason: Reason };

/** All flags and children are checked before the first start. `reason` is that of OTP's failed start. */
export function createState(spec: SupervisorSpec): Created {
  const flags = checkFlags(spec);
  if (!flags.ok) return { ok: false, reason: ['supervisor_data', flags.error] };
  const children = checkChildren(spec, flags.value);
  if (!children.ok) return { ok: false, reason: ['start_spec', children.error] };
  const simple = flags.value.strategy === 'simple_one_for_one';
  const slots = new Map<string, Slot>();
  if (!simple) for (const child of children.value) slots.set(child.id, { child, status: 'undefined', pid: null, alive: false });
  const template = simple ? (children.value[0] ?? null) : null;
  return {
    ok: true,
    state: { flags: flags.value, template, slots, restarts: [], mailbox: [], job: null, up: false, suspended: false, ended: false },
  };
}

/** `nowMs`: monotonic. */
export function decide(state: State, event: Event, nowMs: number): Command[] {
  const out: Command[] = [];
  if (state.ended) return out;
  receive(state, event, out);
  serve(state, nowMs, out);
  return out;
}

/** Restarts inside the window at this time. */
export function restartsInWindow(state: State, nowMs: number): number {
  const from = Math.floor(nowMs / 1000) - state.flags.periodS;
  return state.restarts.filter((second) => second >= from).length;
}

function receive(state: State, event: Event, out: Command[]): void {
  const { job } = state;
  switch (event.type) {
    case 'init':
      state.job = newJob({ for: 'init' }, [], [...state.slots.values()].map(({ child }) => child).reverse());
      return;
    case 'exit': {
      const slot = state.slots.get(event.id);
      if (slot?.pid === event.pid) slot.alive = false;
      if (!job || !noteStopped(job, event.pid)) {
        state.mailbox.push(event);
        return;
      }
      if (slot?.pid === event.pid) dropSlot(state, slot);
      if (!job.stopping) out.push(DISARM);
      return;
    }
    case 'call':
    case 'retry':
    case 'stop':
      state.mailbox.push(event);
      return;
    case 'started':
    case 'ignored':
    case 'start_error':
      if (job?.starting) startEnded(state, job, job.starting, event, out);
      return;
    case 'timeout':
      for (const pid of pidsOf(job?.stopping ?? null)) out.push({ type: 'stop', pid, kill: true });
      return;
    case 'suspend':
      state.suspended = true;
      return;
    case 'resume':
      state.suspended = false;
      return;
    default:
      event satisfies never;
  }
}

function serve(state: State, nowMs: number, out: Command[]): void {
  while (!state.ended) {
    if (state.job) {
      if (!advance(state, state.job, out)) return;
      continue;
    }
    if (state.suspended) return;
    const message = state.mailbox.shift();
    if (!message) return;
    handle(state, message, nowMs, out);
  }
}

function handle(state: State, message: Message, nowMs: number, out: Command[]): void {
  switch (message.type) {
    case 'call':
      state.job = answerCall(state, message.from, message.request, out);
      return;
    case 'exit': {
      const slot = state.slots.get(message.id);
      // Stopped meanwhile, or of an older incarnation.
      if (slot?.pid === message.pid && slot.status === 'running') childEnded(state, slot, message.reason, nowMs);
      return;
    }
    case 'retry': {
      const slot = state.slots.get(message.id);
      if (slot?.status === 'restarting' && slot.pid === message.pid) restart(state, slot, nowMs);
      return;
    }
    case 'stop':
      end(state, message.reason);
      return;
    default:
      message satisfies never;
  }
}

/** One step of the job. false: it waits for an answer. */
function advance(state: State, job: Job, out: Command[]): boolean {
  if (job.starting || job.stopping) return false;
  const { purpose } = job;
  if (job.stops.length > 0) {
    // A simple_one_for_one that ends stops all its children at once, within one time for all.
    const shutdown = purpose.for === 'end' && state.template ? stopAll(state, job, state.template) : stopNext(state, job);
    if (!job.stopping) return true;
    if (typeof shutdown === 'number') out.push({ type: 'arm', ms: shutdown });
    for (const pid of pidsOf(job.stopping)) out.push({ type: 'stop', pid, kill: shutdown === 'brutal_kill' });
    return false;
  }
  const child = job.starts.pop();
  if (child) {
    job.starting = child;
    out.push({ type: 'start', child });
    return false;
  }
  state.job = null;
  finish(state, purpose, out);
  return true;
}

function finish(state: State, purpose: Purpose, out: Command[]): void {
  switch (purpose.for) {
    case 'init':
      state.up = true;
      out.push({ type: 'up' });
      return;
    case 'terminate_child':
      out.push({ type: 'reply', to: purpose.from, answer: 'ok' });
      return;
    case 'cycle_child':
      out.push({ type: 'reply', to: purpose.from, answer: ['ok', state.slots.get(purpose.id)?.pid ?? 'undefined'] });
      return;
    case 'end':
      state.ended = true;
      out.push({ type: 'exit', reason: purpose.reason });
      return;
    case 'restart':
    case 'start_child':
    case 'restart_child':
      return;
    default:
      purpose satisfies never;
  }
}

type StartEnd = Extract<Event, { type: 'started' | 'ignored' | 'start_error' }>;

function startEnded(state: State, job: Job, child: Child, event: StartEnd, out: Command[]): void {
  const { purpose } = job;
  job.starting = null;
  if (event.type === 'start_error') {
    startFailed(state, job, child, event.reason, out);
    return;
  }
  const pid = event.type === 'started' ? event.pid : null;
  store(state, child, pid, purpose);
  if (purpose.for === 'start_child' || purpose.for === 'restart_child') {
    out.push({ type: 'reply', to: purpose.from, answer: ['ok', pid ?? 'undefined'] });
  }
}

/** The new child under its id. One whose start said `ignore` is kept without a process, but a temporary or dynamic one is forgotten. */
function store(state: State, child: Child, pid: Pid | null, purpose: Purpose): void {
  if (pid === null && (state.template || (child.restart === 'temporary' && purpose.for !== 'restart_child'))) {
    state.slots.delete(child.id);
    return;
  }
  const slot = state.slots.get(child.id);
  const status = pid === null ? 'undefined' : 'running';
  if (slot) Object.assign(slot, { status, pid, alive: pid !== null });
  else state.slots.set(child.id, { child, status, pid, alive: pid !== null });
}

function startFailed(state: State, job: Job, child: Child, reason: Reason, out: Command[]): void {
  const { purpose } = job;
  switch (purpose.for) {
    case 'init':
      // Those already started stop in reverse; the error goes up.
      end(state, ['shutdown', ['failed_to_start_child', child.id, reason]]);
      return;
    case 'start_child': {
      const passed = state.template !== null || (Array.isArray(reason) && reason[0] === 'already_started');
      job.starts = [];
      out.push({ type: 'reply', to: purpose.from, answer: ['error', passed ? reason : [reason, { spec: child.id }]] });
      return;
    }
    case 'restart_child':
      out.push({ type: 'reply', to: purpose.from, answer: ['error', reason] });
      return;
    case 'restart':
    case 'cycle_child': {
      const slot = state.slots.get(child.id)!;
      slot.status = 'restarting';
      state.job = null;
      state.mailbox.push({ type: 'retry', id: child.id, pid: slot.pid });
      if (purpose.for === 'cycle_child') {
        out.push({ type: 'reply', to: purpose.from, answer: ['error', ['failed_to_start_child', child.id, reason]] });
      }
      return;
    }
    case 'terminate_child':
    case 'end':
      return;
    default:
      purpose satisfies never;
  }
}

function childEnded(state: State, slot: Slot, reason: Reason, nowMs: number): void {
  const { restart: type } = slot.child;
  if (type === 'permanent' || (type === 'transient' && !isNormal(reason))) {
    restart(state, slot, nowMs);
    return;
  }
  dropSlot(state, slot);
  if (slot.child.significant && autoShutdown(state)) end(state, 'shutdown');
}

function autoShutdown(state: State): boolean {
  switch (state.flags.autoShutdown) {
    case 'never':
      return false;
    case 'any_significant':
      return true;
    case 'all_significant':
      for (const { child, status } of state.slots.values()) if (child.significant && status !== 'undefined') return false;
      return true;
    default:
      return state.flags.autoShutdown satisfies never;
  }
}

function restart(state: State, slot: Slot, nowMs: number): void {
  const { intensity, periodS, strategy } = state.flags;
  const second = Math.floor(nowMs / 1000);
  state.restarts.push(second);
  while (state.restarts[0]! < second - periodS) state.restarts.shift();
  if (state.restarts.length > intensity) {
    dropSlot(state, slot);
    end(state, 'shutdown');
    return;
  }
  if (strategy === 'one_for_one' || strategy === 'simple_one_for_one') {
    state.job = newJob({ for: 'restart' }, [], [slot.child]);
    return;
  }
  slot.status = 'undefined';
  slot.pid = null;
  state.job = tiedJob(state, slot.child.id, { for: 'restart' });
}

function end(state: State, reason: Reason): void {
  state.job = newJob({ for: 'end', reason }, [...state.slots.keys()], []);
}

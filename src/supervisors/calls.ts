/** The child API, with the answers of OTP's supervisor:handle_call. */
import type { Pid, Term } from '../actors/term.ts';
import { newJob, tiedJob } from './jobs.ts';
import { checkChild } from './spec.ts';
import type { Child, ChildSpec, DynamicChild } from './spec.ts';
import type { Caller, Command, Job, Request, Slot, State } from './state.ts';

/** Answers at once (null), or returns the job at whose end the answer comes. */
export function answerCall(state: State, from: Caller, request: Request, out: Command[]): Job | null {
  const reply = (answer: Term): null => {
    out.push({ type: 'reply', to: from, answer });
    return null;
  };
  const simple = state.template !== null;
  switch (request.fn) {
    case 'start_child': {
      const child = simple ? fromTemplate(state.template, request.child) : null;
      if (child) return newJob({ for: 'start_child', from }, [], [child]);
      const checked = checkChild(request.child as ChildSpec, state.flags.autoShutdown);
      if (!checked.ok) return reply(['error', checked.error]);
      const slot = state.slots.get(checked.value.id);
      if (!slot) return newJob({ for: 'start_child', from }, [], [checked.value]);
      return reply(['error', slot.status === 'running' && slot.pid ? ['already_started', slot.pid] : 'already_present']);
    }
    case 'terminate_child': {
      if (simple && 'id' in request) return reply(['error', 'simple_one_for_one']);
      const id = 'id' in request ? request.id : lastPart(request.pid);
      const slot = state.slots.get(id);
      if (slot && (!('pid' in request) || (simple && slot.pid === request.pid))) {
        return newJob({ for: 'terminate_child', from }, [id], []);
      }
      // A dynamic child that has ended is as good as terminated.
      return reply(simple && 'pid' in request && !request.alive ? 'ok' : ['error', 'not_found']);
    }
    case 'restart_child':
    case 'delete_child':
    case 'cycle_child': {
      if (simple) return reply(['error', 'simple_one_for_one']);
      const slot = state.slots.get(request.id);
      if (!slot) return reply(['error', 'not_found']);
      if (request.fn === 'cycle_child') {
        if (slot.child.restart === 'temporary') return reply(['error', 'temporary']);
        return tiedJob(state, request.id, { for: 'cycle_child', from, id: request.id });
      }
      if (slot.status !== 'undefined') return reply(['error', slot.status]);
      if (request.fn === 'restart_child') return newJob({ for: 'restart_child', from }, [], [slot.child]);
      state.slots.delete(request.id);
      return reply('ok');
    }
    case 'which_children':
      return reply(whichChildren(state));
    case 'count_children':
      return reply(countChildren(state));
    default:
      return request satisfies never;
  }
}

function fromTemplate(template: Child | null, given: ChildSpec | DynamicChild): Child | null {
  return template && { ...template, id: given.id, body: 'start' in given ? { start: given.start } : { supervisor: given.supervisor } };
}

const lastPart = (pid: Pid): string => pid.child.slice(pid.child.lastIndexOf('/') + 1);

/** The last started first. Dynamic children have no order in OTP and no id: here they come by name. */
function whichChildren({ template, slots }: State): Term {
  const all: Slot[] = [...slots.values()];
  if (template) all.sort((a, b) => (a.child.id < b.child.id ? -1 : 1));
  else all.reverse();
  return all.map(({ child, status, pid }) => ({
    id: template ? null : child.id,
    status,
    pid: status === 'running' ? pid : null,
    type: child.type,
  }));
}

/** `active`: of static children those alive at this moment; of dynamic ones those that are not between two tries. */
function countChildren({ template, slots }: State): Term {
  const all = [...slots.values()];
  const supervisors = all.filter(({ child }) => child.type === 'supervisor').length;
  const active = all.filter(({ status, alive }) => (template ? status !== 'restarting' : status === 'running' && alive)).length;
  return { specs: template ? 1 : all.length, active, supervisors, workers: all.length - supervisors };
}

/** When a change of a host's state is worth a delta: what only says that time goes on makes none by itself. */
import type { Liveness } from './liveness.ts';
import { LIMITS, type Limits } from '../limits.ts';
import { diff, type PatchOp } from '../patch.ts';
import type { HostState, InflightRequest } from './state.ts';
import type { Moment } from '../time.ts';

export interface Publisher {
  /** What clients hold: the last state published, with what was held back. */
  readonly state: HostState;
  /** The ops of the next delta, or null when there is none to make. They lead from `state` before to `state` after. */
  next(state: HostState, at: Moment): PatchOp[] | null;
  /** The monotonic moment at which a change that was held back may go alone; null: nothing is held back. */
  dueAt(): number | null;
}

export type PublishLimits = Pick<Limits['publish'], 'lastContactMs' | 'respBytesMs'>;

/** `first` goes out as the snapshot at seq 1. */
export function createPublisher(first: HostState, at: Moment, limits: PublishLimits = LIMITS.publish): Publisher {
  let published = first;
  /** The last state that was handed in: the same again brings nothing, unless something is held back. */
  let seen = first;
  let contactAt = at.mono;
  let bytesAt = at.mono;
  let contactHeld = false;
  let bytesHeld = false;

  const contactDue = (): number => contactAt + limits.lastContactMs;
  const bytesDue = (): number => bytesAt + limits.respBytesMs;

  return {
    get state() {
      return published;
    },
    next(state, now) {
      if (state === seen && !(contactHeld && now.mono >= contactDue()) && !(bytesHeld && now.mono >= bytesDue())) return null;
      seen = state;
      const inflight = now.mono >= bytesDue() ? state.inflight : holdBytes(published.inflight, state.inflight);
      const liveness = onlyContact(published.liveness, state.liveness) ? published.liveness : state.liveness;
      let candidate = inflight === state.inflight && liveness === state.liveness ? state : { ...state, inflight, liveness };
      let ops = diff(published, candidate);
      // The last contact rides along with any other change; alone it waits.
      if (liveness !== state.liveness && (ops.length > 0 || now.mono >= contactDue())) {
        candidate = { ...candidate, liveness: state.liveness };
        ops = ops.concat(diff({ liveness: published.liveness }, { liveness: state.liveness }));
      }
      bytesHeld = inflight !== state.inflight;
      contactHeld = candidate.liveness !== state.liveness;
      if (ops.length === 0) return null;
      if (candidate.liveness.lastContactAt !== published.liveness.lastContactAt) contactAt = now.mono;
      if (!bytesHeld && candidate.inflight !== published.inflight) bytesAt = now.mono;
      published = candidate;
      return ops;
    },
    dueAt() {
      if (bytesHeld) return contactHeld ? Math.min(bytesDue(), contactDue()) : bytesDue();
      return contactHeld ? contactDue() : null;
    },
  };
}

function onlyContact(before: Liveness, after: Liveness): boolean {
  return before !== after && before.lastContactAt !== after.lastContactAt && before.state === after.state && before.since === after.since
    && before.nextTryAt === after.nextTryAt && before.reason?.code === after.reason?.code && before.reason?.text === after.reason?.text;
}

type Inflight = HostState['inflight'];

/** `after`, with each request's bytes as they were published. The same object when no bytes had to be held back. */
function holdBytes(before: Inflight, after: Inflight): Inflight {
  if (before === after) return after;
  const held: [string, InflightRequest][] = [];
  let any = false;
  for (const id of Object.keys(after.requests)) {
    const request = after.requests[id]!;
    const known = Object.hasOwn(before.requests, id) ? before.requests[id]! : request;
    if (known.respBytes === request.respBytes) held.push([id, request]);
    else {
      any = true;
      held.push([id, { ...request, respBytes: known.respBytes }]);
    }
  }
  return any ? { total: after.total, requests: Object.fromEntries(held) } : after;
}

/**
 * Actor logic that writes its own status: each event is counted, each change of state told to the probe. XState's inspection
 * would tell the same at a third of the messages a second (0.20 M instead of 0.57 M), and nothing of a crash.
 */
import type { AnyActorLogic, AnyActorRef, EventObject, InputFrom, Snapshot } from 'xstate';
import { createActor } from 'xstate';
import type { ChildContext, Probe, Started } from './child.ts';

/** `idle`, or `streaming.probing` of nested states; parallel ones are joined by a comma. */
export function stateName(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return 'running';
  return Object.entries(value)
    .map(([key, inner]) => {
      const below = stateName(inner);
      return below === '' || below === 'running' ? key : `${key}.${below}`;
    })
    .join(',');
}

interface Seen {
  value?: unknown;
  children?: Record<string, AnyActorRef | undefined>;
}

/** The same logic, observed. A machine's `value` is its state; other logic is only counted. */
export function observed<TLogic extends AnyActorLogic>(logic: TLogic, probe: Probe): TLogic {
  const wrapped = Object.create(logic) as TLogic;
  let last: unknown;
  const seen = (snapshot: Snapshot<unknown>, event: string): void => {
    const { value } = snapshot as Seen;
    if (value === undefined || value === last) return;
    last = value;
    probe.state(stateName(value), event);
  };
  wrapped.getInitialSnapshot = (scope, input) => {
    const snapshot = logic.getInitialSnapshot(scope, input) as Snapshot<unknown>;
    seen(snapshot, 'start');
    return snapshot;
  };
  wrapped.transition = (snapshot: Snapshot<unknown>, event: EventObject, scope) => {
    let next: Snapshot<unknown>;
    try {
      next = logic.transition(snapshot, event, scope) as Snapshot<unknown>;
    } catch (error) {
      // A throw in a machine's own action leaves the actors it has spawned running, out of everybody's reach.
      const { children } = snapshot as Seen;
      for (const child of Object.values(children ?? {})) if (child) scope.stopChild(child);
      throw error;
    }
    if (event.type !== 'xstate.stop') {
      probe.handled();
      seen(next, event.type);
    }
    return next;
  };
  return wrapped;
}

/** The one call that makes a machine (or any actor logic) a child of a supervisor: on the supervisor's clock, with its status recorded. */
export function startMachine<TLogic extends AnyActorLogic>(
  context: ChildContext,
  logic: TLogic,
  options: { input?: InputFrom<TLogic>; drains?: boolean; initialises?: boolean } = {},
): Started {
  const { input, ...started } = options;
  const actor = createActor(observed(logic, context.probe) as AnyActorLogic, { clock: context.clock, id: context.path, input });
  return { kind: 'ok', actor, ...started };
}

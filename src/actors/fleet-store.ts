/** Each host's last published state and a short memory of its deltas. It computes nothing. */
import type { Limits } from '../model/limits.ts';
import type { ChildContext, Started } from './child.ts';
import type { Feed } from './feed.ts';

export interface FleetStoreDeps {
  feed: Feed;
  limits: Pick<Limits, 'deltaMemory'>;
}

/** The supervised child. On its start every publisher publishes its whole state into it. */
export function startFleetStore(_context: ChildContext, _deps: FleetStoreDeps): Started {
  throw new Error('to come');
}

/** Owns the sockets that http hands over: frames, subscriptions, slow clients. */
import type { Limits } from '../model/limits.ts';
import type { Random } from '../model/seams.ts';
import type { ActorStatus } from '../model/status.ts';
import type { ChildContext, Started } from './child.ts';
import type { Feed } from './feed.ts';
import type { SocketGate } from './socket-gate.ts';

/** The live actor tree, for the topic `actors`: the registry of the supervisors. */
export interface ActorsFeed {
  /** Every running actor, in tree order. */
  list(): ActorStatus[];
  /** Called (as often as it likes, even for counters alone) when something may have changed. Returns how to end it. */
  onChange(listener: () => void): () => void;
}

export interface BroadcasterDeps {
  feed: Feed;
  gate: SocketGate;
  actors: ActorsFeed;
  random: Random;
  limits: Pick<Limits, 'ws' | 'streamMemory' | 'drain'>;
  /** Drover's own, for `hello`. */
  version: string;
}

/** The supervised child: draws a new serverEpoch. When it ends, however that comes, every socket is closed with 1012. */
export function startBroadcaster(_context: ChildContext, _deps: BroadcasterDeps): Started {
  throw new Error('to come');
}

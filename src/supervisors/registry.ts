/**
 * The live actor tree: every supervisor and worker by path, with its status, its restarts and the last exit of those that are
 * gone. All reads are of what actors have written down; none sends to an actor, so none can block or crash one.
 */
import type { ActorDetail, ActorStatus } from '../model/status.ts';
import type { LifecycleListener } from './lifecycle.ts';

export type RestartAnswer =
  | { kind: 'restarted'; incarnation: number }
  | { kind: 'unknown' }
  /** `reason` is a sentence for people. */
  | { kind: 'refused'; reason: string };

export interface Registry {
  /** Every actor that runs or is being started, in tree order. */
  list(): ActorStatus[];
  detail(path: string): ActorDetail | null;
  /** Of an actor that is gone; null when nothing is known of the path (the last 1,000 are remembered). */
  lastExit(path: string): ActorStatus['lastExit'];
  /** By hand, not counted: terminate_child and restart_child of a static child and of those that its supervisor's strategy ties to it. */
  restart(path: string): Promise<RestartAnswer>;
  monitor(listener: LifecycleListener): () => void;
  /** Told that statuses differ from before: starts, exits, states, restarts. Counters alone tell nothing. Called at once, unthrottled. */
  onChange(listener: () => void): () => void;
}

/** How a host is published while no link of its own runs: its last state with another liveness, under a new state epoch. */
import { createHostMemory } from '../../model/host/host-memory.ts';
import type { Liveness } from '../../model/host/liveness.ts';
import { project } from '../../model/host/project.ts';
import type { Clock, Random } from '../../model/seams.ts';
import type { HostConfig, HostState } from '../../model/host/state.ts';
import type { Feed, PublisherHandle } from '../view/feed.ts';

export interface Standing {
  /** Publishes the host until a link or another call of this does. */
  show(config: HostConfig, liveness: Omit<Liveness, 'lastContactAt'>, last: HostState | null): void;
  /** The host is no more: clients forget it. */
  remove(id: string): void;
  /** A link publishes it now. */
  leave(id: string): void;
  close(): void;
}

export function createStanding(feed: Feed, clock: Clock, random: Random): Standing {
  const handles = new Map<string, PublisherHandle>();
  const attach = (id: string, republish: () => void): PublisherHandle => {
    handles.get(id)?.detach();
    const handle = feed.attach({ host: id, token: feed.nextToken(), republish });
    handles.set(id, handle);
    return handle;
  };
  const leave = (id: string): void => {
    handles.get(id)?.detach();
    handles.delete(id);
  };
  return {
    show({ id, name, tags, enabled, source }, liveness, last) {
      const memory = createHostMemory({ name, tags, enabled, source }, { ...liveness, lastContactAt: null }, last);
      const state = project(memory, { wall: clock.now(), mono: clock.monotonic() });
      const publish = (): void => handle.snapshot(random.id(), 1, state);
      const handle = attach(id, publish);
      publish();
    },
    remove(id) {
      attach(id, () => undefined).removed();
      leave(id);
    },
    leave,
    close() {
      for (const id of handles.keys()) leave(id);
    },
  };
}

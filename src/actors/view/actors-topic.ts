/** The topic `actors`: the live tree, at most one delta a second, none for counters alone. */
import type { ServerFrameOf } from '../../model/frames.ts';
import type { PatchOp } from '../../model/patch.ts';
import type { ActorStatus } from '../../model/status.ts';

/** The live actor tree: the registry of the supervisors. */
export interface ActorsFeed {
  /** Every running actor, in tree order. */
  list(): ActorStatus[];
  /** Called (as often as it likes, even for counters alone) when something may have changed. Returns how to end it. */
  onChange(listener: () => void): () => void;
}

export interface ActorsTopicOptions {
  source: ActorsFeed;
  epoch: string;
  /** Least ms between two deltas. */
  everyMs: number;
  now: () => number;
  /** A timer; returns its cancel. */
  later: (ms: number, run: () => void) => () => void;
  publish: (frame: string) => void;
}

export interface ActorsTopic {
  /** What subscribers hold, as a frame. `alone`: there is none yet, so it is read anew. */
  snapshot(alone: boolean): string;
  /** With the first subscriber, and after the last. */
  watch(on: boolean): void;
}

export function createActorsTopic({ source, epoch, everyMs, now, later, publish }: ActorsTopicOptions): ActorsTopic {
  let held = new Map<string, ActorStatus>();
  let seq = 1;
  let lastAt = -Infinity;
  let cancel: (() => void) | null = null;
  let unwatch: (() => void) | null = null;

  const tick = (): void => {
    cancel = null;
    const ops: PatchOp[] = [];
    const next = new Map(source.list().map((status) => [status.path, status]));
    for (const path of held.keys()) if (!next.has(path)) ops.push({ op: 'remove', path: pointer(path) });
    for (const [path, status] of next) {
      const before = held.get(path);
      if (before === undefined) ops.push({ op: 'add', path: pointer(path), value: status });
      else if (changed(before, status)) ops.push({ op: 'replace', path: pointer(path), value: status });
      // Clients hold the counters of the last change that was worth a delta.
      else next.set(path, before);
    }
    if (ops.length === 0) return;
    held = next;
    seq += 1;
    lastAt = now();
    publish(JSON.stringify({ type: 'actors.delta', epoch, seq, ops } satisfies ServerFrameOf<'actors.delta'>));
  };

  return {
    snapshot(alone) {
      if (alone) {
        held = new Map(source.list().map((status) => [status.path, status]));
        seq += 1;
      }
      return JSON.stringify({ type: 'actors.snapshot', epoch, seq, actors: Object.fromEntries(held) } satisfies ServerFrameOf<'actors.snapshot'>);
    },
    watch(on) {
      if (on === (unwatch !== null)) return;
      if (on) {
        unwatch = source.onChange(() => {
          cancel ??= later(Math.max(0, lastAt + everyMs - now()), tick);
        });
        return;
      }
      unwatch?.();
      cancel?.();
      unwatch = null;
      cancel = null;
    },
  };
}

function pointer(path: string): string {
  return `/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function changed(a: ActorStatus, b: ActorStatus): boolean {
  return a.state !== b.state || a.incarnation !== b.incarnation || a.since !== b.since || a.kind !== b.kind || a.name !== b.name
    || a.restarts.count !== b.restarts.count || a.restarts.total !== b.restarts.total
    || a.lastExit?.at !== b.lastExit?.at || a.lastExit?.reason !== b.lastExit?.reason;
}

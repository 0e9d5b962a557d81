/** Each host's last published state and a short memory of its deltas. It computes nothing. */
import { createStore } from '@xstate/store';
import type { ServerFrameOf } from '../../model/frames.ts';
import type { Limits } from '../../model/limits.ts';
import type { PatchOp } from '../../model/patch.ts';
import type { HostState, PublishedHost } from '../../model/host/state.ts';
import type { ChildContext, Started } from '../child.ts';
import type { Feed, FleetSink } from './feed.ts';
import { startWorker } from '../worker.ts';

export interface FleetStoreDeps {
  feed: Feed;
  limits: Pick<Limits, 'deltaMemory'>;
}

interface Remembered {
  seq: number;
  /** The encoded frame. A string: a slice of a Buffer pool would keep the whole slab of other hosts' deltas alive. */
  frame: string;
  bytes: number;
}

interface Held extends PublishedHost {
  /** Without a hole, up to `seq`. */
  deltas: Remembered[];
  bytes: number;
}

interface Published { host: string; epoch: string; seq: number; state: HostState }

/** The map is changed in place, under a new context object: copying it for each delta of 1,000 hosts costs 20 µs a delta. */
interface FleetContext {
  hosts: Map<string, Held>;
  changes: number;
}

function fleetStore({ count, bytes }: Limits['deltaMemory']) {
  return createStore({
    context: { hosts: new Map(), changes: 0 } as FleetContext,
    on: {
      snapshot: ({ hosts, changes }, { host, epoch, seq, state }: Published) => {
        hosts.set(host, { host, epoch, seq, state, deltas: [], bytes: 0 });
        return { hosts, changes: changes + 1 };
      },
      delta: ({ hosts, changes }, { host, epoch, seq, state, frame }: Published & { frame: string }) => {
        const held = hosts.get(host);
        const size = Buffer.byteLength(frame);
        const deltas = held?.deltas ?? [];
        deltas.push({ seq, frame, bytes: size });
        let sum = (held?.bytes ?? 0) + size;
        while (deltas.length > count || sum > bytes) sum -= deltas.shift()?.bytes ?? sum;
        hosts.set(host, { host, epoch, seq, state, deltas, bytes: sum });
        return { hosts, changes: changes + 1 };
      },
      removed: ({ hosts, changes }, { host }: { host: string }) => {
        hosts.delete(host);
        return { hosts, changes: changes + 1 };
      },
    },
  });
}

/** The supervised child. On its start every publisher publishes its whole state into it. */
export function startFleetStore(context: ChildContext, { feed, limits }: FleetStoreDeps): Started {
  return startWorker(context, (self) => {
    const store = fleetStore(limits.deltaMemory);
    const held = (host: string): Held | undefined => store.getSnapshot().context.hosts.get(host);
    const place = ({ host, epoch, seq, state }: Held): PublishedHost => ({ host, epoch, seq, state });
    const sink: FleetSink = {
      snapshot(host, epoch, seq, state) {
        store.trigger.snapshot({ host, epoch, seq, state });
        context.probe.handled();
      },
      delta(host, epoch, seq, ops, state) {
        const before = held(host);
        if (before === undefined || before.epoch !== epoch || before.seq + 1 !== seq) return null;
        const frame = JSON.stringify({ type: 'fleet.delta', host, epoch, seq, ops: ops as PatchOp[] } satisfies ServerFrameOf<'fleet.delta'>);
        store.trigger.delta({ host, epoch, seq, state, frame });
        context.probe.handled();
        return frame;
      },
      removed(host) {
        store.trigger.removed({ host });
        context.probe.handled();
      },
      get(host) {
        const found = held(host);
        return found === undefined ? null : place(found);
      },
      list: () => [...store.getSnapshot().context.hosts.values()].map(place).sort((a, b) => (a.host < b.host ? -1 : 1)),
      deltasAfter(host, epoch, seq) {
        const found = held(host);
        if (found === undefined || found.epoch !== epoch || seq > found.seq) return null;
        const missing = found.seq - seq;
        return missing > found.deltas.length ? null : found.deltas.slice(found.deltas.length - missing).map(({ frame }) => frame);
      },
      crash: (error) => self.crash(error),
    };
    context.probe.state('holding', 'start');
    const attached = feed.attachStore(sink);
    return { receive() {}, cleanup: () => attached.detach() };
  });
}

/** The fleet as a client holds it: snapshots, deltas, holes. Each function gives what is held after the frame, and what to send. */
import type { ClientFrame, ServerFrameOf, Since } from './frames.ts';
import { applyPatch } from './patch.ts';
import type { HostState } from './host/state.ts';

export interface HeldHost {
  readonly epoch: string;
  readonly seq: number;
  readonly state: HostState;
}

export interface HeldFleet {
  /**
   * `none`: never had. `early`: the snapshot of this connection is still to come; deltas wait for it. `live`: deltas are applied.
   * `lost`: as `early`, and what is held is no position any more.
   */
  readonly phase: 'none' | 'early' | 'live' | 'lost';
  /** Kept while the connection is lost: old then, never wrong. Each is what the server had at its (epoch, seq). */
  readonly hosts: ReadonlyMap<string, HeldHost>;
  /** Hosts with a hole: one resync has been sent, and their deltas are dropped until the host.snapshot. */
  readonly awaiting: ReadonlySet<string>;
  /** Deltas that came before the snapshot. */
  readonly early: readonly Delta[];
}

export type Delta = ServerFrameOf<'fleet.delta'>;
export type FleetFrame = Delta | ServerFrameOf<'fleet.snapshot' | 'host.snapshot' | 'host.removed'>;

export interface FleetStep { fleet: HeldFleet; send: ClientFrame[] }

export const EMPTY_FLEET: HeldFleet = { phase: 'none', hosts: new Map(), awaiting: new Set(), early: [] };

/** Beyond it the oldest wait in vain: their hosts ask again. */
const EARLY_DELTAS = 1_000;
/** The server takes frames of 256 KiB; a longer list of positions is not sent, and everything comes anew. */
const POSITIONS_CHARS = 200_000;

export function fleetFrame(fleet: HeldFleet, frame: FleetFrame): FleetStep {
  switch (frame.type) {
    case 'fleet.snapshot': {
      const hosts = new Map(frame.hosts.map(({ host, epoch, seq, state }) => [host, { epoch, seq, state }]));
      return replay({ phase: 'live', hosts, awaiting: new Set(), early: fleet.early });
    }
    case 'host.snapshot': {
      const { host, epoch, seq, state } = frame;
      const held = fleet.hosts.get(host);
      // Within one epoch nothing goes back: this is older than what is held.
      if (held?.epoch === epoch && held.seq > seq) return { fleet, send: [] };
      return { fleet: { ...fleet, hosts: new Map(fleet.hosts).set(host, { epoch, seq, state }), awaiting: without(fleet.awaiting, host) }, send: [] };
    }
    case 'host.removed': {
      const hosts = new Map(fleet.hosts);
      hosts.delete(frame.host);
      return { fleet: { ...fleet, hosts, awaiting: without(fleet.awaiting, frame.host) }, send: [] };
    }
    case 'fleet.delta':
      if (fleet.phase === 'live') return applyDelta(fleet, frame);
      return { fleet: { ...fleet, early: [...fleet.early, frame].slice(-EARLY_DELTAS) }, send: [] };
    default:
      return frame satisfies never;
  }
}

/**
 * `subscribed` has said whether the hosts that were named continue. The others come whole behind it if they still exist; that one
 * of them is gone is not said, so they are let go of first.
 */
export function fleetSubscribed(fleet: HeldFleet, recovered: boolean): FleetStep {
  if (!recovered) return { fleet: { ...fleet, phase: 'lost' }, send: [] };
  const hosts = new Map([...fleet.hosts].filter(([host]) => !fleet.awaiting.has(host)));
  return replay({ ...fleet, phase: 'live', hosts, awaiting: new Set() });
}

/** A new connection: what is held stays, as a position if it was one. */
export function fleetReconnecting(fleet: HeldFleet): HeldFleet {
  return { ...fleet, phase: fleet.phase === 'live' ? 'early' : fleet.phase, early: [] };
}

export function fleetLagged(fleet: HeldFleet): HeldFleet {
  return { ...fleet, phase: fleet.phase === 'none' ? 'none' : 'lost' };
}

/** The `fleet` of `since`; undefined: no position. A host with a hole is not named, so that its snapshot comes. */
export function fleetPosition(fleet: HeldFleet): Since['fleet'] {
  if (fleet.phase !== 'early' && fleet.phase !== 'live') return undefined;
  const positions = Object.fromEntries(
    [...fleet.hosts].filter(([host]) => !fleet.awaiting.has(host)).map(([host, { epoch, seq }]): [string, [string, number]] => [host, [epoch, seq]]),
  );
  return JSON.stringify(positions).length > POSITIONS_CHARS ? undefined : positions;
}

function applyDelta(fleet: HeldFleet, { host, epoch, seq, ops }: Delta): FleetStep {
  if (fleet.awaiting.has(host)) return { fleet, send: [] };
  const held = fleet.hosts.get(host);
  if (held === undefined || held.epoch !== epoch || seq > held.seq + 1) return hole(fleet, host);
  if (seq <= held.seq) return { fleet, send: [] };
  let state: HostState;
  try {
    state = applyPatch(held.state, ops);
  } catch {
    // It does not fit what is held, so what is held is not what the server has.
    return hole(fleet, host);
  }
  return { fleet: { ...fleet, hosts: new Map(fleet.hosts).set(host, { epoch, seq, state }) }, send: [] };
}

function hole(fleet: HeldFleet, host: string): FleetStep {
  return { fleet: { ...fleet, awaiting: new Set(fleet.awaiting).add(host) }, send: [{ type: 'resync', host }] };
}

function replay(fleet: HeldFleet): FleetStep {
  const send: ClientFrame[] = [];
  let after: HeldFleet = { ...fleet, early: [] };
  for (const delta of fleet.early) {
    const step = applyDelta(after, delta);
    after = step.fleet;
    send.push(...step.send);
  }
  return { fleet: after, send };
}

function without(set: ReadonlySet<string>, host: string): ReadonlySet<string> {
  if (!set.has(host)) return set;
  const rest = new Set(set);
  rest.delete(host);
  return rest;
}

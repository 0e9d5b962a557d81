/** The topic `fleet`: its snapshots, and how a client that comes back goes on. */
import type { ServerFrameOf, Since } from '../../model/frames.ts';
import type { HostState, PublishedHost } from '../../model/host/state.ts';
import type { FleetSink } from './feed.ts';
import { textFrame } from './frame-buffer.ts';

export interface FleetTopic {
  /** Something was published: the whole snapshot held ready is old. */
  touched(): void;
  fleetSnapshot(fleet: FleetSink): Buffer;
  hostSnapshot(host: PublishedHost): Buffer;
  hostRemoved(host: string): Buffer;
  /** The frames that bring a client from there to now; null: not every host continues, so it gets everything. */
  resume(fleet: FleetSink, since: Since['fleet']): Buffer[] | null;
}

export function createFleetTopic(): FleetTopic {
  /** A thousand dashboards that come back at once share one Buffer. */
  let whole: Buffer | null = null;
  /** A state is encoded once however many snapshots hold it; gone with the state. */
  const encoded = new WeakMap<HostState, string>();

  const stateText = (state: HostState): string => {
    const known = encoded.get(state);
    if (known !== undefined) return known;
    const text = JSON.stringify(state);
    encoded.set(state, text);
    return text;
  };
  /** The members of a hostEntry without its braces. */
  const entryText = ({ host, epoch, seq, state }: PublishedHost): string =>
    `"host":${JSON.stringify(host)},"epoch":${JSON.stringify(epoch)},"seq":${seq},"state":${stateText(state)}`;

  const hostSnapshot = (host: PublishedHost): Buffer => textFrame(`{"type":"host.snapshot",${entryText(host)}}`);
  const hostRemoved = (host: string): Buffer => textFrame(JSON.stringify({ type: 'host.removed', host } satisfies ServerFrameOf<'host.removed'>));

  return {
    touched: () => void (whole = null),
    fleetSnapshot(fleet) {
      whole ??= textFrame(`{"type":"fleet.snapshot","hosts":[${fleet.list().map((host) => `{${entryText(host)}}`).join(',')}]}`);
      return whole;
    },
    hostSnapshot,
    hostRemoved,
    resume(fleet, since) {
      if (since === undefined) return null;
      const frames: Buffer[] = [];
      const named = new Set<string>();
      for (const [host, [epoch, seq]] of Object.entries(since)) {
        named.add(host);
        if (fleet.get(host) === null) {
          frames.push(hostRemoved(host));
          continue;
        }
        const deltas = fleet.deltasAfter(host, epoch, seq);
        if (deltas === null) return null;
        for (const delta of deltas) frames.push(textFrame(delta));
      }
      for (const host of fleet.list()) if (!named.has(host.host)) frames.push(hostSnapshot(host));
      return frames;
    },
  };
}

/** A dashboard on a line that drops, doubles and delays deltas: the reference client, fed from a node's feed. It outlives nodes. */
import type { BroadcastLink, Feed } from '../../src/actors/view/feed.ts';
import type { Client, Step } from '../../src/model/client.ts';
import { closed, createClient, opened, received } from '../../src/model/client.ts';
import type { PublishedHost } from '../../src/model/host/state.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface Watcher {
  /** A node lives: connect to it. */
  connect(feed: Feed): void;
  /** The node was killed. */
  cut(): void;
  /** From now on every frame comes, once and in order. */
  heal(): void;
  /** What is wrong with what it holds; empty: it holds exactly what the node publishes. */
  differs(): string[];
}

export function createWatcher(random: SeededRandom): Watcher {
  let client: Client = createClient(['fleet']);
  let feed: Feed | null = null;
  let link: BroadcastLink | null = null;
  let delayed: string[] = [];
  let healthy = false;
  let lives = 0;
  const faults: string[] = [];

  const take = (frame: object | string): void => {
    const step: Step = received(client, typeof frame === 'string' ? frame : JSON.stringify(frame));
    client = step.client;
    faults.push(...step.faults);
    for (const sent of step.send) {
      if (feed === null) return;
      if (sent.type === 'resync') {
        const host = feed.readHost(sent.host);
        take(host === null ? { type: 'host.removed', host: sent.host } : { type: 'host.snapshot', ...place(host) });
      } else if (sent.type === 'subscribe') {
        take({ type: 'subscribed', topics: { fleet: { recovered: false } } });
        take({ type: 'fleet.snapshot', hosts: feed.readFleet().map(place) });
      }
    }
  };
  const release = (): void => {
    const late = delayed;
    delayed = [];
    for (const frame of late) take(frame);
  };

  return {
    connect(next) {
      feed = next;
      lives += 1;
      client = opened(client);
      link = next.attachBroadcaster({
        hostSnapshot(host) {
          const held = next.readHost(host);
          if (held !== null) take({ type: 'host.snapshot', ...place(held) });
        },
        hostDelta(_host, frame) {
          const fate = healthy ? 1 : random.next();
          if (fate < 0.03) return;
          if (fate < 0.06) {
            delayed.push(frame);
            return;
          }
          take(frame);
          if (fate < 0.1) take(frame);
          if (fate < 0.2) release();
        },
        hostRemoved: (host) => take({ type: 'host.removed', host }),
        activity: () => {}, gap: () => {}, perf: () => {}, log: () => {}, lagged: () => {},
        crash: (error) => void faults.push(String(error)),
      });
      take({ type: 'hello', protocol: 1, server: { name: 'drover', version: '0.0.0' }, serverEpoch: `life-${lives}` });
    },
    cut() {
      link?.detach();
      link = null;
      feed = null;
      delayed = [];
      ({ client } = closed(client, 60_000, random));
    },
    heal() {
      healthy = true;
      release();
    },
    differs() {
      if (feed === null) return ['the client is not connected'];
      const wrong = [...faults];
      const published = new Map(feed.readFleet().map((host) => [host.host, host]));
      for (const [id, held] of client.fleet.hosts) {
        const host = published.get(id);
        if (host === undefined) wrong.push(`${id}: the client holds a host that is gone`);
        else if (held.epoch !== host.epoch || held.seq !== host.seq) wrong.push(`${id}: the client is at ${held.epoch}/${held.seq}, the server at ${host.epoch}/${host.seq}`);
        else if (JSON.stringify(sorted(held.state)) !== JSON.stringify(sorted(host.state))) wrong.push(`${id}: the client's state differs at seq ${held.seq}`);
      }
      for (const id of published.keys()) if (!client.fleet.hosts.has(id)) wrong.push(`${id}: the client does not have it`);
      return wrong;
    },
  };
}

const place = ({ host, epoch, seq, state }: PublishedHost): PublishedHost => ({ host, epoch, seq, state });

/** Patches may put members in another order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

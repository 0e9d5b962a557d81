/**
 * The reference client of `/ws`, pure: what came in, what it holds, what to send. The owner has the socket and the timers:
 *
 *   open     -> `opened`
 *   message  -> `received`: send, show what is delivered, read over HTTP what is to be refilled
 *   close    -> `closed`: open again after `reconnectMs`
 */
import { EMPTY_FLEET, fleetFrame, fleetLagged, fleetPosition, fleetReconnecting, fleetSubscribed } from './client-fleet.ts';
import type { HeldFleet } from './client-fleet.ts';
import { COUNTED_STREAMS, type CountedStream } from './counted-streams.ts';
import type { ClientFrame, ServerFrame, ServerFrameOf, Since } from './frames.ts';
import { readServerFrame, type Read } from './frame-reader.ts';
import { applyPatch } from './patch.ts';
import type { Random } from './seams.ts';
import type { ActorStatus } from './status.ts';

export interface HeldActors {
  readonly epoch: string;
  readonly seq: number;
  readonly actors: Readonly<Record<string, ActorStatus>>;
}

/** What a client holds. Values are never changed in place, so a view may compare by identity. */
export interface Client {
  readonly topics: readonly string[];
  /** `connecting`: no hello yet. `open`: after hello. `closed`: before the first open, and between a close and the next. */
  readonly connection: 'connecting' | 'open' | 'closed';
  readonly serverEpoch: string | null;
  /** Drover's. */
  readonly version: string | null;
  readonly fleet: HeldFleet;
  /** Kept over a hole and a lost connection, to be looked at; null before the first snapshot. */
  readonly actors: HeldActors | null;
  /** After a hole, until the snapshot that was asked for. */
  readonly actorsAwaited: boolean;
  /** The last `n` held of each stream; null: no position. */
  readonly positions: Readonly<Record<CountedStream, number | null>>;
  /** Topics that this connection was not given, each with the reason, for people. Asked for again on the next, or after `retopic` without and with. */
  readonly refused: ReadonlyMap<string, string>;
  /** Connections in a row that did not last. */
  readonly attempts: number;
}

export type StreamFrame = ServerFrameOf<'activity' | 'gap' | 'run' | 'perf' | 'log' | 'log.history'>;

export interface Step {
  client: Client;
  send: ClientFrame[];
  /** Stream frames to show; none twice. */
  deliver: StreamFrame[];
  /** Streams of which something may have been missed: read their history over HTTP and merge. */
  refill: CountedStream[];
  /** What the server complained of, and frames that are not what their type should be. For people. */
  faults: string[];
}

export interface ReconnectLimits { minMs: number; maxMs: number; healthyMs: number }

const NONE_REFUSED: Client['refused'] = new Map();

export const RECONNECT: ReconnectLimits = { minMs: 1_000, maxMs: 30_000, healthyMs: 10_000 };

export function createClient(topics: readonly string[]): Client {
  return {
    topics: [...new Set(topics)], connection: 'closed', serverEpoch: null, version: null, fleet: EMPTY_FLEET, actors: null, actorsAwaited: false,
    positions: { activity: null, runs: null, gaps: null }, refused: NONE_REFUSED, attempts: 0,
  };
}

/** The socket is open. What to send follows `hello`. */
export function opened(client: Client): Client {
  return { ...client, connection: 'connecting', fleet: fleetReconnecting(client.fleet), actorsAwaited: false, refused: NONE_REFUSED };
}

/** One text frame; `reader`: how deep it is checked. */
export function received(client: Client, text: string, reader: (text: string) => Read = readServerFrame): Step {
  const read = reader(text);
  switch (read.kind) {
    case 'unknown': return step(client);
    case 'malformed': return step(client, { faults: [read.what] });
    case 'frame': return frameReceived(client, read.frame);
    default: return read satisfies never;
  }
}

/** The socket is gone, by whatever code (1006 too), or did not open (`openMs` 0). Full jitter from 1 s up to a ceiling that doubles to 30 s. */
export function closed(client: Client, openMs: number, random: Random, limits = RECONNECT): { client: Client; reconnectMs: number } {
  const attempts = openMs >= limits.healthyMs ? 0 : client.attempts;
  const ceiling = Math.min(limits.maxMs, limits.minMs * 2 ** (attempts + 1));
  const reconnectMs = Math.floor(limits.minMs + random.next() * (ceiling - limits.minMs));
  return { client: { ...client, connection: 'closed', fleet: fleetReconnecting(client.fleet), attempts: attempts + 1 }, reconnectMs };
}

/** Other topics from now on. What is no longer subscribed is no longer held. */
export function retopic(client: Client, topics: readonly string[]): Step {
  const next = [...new Set(topics)];
  const added = next.filter((topic) => !client.topics.includes(topic));
  const gone = client.topics.filter((topic) => !next.includes(topic));
  const after: Client = {
    ...client,
    topics: next,
    fleet: gone.includes('fleet') ? EMPTY_FLEET : client.fleet,
    actors: gone.includes('actors') ? null : client.actors,
    positions: mapPositions((stream) => (gone.includes(stream) ? null : client.positions[stream])),
    refused: without(client.refused, gone),
  };
  if (client.connection !== 'open') return step(after);
  const send: ClientFrame[] = [];
  if (gone.length > 0) send.push({ type: 'unsubscribe', topics: gone });
  if (added.length > 0) send.push(subscribing(added));
  return step(after, { send });
}

function frameReceived(client: Client, frame: ServerFrame): Step {
  switch (frame.type) {
    case 'hello': {
      const { serverEpoch, server: { version } } = frame;
      // Positions in streams are those of one broadcaster; state epochs stand for themselves.
      const positions = serverEpoch === client.serverEpoch ? client.positions : mapPositions(() => null);
      const after: Client = { ...client, connection: 'open', serverEpoch, version, positions };
      const send: ClientFrame[] = client.topics.length === 0 ? [] : [{ ...subscribing(client.topics), since: sinceOf(after) }];
      return step(after, { send });
    }
    case 'subscribed': return subscribed(client, frame.topics);
    case 'fleet.snapshot': case 'host.snapshot': case 'fleet.delta': case 'host.removed': {
      // One that was on its way when the topic was left.
      if (!client.topics.includes('fleet')) return step(client);
      const { fleet, send } = fleetFrame(client.fleet, frame);
      return step({ ...client, fleet }, { send });
    }
    case 'actors.snapshot': {
      const { epoch, seq, actors } = frame;
      return step({ ...client, actors: { epoch, seq, actors }, actorsAwaited: false });
    }
    case 'actors.delta': return actorsDelta(client, frame);
    case 'activity': return counted(client, 'activity', frame);
    case 'gap': return counted(client, 'gaps', frame);
    case 'run': return counted(client, 'runs', frame);
    case 'perf': case 'log': case 'log.history': return step(client, { deliver: [frame] });
    case 'lagged': {
      const refill = COUNTED_STREAMS.filter((stream) => frame.topics.includes(stream));
      return step({
        ...client,
        fleet: frame.topics.includes('fleet') ? fleetLagged(client.fleet) : client.fleet,
        actorsAwaited: client.actorsAwaited || frame.topics.includes('actors'),
        positions: mapPositions((stream) => (refill.includes(stream) ? null : client.positions[stream])),
      }, { refill });
    }
    case 'error':
      if (frame.topic !== undefined && client.topics.includes(frame.topic)) return step({ ...client, refused: new Map([...client.refused, [frame.topic, frame.message]]) });
      return step(client, { faults: [`${frame.code}: ${frame.message}`] });
    default: return frame satisfies never;
  }
}

function subscribed(client: Client, topics: ServerFrameOf<'subscribed'>['topics']): Step {
  const refill = COUNTED_STREAMS.filter((stream) => topics[stream]?.recovered === false);
  const positions = mapPositions((stream) => (refill.includes(stream) ? null : client.positions[stream]));
  const refused = without(client.refused, Object.keys(topics));
  if (topics.fleet === undefined || !client.topics.includes('fleet')) return step({ ...client, positions, refused }, { refill });
  const { fleet, send } = fleetSubscribed(client.fleet, topics.fleet.recovered);
  return step({ ...client, positions, refused, fleet }, { refill, send });
}

function actorsDelta(client: Client, { epoch, seq, ops }: ServerFrameOf<'actors.delta'>): Step {
  const held = client.actors;
  if (client.actorsAwaited || !client.topics.includes('actors')) return step(client);
  if (held?.epoch === epoch && seq <= held.seq) return step(client);
  if (held?.epoch === epoch && seq === held.seq + 1) {
    try {
      return step({ ...client, actors: { epoch, seq, actors: applyPatch(held.actors, ops) } });
    } catch {
      // As a hole.
    }
  }
  return step({ ...client, actorsAwaited: true }, { send: [{ type: 'subscribe', topics: ['actors'] }] });
}

function counted(client: Client, stream: CountedStream, frame: ServerFrameOf<'activity' | 'gap' | 'run'>): Step {
  const position = client.positions[stream];
  if (position !== null && frame.n <= position) return step(client);
  const missed = position !== null && frame.n > position + 1;
  return step({ ...client, positions: { ...client.positions, [stream]: frame.n } }, { deliver: [frame], refill: missed ? [stream] : [] });
}

function subscribing(topics: readonly string[]): Extract<ClientFrame, { type: 'subscribe' }> {
  return { type: 'subscribe', topics: [...topics], ...(topics.some((topic) => topic.startsWith('logs:')) ? { history: true } : {}) };
}

function sinceOf({ serverEpoch, fleet, positions }: Client): Since {
  const since: Since = {};
  const hosts = fleetPosition(fleet);
  if (serverEpoch !== null) since.serverEpoch = serverEpoch;
  if (hosts !== undefined) since.fleet = hosts;
  for (const stream of COUNTED_STREAMS) if (positions[stream] !== null) since[stream] = positions[stream];
  return since;
}

/** The same one where nothing is taken out. */
function without(refused: Client['refused'], topics: readonly string[]): Client['refused'] {
  return topics.some((topic) => refused.has(topic)) ? new Map([...refused].filter(([topic]) => !topics.includes(topic))) : refused;
}

function mapPositions(of: (stream: CountedStream) => number | null): Client['positions'] {
  return { activity: of('activity'), runs: of('runs'), gaps: of('gaps') };
}

function step(client: Client, rest: Partial<Omit<Step, 'client'>> = {}): Step {
  return { client, send: [], deliver: [], refill: [], faults: [], ...rest };
}

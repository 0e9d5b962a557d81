/**
 * What clients send and what they are answered. For each topic of a `subscribe`, position, replay and going live are one
 * synchronous step: what is pending goes out first, then the answer, then the client is among those that hear what comes.
 */
import { COUNTED_STREAMS, type CountedStream } from '../../model/counted-streams.ts';
import { clientFrame, parseTopic } from '../../model/frames.ts';
import type { ClientFrame, FrameError, ServerFrameOf, Since, Topic } from '../../model/frames.ts';
import type { LogChunk } from '../../model/host/log-memory.ts';
import type { FleetSink } from './feed.ts';
import type { ActorsTopic } from './actors-topic.ts';
import type { Audiences } from './audiences.ts';
import type { FleetTopic } from './fleet-topic.ts';
import { textFrame } from './frame-buffer.ts';
import { logHistoryFrame } from './log-frames.ts';
import type { LogReaders } from './log-readers.ts';
import type { StreamMemory } from './stream-memory.ts';
import type { ClientSocket } from './dashboard.ts';

export interface Topics {
  serverEpoch: string;
  audiences: Audiences;
  fleetTopic: FleetTopic;
  actorsTopic: ActorsTopic;
  streams: Record<CountedStream, StreamMemory>;
  recentLogs(host: string, model: string | null): readonly LogChunk[];
  readers: LogReaders;
}

/** The frames that answer it, in order. `flush` has been called. */
export function subscribe(topics: Topics, fleet: FleetSink, client: ClientSocket, frame: Extract<ClientFrame, { type: 'subscribe' }>): Buffer[] {
  const wanted = new Set(client.audience.topics);
  const answer: ServerFrameOf<'subscribed'>['topics'] = {};
  const after: Buffer[] = [];
  for (const name of new Set(frame.topics)) {
    const topic = existing(fleet, name);
    if (topic === null) {
      after.push(errorFrame('unknown_topic', `there is no topic ${quoted(name)}`));
      continue;
    }
    if (topic.kind === 'logs' && topic.model !== null && !wanted.has(name) && !topics.readers.add(topic.host, topic.model)) {
      after.push(errorFrame('too_many_log_streams', `host ${topic.host} has as many models' logs open as it may: leave one of them first`, name));
      continue;
    }
    const { recovered, frames } = begin(topics, fleet, topic, frame);
    wanted.add(name);
    answer[name] = { recovered };
    after.push(...frames);
  }
  topics.audiences.move(client, topics.audiences.of(wanted));
  topics.actorsTopic.watch(topics.audiences.heard('actors'));
  return [encoded({ type: 'subscribed', topics: answer }), ...after];
}

export function unsubscribe(topics: Topics, client: ClientSocket, names: Iterable<string>): void {
  const wanted = new Set(client.audience.topics);
  for (const name of names) {
    if (!wanted.delete(name)) continue;
    const topic = parseTopic(name);
    if (topic?.kind === 'logs' && topic.model !== null) topics.readers.remove(topic.host, topic.model);
  }
  topics.audiences.move(client, topics.audiences.of(wanted));
  topics.actorsTopic.watch(topics.audiences.heard('actors'));
}

/** The client is gone. */
export function leave(topics: Topics, client: ClientSocket): void {
  for (const name of client.audience.topics) {
    const topic = parseTopic(name);
    if (topic?.kind === 'logs' && topic.model !== null) topics.readers.remove(topic.host, topic.model);
  }
  topics.audiences.leave(client);
  topics.actorsTopic.watch(topics.audiences.heard('actors'));
}

/** What a client that has read nothing for a while is told: which topics it lost, and the states anew. Lossy topics alone make nobody lagged. */
export function afterStall(topics: Topics, fleet: FleetSink, client: ClientSocket): Buffer[] {
  const held = client.audience.topics;
  const lost = [...held].filter((name) => name === 'fleet' || name === 'actors' || isCounted(name));
  if (lost.length === 0) return [];
  const frames = [encoded({ type: 'lagged', topics: lost })];
  if (held.has('fleet')) frames.push(topics.fleetTopic.fleetSnapshot(fleet));
  if (held.has('actors')) frames.push(textFrame(topics.actorsTopic.snapshot(false)));
  return frames;
}

export function resync(topics: Topics, fleet: FleetSink, host: string): Buffer {
  const published = fleet.get(host);
  return published === null ? topics.fleetTopic.hostRemoved(host) : topics.fleetTopic.hostSnapshot(published);
}

export function errorFrame(code: FrameError, message: string, topic?: string): Buffer {
  return encoded({ type: 'error', code, message, ...(topic === undefined ? {} : { topic }) });
}

/** A client's frame, or the sentence that says what is wrong with it. */
export function readClientFrame(text: string): ClientFrame | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'a frame is one JSON object; this is not JSON';
  }
  const { success, data, error } = clientFrame.safeParse(parsed);
  if (success) return data;
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the frame' : issue.path.join('.');
  return `a frame is one of subscribe {topics, since?}, unsubscribe {topics}, resync {host}; ${where}: ${issue?.message ?? 'malformed'}`.slice(0, 400);
}

function begin(topics: Topics, fleet: FleetSink, topic: Topic, { since, history = false }: { since?: Since | undefined; history?: boolean | undefined }): { recovered: boolean; frames: Buffer[] } {
  switch (topic.kind) {
    case 'fleet': {
      const frames = topics.fleetTopic.resume(fleet, since?.fleet);
      return frames === null ? { recovered: false, frames: [topics.fleetTopic.fleetSnapshot(fleet)] } : { recovered: true, frames };
    }
    case 'actors':
      return { recovered: false, frames: [textFrame(topics.actorsTopic.snapshot(!topics.audiences.heard('actors')))] };
    case 'activity': case 'runs': case 'gaps': {
      const position = since?.serverEpoch === topics.serverEpoch ? since[topic.kind] : undefined;
      const missing = position === undefined ? null : topics.streams[topic.kind].after(position);
      return { recovered: missing !== null, frames: (missing ?? []).map(textFrame) };
    }
    case 'perf':
      return { recovered: false, frames: [] };
    case 'logs':
      return { recovered: false, frames: history ? [logHistoryFrame(topic.host, topic.model, topics.recentLogs(topic.host, topic.model))] : [] };
    default:
      return topic satisfies never;
  }
}

/** null: no such topic, or of a host or model that is not there. */
function existing(fleet: FleetSink, name: string): Topic | null {
  const topic = parseTopic(name);
  if (topic?.kind !== 'logs') return topic;
  const host = fleet.get(topic.host);
  if (host === null) return null;
  return topic.model === null || Object.hasOwn(host.state.models, topic.model) ? topic : null;
}

function isCounted(name: string): boolean {
  return (COUNTED_STREAMS as readonly string[]).includes(name);
}

function encoded(frame: ServerFrameOf<'subscribed' | 'lagged' | 'error'>): Buffer {
  return textFrame(JSON.stringify(frame));
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

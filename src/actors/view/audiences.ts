/**
 * Clients with the same topics are one audience: what a tick has for them is put together once, and every one of them is written
 * the same Buffer. So the cost of a tick is one write a client, whatever its frames.
 */
import type { Batch } from './client-socket.ts';
import type { Audience, ClientSocket } from './dashboard.ts';

export interface Audiences {
  /** The audience of these topics; made where there is none. */
  of(topics: Iterable<string>): Audience;
  move(client: ClientSocket, to: Audience): void;
  leave(client: ClientSocket): void;
  /** Has the topic any subscriber? */
  heard(topic: string): boolean;
  publish(topic: string, data: Buffer): void;
  publishLossy(topic: string, data: Buffer, key: string, amount: number): void;
  /** Nothing waits for the tick. */
  idle(): boolean;
  /** Frames that wait for the tick. */
  pending(): number;
  /** Hands over each audience that has something, and is empty afterwards. */
  flush(write: (client: ClientSocket, batch: Batch) => void): void;
}

export function createAudiences(): Audiences {
  const audiences = new Map<string, Audience>();
  const byTopic = new Map<string, Set<Audience>>();
  let dirty = new Set<Audience>();

  const of = (topics: Iterable<string>): Audience => {
    const sorted = [...new Set(topics)].sort();
    const key = JSON.stringify(sorted);
    const known = audiences.get(key);
    if (known !== undefined) return known;
    const audience: Audience = { key, topics: new Set(sorted), clients: new Set(), must: [], lossy: [] };
    audiences.set(key, audience);
    for (const topic of sorted) {
      const heard = byTopic.get(topic);
      if (heard === undefined) byTopic.set(topic, new Set([audience]));
      else heard.add(audience);
    }
    return audience;
  };
  const leave = (client: ClientSocket): void => {
    const { audience } = client;
    audience.clients.delete(client);
    if (audience.clients.size > 0) return;
    audiences.delete(audience.key);
    dirty.delete(audience);
    for (const topic of audience.topics) {
      const heard = byTopic.get(topic);
      heard?.delete(audience);
      if (heard?.size === 0) byTopic.delete(topic);
    }
  };

  return {
    of,
    leave,
    move(client, to) {
      if (client.audience !== to) leave(client);
      client.audience = to;
      to.clients.add(client);
    },
    heard: (topic) => byTopic.has(topic),
    publish(topic, data) {
      for (const audience of byTopic.get(topic) ?? []) {
        audience.must.push(data);
        dirty.add(audience);
      }
    },
    publishLossy(topic, data, key, amount) {
      for (const audience of byTopic.get(topic) ?? []) {
        audience.lossy.push({ key, amount, data });
        dirty.add(audience);
      }
    },
    idle: () => dirty.size === 0,
    pending: () => [...dirty].reduce((sum, { must, lossy }) => sum + must.length + lossy.length, 0),
    flush(write) {
      const full = dirty;
      if (full.size === 0) return;
      dirty = new Set();
      for (const audience of full) {
        const { must, lossy } = audience;
        audience.must = [];
        audience.lossy = [];
        const batch = batchOf(must, lossy);
        for (const client of audience.clients) write(client, batch);
      }
    },
  };
}

function batchOf(must: readonly Buffer[], lossy: Audience['lossy']): Batch {
  let mustOnly: Buffer | null | undefined;
  return {
    all: join([...must, ...lossy.map(({ data }) => data)]),
    must() {
      mustOnly ??= must.length === 0 ? null : join(must);
      return mustOnly;
    },
    lossy,
    frames: must.length + lossy.length,
  };
}

function join(buffers: readonly Buffer[]): Buffer {
  const [first] = buffers;
  return buffers.length === 1 && first !== undefined ? first : Buffer.concat(buffers);
}

/** A link whose host is a list of reads: the real body, feed, fleet-store, broadcaster and queue, on a clock that is moved by hand. */
import { pino } from 'pino';
import { startBroadcaster } from '../../src/actors/view/broadcaster.ts';
import type { ChildContext } from '../../src/actors/child.ts';
import { createFeed } from '../../src/actors/view/feed.ts';
import { startFleetStore } from '../../src/actors/view/fleet-store.ts';
import { createBody, type IngestFigures } from '../../src/actors/link/body.ts';
import { createReconnectLimiter } from '../../src/actors/link/reconnect-limiter.ts';
import { createSocketGate } from '../../src/actors/view/socket-gate.ts';
import { createWriterQueue, type WriterQueue } from '../../src/actors/writers/writer-queue.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { Clock, HostAnswer, HostPort, StreamReader } from '../../src/model/seams.ts';
import { createMemoryStore } from '../../test/sim/memory-store.ts';
import { counterRandom } from '../../test/support/counter-random.ts';
import { virtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import { START, type Traffic } from './traffic.ts';

export interface FedLink {
  clock: VirtualClock;
  /** One read of the stream. `announced`: the host has all rows up to this id. */
  read(bytes: Uint8Array, announced: number): void;
  figures: IngestFigures;
  /** Rows that wait for the database. */
  queued(): number;
  /** Bodies that the host was asked for. */
  answers: Uint8Array[];
  /** The host's seq, after all that is due was published. */
  seq(): number;
  drop(): void;
}

/** Connected, its boot decided. What a read brings is in state, frame and queue after the next 50 ms of the clock. */
export async function feedLink({ greeting, rows, generation }: Traffic, id = 'gpu1', queue = benchQueue()): Promise<FedLink> {
  const clock = virtualClock(START);
  const random = counterRandom();
  const feed = createFeed({ report: fail });
  const store = startFleetStore(childContext('fleet-store', clock), { feed, limits: LIMITS });
  if (store.kind !== 'ok') throw new Error('the fleet-store did not start');
  store.actor.start();
  const broadcaster = startBroadcaster(childContext('broadcaster', clock), { feed, gate: createSocketGate(), actors: { list: () => [], onChange: () => () => {} }, random, limits: LIMITS, version: 'bench' });
  if (broadcaster.kind !== 'ok') throw new Error('the broadcaster did not start');
  broadcaster.actor.start();
  const figures: IngestFigures = { events: 0, bytes: 0, malformed: 0, unknown: 0, connects: 0, refused: { models: 0, requests: 0, gpus: 0 } };
  const answers: Uint8Array[] = [];
  let reader: StreamReader | null = null;
  let last = 0;
  const answer = (status: number, body: string): HostAnswer => ({ status, headers: {}, body: Buffer.from(body) });
  const port: HostPort = {
    open: () => Promise.resolve({ status: 200, headers: { 'content-type': 'text/event-stream' }, start: (to) => void (reader = to) }),
    get(path) {
      if (path === '/api/metrics') return Promise.resolve(answer(200, '[]'));
      if (generation < 3 || !path.startsWith('/api/metrics/activity')) return Promise.resolve(answer(404, '404 page not found'));
      const query = new URLSearchParams(path.split('?')[1]);
      const limit = Number(query.get('limit'));
      const page = Number(query.get('page'));
      const from = last - (page - 1) * limit;
      const ids = Array.from({ length: Math.max(0, Math.min(limit, from)) }, (_, i) => from - i);
      const made = answer(200, `{"data":[${ids.map((id) => rows.get(id)).join(',')}],"page":${page},"limit":${limit},"total":${last},"total_pages":${Math.ceil(last / limit)}}`);
      answers.push(made.body);
      return Promise.resolve(made);
    },
  };
  const face = { name: 'gpu1', tags: [], enabled: true, source: 'config' } as const;
  const channel = feed.attach({ host: id, token: feed.nextToken(), republish: () => undefined });
  const body = createBody({
    clock, pollClock: clock, random, log: pino({ level: 'silent' }), limiter: createReconnectLimiter(clock), lowPriority: (granted) => granted(() => undefined),
    store: createMemoryStore({ clock, random }), queue, feed, limits: LIMITS, figures,
  }, { id, face: { ...face, tags: [] }, port, remembered: null, shown: null }, channel, (event) => {
    if (event.type === 'crash') throw event.error;
    if (event.type === 'spoke') body.live();
  }, () => undefined);
  body.connect();
  await clock.settle();
  const read = (bytes: Uint8Array, announced: number): void => {
    last = announced;
    reader!.chunk(bytes);
  };
  read(greeting, 0);
  await clock.run(10_000);
  figures.events = 0;
  answers.length = 0;
  return {
    clock, read, figures, answers,
    queued: () => queue.figures().queued,
    seq: () => feed.readHost(id)?.seq ?? 0,
    drop: () => body.drop(),
  };
}

export function childContext(path: string, clock: Clock): ChildContext {
  return { path, incarnation: 1, signal: new AbortController().signal, clock, probe: { state() {}, handled() {}, queued() {} } };
}

export function benchQueue(): WriterQueue {
  return createWriterQueue({ maxBytes: 1024 * 1024 * 1024 });
}

function fail(error: unknown): never {
  throw error;
}

/** A link whose host is a list of reads: the real body, feed, fleet-store and queue, on a clock that is moved by hand. */
import { pino } from 'pino';
import { createFeed } from '../../src/actors/feed.ts';
import { startFleetStore } from '../../src/actors/fleet-store.ts';
import { createBody, type IngestFigures } from '../../src/actors/link/body.ts';
import { createReconnectLimiter } from '../../src/actors/reconnect-limiter.ts';
import { createWriterQueue } from '../../src/actors/writer-queue.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { HostAnswer, HostPort, StreamReader } from '../../src/model/seams.ts';
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
export async function feedLink({ greeting, rows }: Traffic): Promise<FedLink> {
  const clock = virtualClock(START);
  const random = counterRandom();
  const feed = createFeed({ report: fail });
  const context = { path: 'fleet-store', incarnation: 1, signal: new AbortController().signal, clock, probe: { state() {}, handled() {}, queued() {} } };
  const store = startFleetStore(context, { feed, limits: LIMITS });
  if (store.kind !== 'ok') throw new Error('the fleet-store did not start');
  store.actor.start();
  const queue = createWriterQueue({ maxBytes: 1024 * 1024 * 1024 });
  const figures: IngestFigures = { events: 0, bytes: 0, malformed: 0, unknown: 0, connects: 0 };
  const answers: Uint8Array[] = [];
  let reader: StreamReader | null = null;
  let last = 0;
  const answer = (status: number, body: string): HostAnswer => ({ status, headers: {}, body: Buffer.from(body) });
  const port: HostPort = {
    open: () => Promise.resolve({ status: 200, headers: { 'content-type': 'text/event-stream' }, start: (to) => void (reader = to) }),
    get(path) {
      if (path === '/api/metrics') return Promise.resolve(answer(200, '[]'));
      if (rows.size === 0 || !path.startsWith('/api/metrics/activity')) return Promise.resolve(answer(404, '404 page not found'));
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
  const channel = feed.attach({ host: 'gpu1', token: feed.nextToken(), republish: () => undefined });
  const body = createBody({
    clock, random, log: pino({ level: 'silent' }), limiter: createReconnectLimiter(clock), lowPriority: (granted) => granted(() => undefined),
    store: createMemoryStore({ clock, random }), queue, feed, limits: LIMITS, figures,
  }, { id: 'gpu1', face: { ...face, tags: [] }, port, remembered: null, shown: null }, channel, (event) => {
    if (event.type === 'crash') throw event.error;
    if (event.type === 'spoke') body.live();
  });
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
    seq: () => feed.readHost('gpu1')?.seq ?? 0,
    drop: () => body.drop(),
  };
}

function fail(error: unknown): never {
  throw error;
}

/** Real links under a real supervision tree with a fleet-store, on a virtual clock: what they ask of their hosts, and what they publish. */
import { pino } from 'pino';
import { startFleetStore } from '../../src/actors/view/fleet-store.ts';
import { createFeed, type BroadcastLink, type Feed } from '../../src/actors/view/feed.ts';
import type { IngestFigures } from '../../src/actors/link/body.ts';
import { createLinkDirectory, link, type LinkDirectory } from '../../src/actors/link/link.ts';
import { createReconnectLimiter, type ReconnectLimiter } from '../../src/actors/link/reconnect-limiter.ts';
import { createSteppedClock } from '../../src/actors/link/stepped-clock.ts';
import { createWriterQueue, type WriterQueue } from '../../src/actors/writers/writer-queue.ts';
import { LIMITS, type Limits } from '../../src/model/limits.ts';
import type { PatchOp } from '../../src/model/patch.ts';
import type { HostPort, Random, StreamReader } from '../../src/model/seams.ts';
import type { HostState } from '../../src/model/host/state.ts';
import { hostTree } from '../../src/supervisors/tree.ts';
import { createTree, type Tree } from '../../src/supervisors/supervision-tree.ts';
import { createMemoryStore, type MemoryStore } from '../sim/memory-store.ts';
import { virtualClock, type VirtualClock } from './virtual-clock.ts';

export interface Published { at: number; host: string; seq: number; ops: readonly PatchOp[] | null; state: HostState }
/** `at`: monotonic ms at which it came; `said`: the time that it carries. */
export interface LogText { at: number; said: string | null; host: string; source: string; model: string | null; text: string; dropped: number }

export interface Linked {
  clock: VirtualClock;
  tree: Tree;
  feed: Feed;
  broadcaster: BroadcastLink;
  directory: LinkDirectory;
  limiter: ReconnectLimiter;
  queue: WriterQueue;
  store: MemoryStore;
  figures: IngestFigures;
  published: Published[];
  logs: LogText[];
  activity: { host: string; ids: number[] }[];
  /** Lines of the log, from warnings on. */
  logged: Record<string, unknown>[];
  /** Chance for the links; 0.5 until changed. */
  chance(next: () => number): void;
  /** The process stands still for so long: time goes on, no timer fires. */
  stall(ms: number): void;
  /** Starts `host:<id>` with its link. */
  add(id: string, port: HostPort, remembered?: HostState | null): Promise<void>;
  state(id: string): HostState;
  /** Each change of liveness, in order: state and reason. */
  life(id: string): [at: number, state: string, reason: string | null, nextTryAt: string | null][];
  stop(): Promise<void>;
}

export async function startLinked(limits: Limits = LIMITS): Promise<Linked> {
  const clock = virtualClock();
  let next = (): number => 0.5;
  let ids = 0;
  const random: Random = { next: () => next(), id: () => `id-${(ids += 1)}` };
  const crashes: unknown[] = [];
  const feed = createFeed({ report: (error) => void crashes.push(error) });
  const queue = createWriterQueue({ maxBytes: limits.queueBytes });
  const store = createMemoryStore({ clock, random });
  const limiter = createReconnectLimiter(clock, limits.reconnect);
  const directory = createLinkDirectory();
  const figures: IngestFigures = { events: 0, bytes: 0, malformed: 0, unknown: 0, connects: 0, refused: { models: 0, requests: 0, gpus: 0 } };
  let stalled = 0;
  const logged: Linked['logged'] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
  const own = { ...clock, now: () => clock.now() + stalled, monotonic: () => clock.monotonic() + stalled };
  const deps = { clock: own, pollClock: createSteppedClock(own, limits.probe.stepMs), random, log, limiter, lowPriority: (granted: (release: () => void) => void) => granted(() => {}), store, queue, feed, limits, figures };
  const published: Published[] = [];
  const logs: LogText[] = [];
  const activity: Linked['activity'] = [];
  const tree = createTree({
    name: 'drover', clock,
    spec: {
      children: [
        { id: 'fleet-store', start: (context) => startFleetStore(context, { feed, limits }) },
        { id: 'hosts', supervisor: { strategy: 'simple_one_for_one', template: { id: 'host', type: 'supervisor', restart: 'temporary' } } },
      ],
    },
  });
  await tree.start();
  const note = (host: string, ops: readonly PatchOp[] | null): void => {
    const { seq, state } = feed.readHost(host)!;
    published.push({ at: clock.monotonic(), host, seq, ops, state });
  };
  const broadcaster = feed.attachBroadcaster({
    hostSnapshot: (host) => note(host, null),
    hostDelta: (host, frame) => note(host, (JSON.parse(frame) as { ops: PatchOp[] }).ops),
    hostRemoved() {},
    activity: (host, rows) => void activity.push({ host, ids: rows.map(({ upstreamId }) => upstreamId) }),
    gap() {}, perf() {}, lagged() {},
    log: (host, model, { source, text, dropped, at }) => void logs.push({ at: clock.monotonic(), said: at, host, source, model, text, dropped }),
    crash: (error) => void crashes.push(error),
  });
  return {
    clock, tree, feed, broadcaster, directory, limiter, queue, store, figures, published, logs, activity, logged,
    chance(to) { next = to; },
    stall(ms) { stalled += ms; },
    async add(id, port, remembered = null) {
      const start = link({ deps, directory, host: () => ({ id, face: { name: id, tags: [], enabled: true, source: 'config' }, port, remembered, shown: remembered?.liveness.state ?? null }) });
      await tree.call('drover/hosts', { fn: 'start_child', child: { id: `host:${id}`, supervisor: hostTree(start, limits.drain) } });
      await clock.settle();
    },
    state: (id) => feed.readHost(id)!.state,
    life(id) {
      const seen: ReturnType<Linked['life']> = [];
      for (const { at, host, state: { liveness } } of published) {
        const last = seen.at(-1);
        const now = [at, liveness.state, liveness.reason?.code ?? null, liveness.nextTryAt] as const;
        if (host === id && (last === undefined || last[1] !== now[1] || last[2] !== now[2] || last[3] !== now[3])) seen.push([...now]);
      }
      return seen;
    },
    async stop() {
      const stopped = tree.stop();
      await clock.run(5_000);
      await stopped;
      if (crashes.length > 0) throw new AggregateError(crashes, 'something crashed');
    },
  };
}

export interface Asked { at: number; path: string; endedAt: number | null }

/** A port that writes down what is asked, and when it ended: an answer, an error, an abort. */
export function watched(port: HostPort, clock: VirtualClock): HostPort & { opens: Asked[]; gets: Asked[] } {
  const opens: Asked[] = [];
  const gets: Asked[] = [];
  const begin = (list: Asked[], path: string): (() => void) => {
    const asked: Asked = { at: clock.monotonic(), path, endedAt: null };
    list.push(asked);
    return () => void (asked.endedAt ??= clock.monotonic());
  };
  return {
    opens, gets,
    open(signal, path) {
      const over = begin(opens, path ?? '/api/events');
      signal.addEventListener('abort', over);
      return port.open(signal, path).then((stream) => ({
        ...stream,
        start: (reader: StreamReader) => stream.start({
          chunk: (bytes) => reader.chunk(bytes),
          end(fault) {
            over();
            reader.end(fault);
          },
        }),
      }), (error: unknown) => {
        over();
        throw error;
      });
    },
    get(path, options) {
      const over = begin(gets, path);
      return port.get(path, options).finally(over);
    },
  };
}

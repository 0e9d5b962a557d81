/** A real http server on port 0 over the smallest possible outer edges: a map of hosts, a list of actors, history held in arrays. */
import { pino } from 'pino';
import type { ChildContext } from '../../src/actors/child.ts';
import type { HostsAdmin } from '../../src/actors/keeper/hosts-admin.ts';
import type { FleetRead, HttpDeps, HttpSettings } from '../../src/http/deps.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { createHostPort } from '../../src/io/llama-swap/host-port.ts';
import type { History } from '../../src/io/postgres/history.ts';
import type { StoredRow } from '../../src/model/records/activity.ts';
import { StoreError } from '../../src/model/records/batch.ts';
import type { ActivityFilter, ActivityKey } from '../../src/model/records/history.ts';
import type { Clock, Random } from '../../src/model/seams.ts';
import type { HostConfig, HostState, PublishedHost } from '../../src/model/host/state.ts';
import type { ActorStatus } from '../../src/model/status.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
};

let ids = 0;
export const countingRandom: Random = { next: () => 0.5, id: () => `id-${++ids}` };

export const T0 = '2026-08-22T10:00:00.000000Z';

export function hostState(host: HostConfig, over: Partial<HostState> = {}): HostState {
  const { name, tags, enabled, source } = host;
  return {
    name, tags, enabled, source, asOf: null,
    liveness: { state: 'live', reason: null, since: T0, nextTryAt: null, lastContactAt: T0 },
    generation: 3, build: null, bootEpoch: 1, profile: null, utcOffsetMin: 0, models: {}, inflight: { total: 0, requests: {} }, gpus: {}, perf: null,
    throughput: { windowS: 60, rows: 0, outputTokensPerSecond: null }, gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null }, ...over,
  };
}

export function row(over: Partial<StoredRow> = {}): StoredRow {
  return {
    hostId: 'gpu1', bootEpoch: 1, upstreamId: 1, ts: T0, model: 'm', reqPath: '/v1/chat/completions', status: 200, inputTokens: 3, cachedTokens: null, outputTokens: 5,
    draftTokens: null, draftAcceptedTokens: null, promptPerSecond: 10.5, tokensPerSecond: 20, durationMs: 12, hasCapture: false, error: null, metadata: null, ...over,
  };
}

export function status(path: string, over: Partial<ActorStatus> = {}): ActorStatus {
  return {
    path, kind: 'worker', name: path.split('/').at(-1) ?? path, incarnation: 1, state: 'active', since: T0,
    restarts: { count: 0, intensity: null, periodS: null, total: 0 }, lastExit: null, queued: null, handled: 0, ...over,
  };
}

export interface World {
  deps: HttpDeps;
  hosts: Map<string, HostConfig & { state: HostState; seq: number; baseKey: string | null }>;
  actors: ActorStatus[];
  lastExits: Map<string, NonNullable<ActorStatus['lastExit']>>;
  restarted: string[];
  rows: StoredRow[];
  database: { state: 'starting' | 'away' | 'migrating' | 'ready' | 'refused'; reason: string | null; since: string };
  tree: { state: 'starting' | 'running' | 'draining'; since: string };
  /** What the log got. */
  logged: string[];
  socketsClosed: number[];
  declare(host: Partial<HostConfig> & { id: string }): void;
}

export function createWorld(settings: Partial<HttpSettings> = {}): World {
  const logged: string[] = [];
  const world: World = {
    hosts: new Map(), actors: [], lastExits: new Map(), restarted: [], rows: [],
    database: { state: 'ready', reason: null, since: T0 }, tree: { state: 'running', since: T0 }, logged, socketsClosed: [],
    declare(host) {
      const config: HostConfig = { name: host.id, baseUrl: 'http://127.0.0.1:1', tags: [], enabled: true, source: 'config', hasApiKey: false, ...host };
      world.hosts.set(host.id, { ...config, state: hostState(config), seq: 1, baseKey: null });
    },
    deps: undefined as never,
  };
  const away = (): void => {
    if (world.database.state !== 'ready') throw new StoreError('away', 'connect ECONNREFUSED 127.0.0.1:5432 user drover password hush');
  };
  const published = (id: string): PublishedHost | null => {
    const host = world.hosts.get(id);
    return host === undefined ? null : { host: id, epoch: `epoch-of-${id}`, seq: host.seq, state: host.state };
  };
  const fleet: FleetRead = { list: () => [...world.hosts.keys()].map((id) => published(id)!), get: published };
  const hosts: HostsAdmin = {
    list: () => [...world.hosts.values()],
    get: (id) => world.hosts.get(id) ?? null,
    async add({ id, baseUrl, name = id, apiKey, tags = [], enabled = true }) {
      away();
      if (world.hosts.has(id)) return { kind: 'exists' };
      const config: HostConfig = { id, name, baseUrl, tags, enabled, source: 'api', hasApiKey: apiKey !== undefined };
      world.hosts.set(id, { ...config, state: hostState(config), seq: 1, baseKey: apiKey ?? null });
      return { kind: 'ok', host: config };
    },
    async change(id, change) {
      away();
      const host = world.hosts.get(id);
      if (host === undefined) return { kind: 'unknown' };
      if (host.source === 'config' && Object.keys(change).some((key) => key !== 'enabled')) return { kind: 'declared' };
      const { apiKey, ...rest } = change;
      Object.assign(host, Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)));
      if (apiKey !== undefined) host.hasApiKey = apiKey !== null;
      host.state = { ...host.state, name: host.name, tags: host.tags, enabled: host.enabled };
      host.seq += 1;
      return { kind: 'ok', host };
    },
    async remove(id) {
      away();
      const host = world.hosts.get(id);
      if (host === undefined) return { kind: 'unknown' };
      if (host.source === 'config') return { kind: 'declared' };
      world.hosts.delete(id);
      return { kind: 'ok', host };
    },
  };
  const keyOf = (of: ActivityKey): [string, string, number, number] => [of.ts, of.hostId, of.bootEpoch, of.upstreamId];
  const older = (a: ActivityKey, b: ActivityKey): number => {
    const [left, right] = [keyOf(a), keyOf(b)];
    const at = left.findIndex((part, i) => part !== right[i]);
    return at < 0 ? 0 : left[at]! < right[at]! ? 1 : -1;
  };
  const passing = (filter: ActivityFilter): StoredRow[] => world.rows.filter((of) =>
    (filter.hosts.length === 0 || filter.hosts.includes(of.hostId)) && (filter.models.length === 0 || filter.models.includes(of.model))
    && (filter.statuses.length + filter.statusClasses.length === 0 || filter.statuses.includes(of.status ?? -1) || filter.statusClasses.includes(Math.floor((of.status ?? 0) / 100)))
    && (filter.path === null || of.reqPath === filter.path) && (filter.from === null || of.ts >= filter.from) && (filter.to === null || of.ts < filter.to)).sort(older);
  const history: History = {
    async activity({ limit, after, ...filter }) {
      away();
      return passing(filter).filter((of) => after === null || older(of, after) > 0).slice(0, limit);
    },
    async *activityPages(filter) {
      away();
      const all = passing(filter);
      for (let at = 0; at < all.length; at += 2) yield all.slice(at, at + 2);
    },
    activityRow: async () => null,
    async gaps() { away(); return []; },
    async hostEvents() { away(); return []; },
    async perf() { away(); return []; },
    async perfSteps({ stepS }) { away(); return { stepS, points: [] }; },
  };
  world.deps = {
    settings: { listen: { host: '127.0.0.1', port: 0 }, token: null, publicUrl: null, allowedHosts: [], sessionKey: new Uint8Array(32).fill(7), version: '9.9.9', drainMs: 2_000, ...settings },
    about: { version: '9.9.9', node: 'v20.19.0', platform: 'linux x64', pid: 1, startedAt: T0, dataDir: '/data', database: { kind: 'embedded', where: '/data/pg' }, settings: [] },
    clock: realClock, random: countingRandom, log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    fleet, hosts, history,
    actors: {
      list: () => [...world.actors],
      detail: (path) => {
        const found = world.actors.find((actor) => actor.path === path);
        return found === undefined ? null : { ...found, recent: [{ at: T0, from: 'down', event: 'connected', to: 'live' }], children: world.actors.filter((actor) => actor.path.startsWith(`${path}/`) && !actor.path.slice(path.length + 1).includes('/')) };
      },
      lastExit: (path) => world.lastExits.get(path) ?? null,
      async restart(path) {
        const found = world.actors.find((actor) => actor.path === path);
        if (found === undefined) return { kind: 'unknown' };
        if (path === 'drover') return { kind: 'refused', reason: 'The root is the process itself.' };
        world.restarted.push(path);
        found.incarnation += 1;
        return { kind: 'restarted', incarnation: found.incarnation };
      },
      plan: (path) => (path === 'drover' ? { kind: 'refused', reason: 'The root is the process itself.' } : world.actors.some((actor) => actor.path === path) ? { kind: 'planned', paths: [path] } : { kind: 'unknown' }),
    },
    vitals: {
      database: () => world.database, tree: () => world.tree,
      writers: () => ({ queued: 1, queuedBytes: 2, refused: 3, batches: 4, failures: 5, inserted: 6, conflicts: 7, rejected: 8 }),
      sockets: () => ({ clients: 1, stalled: 0, frames: 2, bytes: 3, lagged: 0 }),
      ingest: () => ({ events: 1, bytes: 2, malformed: 3, unknown: 4, connects: 5, refused: { models: 6 } }),
    },
    hostPort: (id) => {
      const host = world.hosts.get(id);
      return host === undefined ? null : createHostPort({ baseUrl: host.baseUrl, apiKey: host.baseKey });
    },
    openTarget: ({ baseUrl, apiKey }) => createHostPort({ baseUrl, apiKey }),
    webSockets: { attach: () => undefined, close: async (code) => void world.socketsClosed.push(code) },
  };
  return world;
}

export interface Running {
  url: string;
  port: number;
  /** Sends the order to stop; resolves when the child has ended by itself. */
  drain(): Promise<void>;
  kill(): void;
}

/** Starts http as a supervisor would. Rejects with the start error. */
export async function startHttp(world: World): Promise<Running> {
  const server = createHttpServer(world.deps);
  const abort = new AbortController();
  const context: ChildContext = {
    path: 'drover/http', incarnation: 1, signal: abort.signal, clock: realClock, probe: { state: () => undefined, handled: () => undefined, queued: () => undefined },
  };
  const started = await server.start(context);
  if (started.kind !== 'ok') throw started.kind === 'error' ? started.reason : new Error('ignored');
  const { actor } = started;
  const ended = new Promise<void>((resolve, reject) => actor.subscribe({ complete: resolve, error: reject }));
  ended.catch(() => undefined);
  actor.start();
  const url = server.url()!;
  return {
    url, port: Number(new URL(url).port),
    drain: () => {
      actor.send({ type: 'shutdown' });
      return ended;
    },
    kill: () => void actor.stop(),
  };
}


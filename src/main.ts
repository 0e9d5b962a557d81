/** The composition root: config → io → tree → http. The one place that knows every part. */
import { readFileSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import { startBroadcaster } from './actors/view/broadcaster.ts';
import type { Start } from './actors/child.ts';
import { createFeed } from './actors/view/feed.ts';
import { startFleetStore } from './actors/view/fleet-store.ts';
import { createKeeperDoor } from './actors/keeper/door.ts';
import { createHostsAdmin } from './actors/keeper/hosts-admin.ts';
import { keeper } from './actors/keeper/keeper.ts';
import { createRoster } from './actors/keeper/roster.ts';
import type { IngestFigures } from './actors/link/body.ts';
import { createLinkDirectory, link } from './actors/link/link.ts';
import { createPartitionQueue } from './actors/writers/partition-queue.ts';
import { persister, type PersisterLane } from './actors/writers/persister.ts';
import { createPostgres, faultLine } from './actors/database/postgres.ts';
import { createReconnectLimiter } from './actors/link/reconnect-limiter.ts';
import { createSteppedClock } from './actors/link/stepped-clock.ts';
import { startRetention } from './actors/writers/retention.ts';
import { createSocketGate } from './actors/view/socket-gate.ts';
import { createTurns } from './actors/link/turns.ts';
import { createWriterQueue } from './actors/writers/writer-queue.ts';
import { createHttpServer } from './http/server.ts';
import { createWebSockets } from './http/websocket.ts';
import type { Config } from './io/config.ts';
import { maskUrl, shownConfig } from './io/config-print.ts';
import { prepareDataDir } from './io/data-dir.ts';
import { createHostPorts } from './io/host-ports.ts';
import { createHostPort } from './io/llama-swap/host-port.ts';
import { countStore } from './io/postgres/counted-store.ts';
import { createHistory } from './io/postgres/history.ts';
import { createHostsRepository } from './io/postgres/hosts.ts';
import { createPartitions } from './io/postgres/partitions.ts';
import { createRollups } from './io/postgres/rollups.ts';
import { createPostgresStore } from './io/postgres/store.ts';
import { parseDatabaseUrl } from './io/postgres/url.ts';
import { openSecrets } from './io/secrets.ts';
import { systemClock as clock, systemRandom as random } from './io/system.ts';
import { lastKnown } from './model/host/host-memory.ts';
import { retentionDaysOf } from './model/records/partition-period.ts';
import { timeOfMs } from './model/time.ts';
import { createHostTrees } from './supervisors/host-trees.ts';
import { createTree, type Tree } from './supervisors/supervision-tree.ts';
import { droverTree, HOSTS, ROOT } from './supervisors/tree.ts';

export const VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** Drover could not start, or gave up: one line that says what to do. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

export interface Running {
  /** Where it listens, such as `http://127.0.0.1:4747`. */
  url: string;
  /** The live tree, for who runs Drover inside a process of their own. */
  tree: Tree;
  /** The orderly drain. A second call forces. */
  stop(): Promise<void>;
  /** Resolves when it has ended by an order, rejects with a StartError when it gave up. */
  done: Promise<void>;
}

/** Resolves when http listens: neither the database nor any host is waited for. Rejects with a StartError, or a ConfigError for a data folder that can't be used. */
export async function startDrover(config: Config, options: { log?: Logger } = {}): Promise<Running> {
  const log = options.log ?? pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
  const { limits } = config;
  prepareDataDir(config.dataDir);
  const secrets = await openSecrets(config.dataDir);
  if (secrets.fault !== null) log.error(secrets.fault);

  /** Why the database's first start was refused, for people. */
  let refusal: StartError | null = null;
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    if (stopping !== null) {
      tree.kill();
      return stopping;
    }
    turnTo('draining');
    void postgres.checkpoint();
    return (stopping = tree.stop().then(() => ports.close()));
  };
  const target = parseDatabaseUrl(config.databaseUrl, config.dataDir, process.cwd());
  const postgres = createPostgres({
    target, clock, random, log, limits,
    refused(fault) {
      refusal = new StartError(faultLine(fault), { cause: fault });
      void stop();
    },
  });
  const database = {
    ready: () => postgres.current() !== null,
    decided: () => !['starting', 'migrating'].includes(postgres.status().state),
    subscribe(listener: (ready: boolean) => void) {
      let told = false;
      const offs = [postgres.onReady(() => told && listener(true)), postgres.onAway(() => listener(false))];
      told = true;
      return () => { for (const off of offs) off(); };
    },
  };

  const partitionQueue = createPartitionQueue();
  const retentionDays = retentionDaysOf(limits.retentionDays);
  const { connectMs } = limits.database;
  const partitions = createPartitions({ sql: postgres.pools.partitions, clock, retentionDays, clockPartitions: limits.clockPartitions, connectMs });
  const rollups = createRollups({ sql: postgres.pools.partitions, clock, make: partitions.make, connectMs });
  const store = countStore(
    createPostgresStore({ sql: postgres.pools.writers, clock, random, makePartition: (table, ts) => partitionQueue.request(table, ts), retentionDays, connectMs }),
    (error) => {
      const session = postgres.current();
      if (session !== null) postgres.report(error, session.generation);
    },
  );
  const repository = createHostsRepository({ sql: postgres.pools.reads, clock, secrets });
  const queue = createWriterQueue({ maxBytes: limits.queueBytes });
  const feed = createFeed({ report: (error, host) => log.error({ err: error, host }, 'a publisher failed') });
  const gate = createSocketGate();
  const directory = createLinkDirectory();
  const roster = createRoster(config.hosts, log);
  const door = createKeeperDoor();
  const wire = { headersTimeoutMs: limits.stream.headersTimeoutMs, timeoutMs: limits.probe.timeoutMs, maxBytes: limits.stream.maxFrameBytes };
  const ports = createHostPorts((id) => roster.get(id), wire);
  const figures: IngestFigures = { events: 0, bytes: 0, malformed: 0, unknown: 0, connects: 0, refused: { models: 0, requests: 0, gpus: 0 } };
  const turns = createTurns(1);
  const linkDeps = {
    clock, random, log, limits, store, queue, feed, figures,
    pollClock: createSteppedClock(clock, limits.probe.stepMs),
    limiter: createReconnectLimiter(clock, limits.reconnect),
    lowPriority: (granted: (release: () => void) => void) => turns.take(granted),
  };
  const linkOf = (id: string): Start => link({
    deps: linkDeps,
    directory,
    host() {
      const host = roster.get(id);
      if (host === null) throw new Error(`host ${id} is no longer in the roster`);
      const { name, tags, enabled, source } = host.config;
      const published = feed.readHost(id)?.state ?? null;
      const remembered = lastKnown(published, roster.remembered(id));
      return { id, face: { name, tags, enabled, source }, port: ports.open(id), remembered, shown: (published ?? remembered)?.liveness.state ?? null };
    },
  });
  const persisterOf = (lane: PersisterLane): Start => persister({
    lane, queue, store, database, batch: limits.batch,
    onRejected(gaps) {
      for (const gap of gaps) if (!directory.tell(gap.hostId, { type: 'rejected', gaps: [gap] })) feed.gap(gap);
    },
    onCatchUp(hostIds) {
      if (hostIds === null) directory.tellAll({ type: 'catch-up' });
      else for (const id of hostIds) directory.tell(id, { type: 'catch-up' });
    },
  });

  let state: 'starting' | 'running' | 'draining' = 'starting';
  let since = timeOfMs(clock.now());
  const turnTo = (next: typeof state): void => {
    state = next;
    since = timeOfMs(clock.now());
  };
  const http = createHttpServer({
    settings: {
      listen: config.listen, token: config.token, publicUrl: config.publicUrl, allowedHosts: config.allowedHosts,
      sessionKey: secrets.derive('sessions'), version: VERSION, drainMs: limits.drain.httpMs,
    },
    about: {
      version: VERSION, node: process.version, platform: `${process.platform} ${process.arch}`, pid: process.pid, startedAt: timeOfMs(clock.now()), dataDir: config.dataDir,
      database: target.kind === 'embedded' ? { kind: target.kind, where: target.folder } : { kind: target.kind, where: maskUrl(target.url) },
      settings: shownConfig(config),
    },
    clock, random, log,
    actors: {
      list: () => tree.registry.list(), detail: (path) => tree.registry.detail(path),
      lastExit: (path) => tree.registry.lastExit(path), restart: (path) => tree.registry.restart(path), plan: (path) => tree.registry.plan(path),
    },
    fleet: { list: () => feed.readFleet(), get: (host) => feed.readHost(host) },
    hosts: createHostsAdmin({ roster, repository, door, queue }),
    history: createHistory(postgres.pools.reads),
    vitals: {
      database: () => postgres.status(), tree: () => ({ state, since }), writers: () => ({ ...queue.figures(), ...store.figures }),
      sockets: () => gate.counts, ingest: () => figures,
    },
    hostPort: (id) => (roster.get(id) === null ? null : ports.open(id)),
    openTarget: ({ baseUrl, apiKey }) => createHostPort({ baseUrl, apiKey, ...wire }),
    webSockets: createWebSockets({ gate, maxFrameBytes: limits.ws.maxFrameBytes }),
  });

  /** Why http could not start, for people. */
  let fault: string | null = null;
  const tree: Tree = createTree({
    name: ROOT,
    clock,
    spec: droverTree({
      postgres: postgres.start,
      activityPersister: persisterOf('activity'),
      perfPersister: persisterOf('perf'),
      eventsPersister: persisterOf('events'),
      retention: (context) => startRetention(context, { partitions, rollups, queue: partitionQueue, database, onError: (err) => log.warn({ err }, 'retention: tried again in a moment') }),
      fleetStore: (context) => startFleetStore(context, { feed, limits }),
      broadcaster: (context) => startBroadcaster(context, { feed, gate, actors: tree.registry, random, limits, version: VERSION }),
      keeper: keeper({
        roster, door, directory, feed, queue, repository, database, random, limits, log,
        trees: createHostTrees(() => tree, linkOf, limits.drain), started: new Map(), patienceMs: 5_000,
      }),
      http: async (context) => {
        try {
          return await http.start(context);
        } catch (error) {
          fault = error instanceof Error ? error.message : String(error);
          throw error;
        }
      },
    }, limits.drain),
    restart(path) {
      const host = path.startsWith(`${HOSTS}/host:`) ? path.slice(HOSTS.length + 6) : '';
      if (host === '' || host.includes('/')) return null;
      return door.restart(host).then(() => {
        const pid = tree.whereis(path);
        return pid === null ? { kind: 'unknown' } : { kind: 'restarted', incarnation: pid.n };
      });
    },
  });

  const started = await tree.start();
  if (!Array.isArray(started) || started[0] !== 'ok') {
    await ports.close();
    throw new StartError(fault ?? `Drover could not start: ${JSON.stringify(started)}`);
  }
  if (stopping === null) turnTo('running');

  const done = tree.ended.then(async (reason) => {
    await ports.close();
    if (refusal !== null) throw refusal;
    if (stopping === null) throw new StartError(`the supervision tree gave up (${JSON.stringify(reason)}): the log says which actor failed again and again`);
  });
  done.catch(() => undefined);
  return { url: http.url()!, tree, stop, done };
}

/** A node of Drover (links, queue, persisters) with simulated hosts and a store in memory, on one virtual clock. */
import { pino } from 'pino';
import type { AnyActor } from 'xstate';
import type { ChildContext, Start } from '../../src/actors/child.ts';
import type { Database } from '../../src/actors/database/database.ts';
import { createFeed } from '../../src/actors/view/feed.ts';
import { startFleetStore } from '../../src/actors/view/fleet-store.ts';
import type { LinkDirectory } from '../../src/actors/link/link.ts';
import { createLinkDirectory, link } from '../../src/actors/link/link.ts';
import type { LinkDeps } from '../../src/actors/link/body.ts';
import { persister } from '../../src/actors/writers/persister.ts';
import { createReconnectLimiter } from '../../src/actors/link/reconnect-limiter.ts';
import { createSteppedClock } from '../../src/actors/link/stepped-clock.ts';
import { createWriterQueue } from '../../src/actors/writers/writer-queue.ts';
import { createSimHost } from '../../src/demo/sim-host.ts';
import type { SimHost, SimRow } from '../../src/demo/sim-types.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { createMemoryStore } from './memory-store.ts';
import type { MemoryStore } from './memory-store.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';
import type { History, SimEvent } from './history.ts';
import { seededRandom } from './seeded-random.ts';
import { createWatcher } from './watcher.ts';
import type { Watcher } from './watcher.ts';

export interface World {
  readonly clock: VirtualClock;
  readonly hosts: readonly SimHost[];
  readonly store: MemoryStore;
  readonly watcher: Watcher;
  readonly crashes: readonly unknown[];
  /** Rows that each host had served when the store first heard of it, by host; absent: never. */
  readonly firstHeard: ReadonlyMap<number, number>;
  act(event: SimEvent): void;
  /** Everything is well from now on: what still waits is stored. */
  heal(): Promise<void>;
  end(): void;
}

/** The simulated store takes no row of this model. */
export const REFUSED_MODEL = 'refused';

const log = pino({ level: 'silent' });

interface Child { stop(): void; actor: AnyActor }

export function createWorld(history: History): World {
  const clock = virtualClock(Date.UTC(2026, 5, 1));
  const random = seededRandom(history.seed * 2_654_435_761 + 1);
  const memory = createMemoryStore({ clock, random });
  memory.faults.delayMs = 2;
  memory.faults.rejects = ({ model }) => model === REFUSED_MODEL;
  const store: MemoryStore = {
    ...memory,
    async writeBatch(batch) {
      for (const { hostId } of batch.boots) {
        const index = Number(hostId.slice(1));
        // Before the write: what was served until now the store may hear of.
        if (!firstHeard.has(index)) firstHeard.set(index, hosts[index]!.served().length);
      }
      return await memory.writeBatch(batch);
    },
  };
  const hosts = history.hosts.map((plan) =>
    createSimHost({ clock, random: seededRandom(random.int(1, 2 ** 31)), release: plan.release, metricsMaxInMemory: plan.ring, store: plan.store, requestLog: plan.requestLog, latencyMs: random.int(1, 20) }),
  );
  for (const host of hosts) host.start();
  const crashes: unknown[] = [];
  const watcher = createWatcher(seededRandom(history.seed ^ 0x5eed));
  const firstHeard = new Map<number, number>();
  let databaseAwayUntil = 0;
  let incarnations = 0;
  const listeners = new Set<(ready: boolean) => void>();
  const database: Database = {
    ready: () => !store.faults.away,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  const startChild = (path: string, start: Start, died: (error: unknown) => void): Child => {
    const abort = new AbortController();
    const context: ChildContext = {
      path, clock, signal: abort.signal, incarnation: (incarnations += 1),
      probe: { state: () => {}, handled: () => {}, queued: () => {} },
    };
    const started = start(context);
    if (started instanceof Promise || started.kind !== 'ok') throw new Error(`${path} did not start`);
    const { actor } = started;
    let over = false;
    actor.subscribe({ error: (error) => { if (!over) died(error); } });
    actor.start();
    return {
      actor,
      stop() {
        over = true;
        abort.abort();
        actor.stop();
      },
    };
  };

  /** One life of Drover: killed, it loses all but the store. */
  const startNode = () => {
    const directory: LinkDirectory = createLinkDirectory();
    const queue = createWriterQueue({ maxBytes: history.queueBytes });
    const feed = createFeed({ report: (error) => void crashes.push(error) });
    const deps: LinkDeps = {
      clock, random, log, queue, store,
      pollClock: createSteppedClock(clock, LIMITS.probe.stepMs),
      limiter: createReconnectLimiter(clock),
      lowPriority: (granted) => granted(() => {}),
      feed,
      limits: LIMITS,
      figures: { events: 0, bytes: 0, malformed: 0, unknown: 0, connects: 0, refused: { models: 0, requests: 0, gpus: 0 } },
    };
    const children = new Map<string, Child>();
    const run = (path: string, start: Start): void => {
      children.get(path)?.stop();
      children.set(path, startChild(path, start, (error) => {
        crashes.push(error);
        run(path, start);
      }));
    };
    const runs = new Map<string, Start>();
    for (const lane of ['activity', 'perf', 'events'] as const) {
      runs.set(`persister-${lane}`, persister({
        lane, queue, store, database,
        onRejected: (gaps) => { for (const gap of gaps) directory.tell(gap.hostId, { type: 'rejected', gaps: [gap] }); },
        onCatchUp(hostIds) {
          if (hostIds === null) directory.tellAll({ type: 'catch-up' });
          else for (const id of hostIds) directory.tell(id, { type: 'catch-up' });
        },
      }));
    }
    hosts.forEach((host, index) => {
      const id = `h${index}`;
      runs.set(id, link({ deps, directory, host: () => ({ id, face: { name: id, tags: [], enabled: true, source: 'config' }, port: host.port(), remembered: null, shown: null }) }));
    });
    run('fleet-store', (context) => startFleetStore(context, { feed, limits: LIMITS }));
    for (const [path, start] of runs) run(path, start);
    watcher.connect(feed);
    return {
      restart: (path: string) => run(path, runs.get(path)!),
      kill() {
        watcher.cut();
        for (const child of children.values()) child.stop();
        listeners.clear();
      },
    };
  };

  let node: ReturnType<typeof startNode> | null = startNode();
  let lastRow: SimRow | undefined;
  const setAway = (away: boolean): void => {
    if (store.faults.away === away) return;
    store.faults.away = away;
    for (const listener of listeners) listener(!away);
  };
  const rows = (host: SimHost, { count, everyMs, kind }: SimEvent & { do: 'rows' }): void => {
    const one = (): void => {
      switch (kind) {
        case 'plain':
          lastRow = host.record() ?? lastRow;
          return;
        case 'errors':
          lastRow = host.record({ status: 404, model: 'no-such-model', durationMs: 0, inputTokens: 0, outputTokens: 0, error: 'no router' }) ?? lastRow;
          return;
        case 'twins':
          if (lastRow === undefined) lastRow = host.record();
          else host.recordTwin(lastRow);
          return;
        default:
          kind satisfies never;
      }
    };
    if (everyMs === 0) for (let i = 0; i < count; i++) one();
    else for (let i = 0; i < count; i++) clock.setTimeout(one, i * everyMs);
  };

  const act = (event: SimEvent): void => {
    const host = 'host' in event ? hosts[event.host] : undefined;
    if ('host' in event && host === undefined) return;
    switch (event.do) {
      case 'rows': return rows(host!, event);
      case 'request': return host!.request({ durationMs: event.durationMs });
      case 'restart': return host!.restart(event.how, { downMs: event.downMs });
      case 'upgrade': return host!.upgrade(event.release, { downMs: event.downMs });
      case 'drop': return host!.dropNext(event.count, event.rowsOnly ? { kinds: ['metrics', 'activity'], aftermath: false } : { aftermath: false });
      case 'double': return host!.doubleNext(event.count);
      case 'reverse': return host!.reverseNext(event.count);
      case 'split': return host!.splitStreams(event.bytes);
      case 'end-streams': return host!.endStreams(event.how);
      case 'unreachable':
        host!.fault({ kind: event.fault });
        return void clock.setTimeout(() => host!.fault(null), event.forMs);
      case 'jump-clock': return host!.jumpClock(event.ms);
      case 'store-away':
        databaseAwayUntil = Math.max(databaseAwayUntil, clock.monotonic() + event.forMs);
        setAway(true);
        return void clock.setTimeout(() => setAway(clock.monotonic() < databaseAwayUntil), event.forMs);
      case 'store-commit': return void store.faults.commits.push(event.outcome);
      case 'bad-row': return void host!.record({ model: REFUSED_MODEL });
      case 'kill-drover':
        if (node === null) return;
        node.kill();
        node = null;
        return void clock.setTimeout(() => { node ??= startNode(); }, event.downMs);
      case 'kill-persister': return node?.restart('persister-activity');
      case 'kill-link': return node?.restart(`h${event.host}`);
      default: return event satisfies never;
    }
  };

  return {
    clock, hosts, store, watcher, crashes, firstHeard, act,
    async heal() {
      for (const host of hosts) {
        host.start();
        host.fault(null);
        host.splitStreams(null);
      }
      store.faults.commits = [];
      databaseAwayUntil = 0;
      setAway(false);
      node ??= startNode();
      watcher.heal();
      // Back-off, hung hosts that are found by three probes, three looks for a missing row, the look for rows whose events were dropped.
      await clock.run(3 * 60_000);
      // One more row each: what a host without a ring has lost is known by the next id.
      for (const host of hosts) host.record();
      await clock.run(LIMITS.ring.checkEveryMs);
    },
    end: () => node?.kill(),
  };
}

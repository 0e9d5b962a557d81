/**
 * The keeper: makes what runs agree with the roster. It starts and stops hosts' trees, keeps one whose tree gave up in quarantine
 * and brings it back, and publishes every host that has no link of its own. On its own start it adopts what runs.
 *
 * Each host has its own order of work: a host that is slow to stop keeps no other waiting.
 */
import type { Logger } from 'pino';
import type { HostsRepository } from '../../io/postgres/hosts.ts';
import { StoreError } from '../../model/records/batch.ts';
import type { Limits } from '../../model/limits.ts';
import { lastKnown } from '../../model/host/host-memory.ts';
import type { Reason } from '../../model/host/liveness.ts';
import { NO_STRIKES, strike, type Strikes } from '../../model/host/quarantine.ts';
import type { Random } from '../../model/seams.ts';
import { timeOfMs } from '../../model/time.ts';
import type { Start } from '../child.ts';
import type { Database } from '../database/database.ts';
import type { Feed } from '../view/feed.ts';
import type { LinkDirectory } from '../link/link.ts';
import { startWorker } from '../worker.ts';
import type { WriterQueue } from '../writers/writer-queue.ts';
import type { KeeperCommand, KeeperDoor } from './door.ts';
import { createLastStates } from './last-states.ts';
import { connectionOf, type Roster } from './roster.ts';
import { createStanding } from './standing.ts';

/** The trees of hosts, as the keeper needs them. */
export interface HostTrees {
  /** Rejects with the reason when it did not start. */
  start(hostId: string): Promise<void>;
  /** Resolves when it is gone. */
  stop(hostId: string): Promise<void>;
  /** Ids of those that run. */
  running(): string[];
  /** A tree ended, ordered or not; `reason` for people. */
  onExit(listener: (hostId: string, reason: string) => void): () => void;
}

export interface KeeperDeps {
  roster: Roster;
  trees: HostTrees;
  door: KeeperDoor;
  directory: LinkDirectory;
  feed: Feed;
  queue: Pick<WriterQueue, 'offerEvents'>;
  repository: HostsRepository;
  database: Database & { /** The first attempt has ended, one way or the other. */ decided(): boolean };
  /** Which connection a running tree was started with; outlives a keeper. */
  started: Map<string, string>;
  random: Random;
  limits: Pick<Limits, 'quarantine' | 'publish'>;
  log: Logger;
  /** ms to wait for the database's first word before hosts are started without what it remembers. */
  patienceMs: number;
}

type Message =
  | { type: 'command'; command: KeeperCommand }
  | { type: 'exited'; hostId: string; reason: string }
  | { type: 'due'; hostId: string }
  | { type: 'database' }
  | { type: 'begin' };

export function keeper(deps: KeeperDeps): Start {
  return (context) => startWorker<Message>(context, (self, { clock, probe }) => {
    const { roster, trees, feed, log } = deps;
    const standing = createStanding(feed, clock, deps.random);
    const states = createLastStates({ clock, repository: deps.repository, readFleet: () => feed.readFleet(), isDeclared: (id) => roster.isDeclared(id) });
    /** The end of each host's work so far. */
    const work = new Map<string, Promise<void>>();
    const running = new Set(trees.running());
    /** Stops that we ordered: their exits are no news. */
    const ordered = new Set<string>();
    const quarantined = new Map<string, () => void>();
    const strikes = new Map<string, Strikes>();
    let begun = false;
    let closing = false;
    let saving = false;
    let waiting = 0;
    probe.queued(() => waiting);

    const publishedOf = (id: string) => feed.readHost(id)?.state ?? null;
    const show = (id: string, state: 'connecting' | 'quarantined' | 'disabled', reason: Reason | null, nextTryMs: number | null): void => {
      const host = roster.get(id);
      if (host === null) return;
      const published = publishedOf(id);
      const last = lastKnown(published, roster.remembered(id));
      const ts = timeOfMs(clock.now());
      const from = (published ?? last)?.liveness.state ?? null;
      // What a person disabled has been so over every restart since.
      const lasts = last?.liveness.state === state && (from === state || state === 'disabled');
      if (from !== state) deps.queue.offerEvents([{ kind: 'host', event: { hostId: id, ts, kind: 'liveness', from, to: state, reason: reason && `${reason.code}: ${reason.text}` } }]);
      standing.show(host.config, { state, reason, since: lasts ? last.liveness.since : ts, nextTryAt: nextTryMs === null ? null : timeOfMs(clock.now() + nextTryMs) }, last);
    };
    const release = (id: string): void => {
      quarantined.get(id)?.();
      quarantined.delete(id);
    };

    const stop = async (id: string): Promise<void> => {
      if (!running.has(id)) return;
      ordered.add(id);
      await trees.stop(id);
      ordered.delete(id);
      running.delete(id);
      deps.started.delete(id);
    };
    const start = async (id: string): Promise<void> => {
      const host = roster.get(id)!;
      release(id);
      deps.started.set(id, connectionOf(host));
      running.add(id);
      strikes.set(id, { ...(strikes.get(id) ?? NO_STRIKES), startedAt: clock.monotonic() });
      try {
        await trees.start(id);
        standing.leave(id);
      } catch (error) {
        log.error({ host: id, err: error }, 'the host could not be started');
        running.delete(id);
        quarantine(id, String(error));
      }
    };
    const quarantine = (id: string, reason: string): void => {
      if (roster.get(id)?.config.enabled !== true) return;
      release(id);
      const next = strike(strikes.get(id) ?? NO_STRIKES, clock.monotonic(), deps.random.next(), deps.limits.quarantine);
      strikes.set(id, next.strikes);
      show(id, 'quarantined', { code: 'crashed', text: `the host's actors failed again and again and were given up (${reason}); see /debug/actors` }, next.delayMs);
      quarantined.set(id, self.later(next.delayMs, () => self.send({ type: 'due', hostId: id })));
      log.warn({ host: id, reason, backInMs: next.delayMs }, 'quarantined');
    };

    /** Makes one host as the roster says. */
    const settle = async (id: string): Promise<void> => {
      const host = roster.get(id);
      if (host === null) {
        release(id);
        strikes.delete(id);
        await stop(id);
        standing.remove(id);
        return;
      }
      if (!host.config.enabled) {
        release(id);
        await stop(id);
        show(id, 'disabled', { code: 'disabled', text: 'disabled by a person' }, null);
        return;
      }
      if (running.has(id) && deps.started.get(id) === connectionOf(host)) {
        const { name, tags, enabled, source } = host.config;
        deps.directory.tell(id, { type: 'face', face: { name, tags, enabled, source } });
        return;
      }
      await stop(id);
      if (!begun) return show(id, 'connecting', null, null);
      await start(id);
    };
    const inOrder = (id: string, run: () => Promise<void>): Promise<void> => {
      waiting += 1;
      const next = (work.get(id) ?? Promise.resolve()).then(() => (closing ? undefined : run())).finally(() => {
        waiting -= 1;
        if (work.get(id) === next) work.delete(id);
      });
      work.set(id, next);
      self.task(next);
      return next;
    };

    const load = async (): Promise<void> => {
      try {
        const before = new Set(roster.list().map(({ config }) => config.id));
        const touched = roster.load(await deps.repository.list());
        for (const id of touched) {
          const remembered = roster.remembered(id);
          if (remembered !== null && before.has(id)) deps.directory.tell(id, { type: 'remembered', state: remembered });
          if (begun) void inOrder(id, () => settle(id));
        }
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
    };
    const begin = (): void => {
      if (begun || closing) return;
      begun = true;
      for (const { config } of roster.list()) void inOrder(config.id, () => settle(config.id));
      for (const id of running) if (roster.get(id) === null) void inOrder(id, () => settle(id));
      probe.state('keeping', 'begin');
    };
    const save = async (): Promise<void> => {
      if (saving || !deps.database.ready()) return;
      saving = true;
      try {
        await states.save();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      } finally {
        saving = false;
      }
    };
    const saveLater = (): void => {
      self.later(deps.limits.publish.lastStateMs, () => {
        self.task(save().finally(saveLater));
      });
    };

    const offs = [
      trees.onExit((hostId, reason) => self.send({ type: 'exited', hostId, reason })),
      deps.database.subscribe(() => self.send({ type: 'database' })),
      deps.door.listen((command) => self.send({ type: 'command', command })),
    ];
    probe.state('waiting', 'start');
    // Whoever looks now sees every host there is, although none is tried yet.
    for (const { config } of roster.list()) if (!running.has(config.id)) show(config.id, 'connecting', null, null);
    if (deps.database.decided()) self.send({ type: 'database' });
    self.later(deps.patienceMs, () => self.send({ type: 'begin' }));
    saveLater();

    return {
      receive(message) {
        switch (message.type) {
          case 'begin':
            return begin();
          case 'database':
            if (deps.database.ready()) self.task(load().then(begin));
            else if (deps.database.decided()) begin();
            return;
          case 'command': {
            const { hostId, type, settled } = message.command;
            void inOrder(hostId, async () => {
              if (type === 'restart') await stop(hostId);
              release(hostId);
              await settle(hostId);
            }).then(settled, settled);
            return;
          }
          case 'exited':
            if (ordered.has(message.hostId) || !running.has(message.hostId) || closing) return;
            running.delete(message.hostId);
            deps.started.delete(message.hostId);
            return quarantine(message.hostId, message.reason);
          case 'due':
            quarantined.delete(message.hostId);
            void inOrder(message.hostId, () => settle(message.hostId));
            return;
          case 'shutdown':
            closing = true;
            self.task(save().finally(() => self.done()));
            return;
          default:
            message satisfies never;
        }
      },
      cleanup() {
        for (const off of offs) off();
        standing.close();
      },
    };
  }, { drains: true });
}

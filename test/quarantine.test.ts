/** A host whose actor crashes again and again: given up, kept out for growing delays, visible as such, and no other host hears of it. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Start } from '../src/actors/child.ts';
import { createFeed } from '../src/actors/view/feed.ts';
import { startFleetStore } from '../src/actors/view/fleet-store.ts';
import { createKeeperDoor } from '../src/actors/keeper/door.ts';
import { keeper } from '../src/actors/keeper/keeper.ts';
import { createRoster } from '../src/actors/keeper/roster.ts';
import { createLinkDirectory } from '../src/actors/link/link.ts';
import { startWorker } from '../src/actors/worker.ts';
import { createWriterQueue } from '../src/actors/writers/writer-queue.ts';
import { LIMITS } from '../src/model/limits.ts';
import { createHostTrees } from '../src/supervisors/host-trees.ts';
import { createTree, type Tree } from '../src/supervisors/supervision-tree.ts';
import { droverTree } from '../src/supervisors/tree.ts';
import { virtualClock } from './support/virtual-clock.ts';
import { seeded } from './support/wall.ts';

const idle: Start = (context) => startWorker<{ type: 'nothing' }>(context, () => ({ receive: () => undefined }));

test('quarantine: delays that grow and are forgotten after a healthy stretch; the supervisors above count nothing', async () => {
  const clock = virtualClock();
  const random = { ...seeded(1), next: () => 1 - Number.EPSILON };
  const log = pino({ level: 'silent' });
  const feed = createFeed({ report: (error) => { throw error; } });
  const roster = createRoster(['bad', 'good'].map((id) => ({ id, name: id, baseUrl: 'http://127.0.0.1:9', tags: [], enabled: true, apiKey: null, apiKeyOrigin: null, ca: null })), log);
  let sick = true;
  const starts: number[] = [];
  const links = (id: string): Start => (context) => startWorker<{ type: 'nothing' }>(context, (self) => {
    if (id === 'bad') {
      starts.push(clock.monotonic());
      if (sick) self.later(100, () => { throw new Error('boom'); });
    }
    return { receive: () => undefined };
  });
  const never = async (): Promise<never> => { throw new Error('not asked for here'); };
  const tree: Tree = createTree({
    name: 'drover', clock,
    spec: droverTree({
      postgres: idle, activityPersister: idle, perfPersister: idle, eventsPersister: idle, retention: idle, broadcaster: idle, http: idle,
      fleetStore: (context) => startFleetStore(context, { feed, limits: LIMITS }),
      keeper: keeper({
        roster, door: createKeeperDoor(), directory: createLinkDirectory(), feed, queue: createWriterQueue(),
        repository: { list: never, add: never, change: never, remove: never, overrideEnabled: never, saveStates: never },
        database: { ready: () => false, decided: () => true, subscribe: () => () => undefined },
        random, limits: LIMITS, log, trees: createHostTrees(() => tree, links, LIMITS.drain), started: new Map(), patienceMs: 0,
      }),
    }),
  });
  await tree.start();
  const bad = () => feed.readHost('bad')!.state.liveness;
  const delays: number[] = [];
  /** These links publish nothing: what the keeper last showed stays. */
  let before: string | null = null;
  for (let round = 0; round < 8; round += 1) {
    await clock.runUntil(() => bad().nextTryAt !== before, 10_000);
    before = bad().nextTryAt;
    // One start and five restarts within the minute.
    expect(starts.length).toBe(6 * (round + 1));
    expect(bad()).toMatchObject({ state: 'quarantined', reason: { code: 'crashed' } });
    const until = Date.parse(bad().nextTryAt!);
    delays.push(until - clock.now());
    await clock.run(until - clock.now() - 10);
    expect(starts.length).toBe(6 * (round + 1));
    if (round === 7) sick = false;
    await clock.run(500);
    expect(starts.length).toBeGreaterThan(6 * (round + 1));
  }
  expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  const { list } = tree.registry;
  const about = (path: string) => list().find((one) => one.path === path)!;
  expect(about('drover/fleet/hosts/host:good/link')).toMatchObject({ incarnation: 1, restarts: { total: 0 } });
  for (const path of ['drover', 'drover/fleet', 'drover/fleet/hosts']) expect(about(path).restarts.count, path).toBe(0);
  expect(about('drover/fleet/keeper')).toMatchObject({ incarnation: 1 });
  // Ten healthy minutes, and it begins anew.
  await clock.run(LIMITS.quarantine.healthyMs);
  sick = true;
  void tree.registry.restart('drover/fleet/hosts/host:bad/link');
  await clock.runUntil(() => bad().nextTryAt !== before, 10_000);
  expect(Date.parse(bad().nextTryAt!) - clock.now()).toBe(5_000);
  const stopped = tree.stop();
  await clock.run(10_000);
  await stopped;
});

/**
 * Law 1: any client that applies a snapshot and then deltas holds exactly the server's state, whatever was dropped, doubled,
 * reordered or restarted between; it notices a hole by seq, asks again, and never shows a mixture.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Client } from '../src/model/client.ts';
import type { ServerFrame } from '../src/model/frames.ts';
import type { HostState } from '../src/model/host/state.ts';
import { row } from './support/rows.ts';
import { hostState, model, startView, testHost } from './support/view.ts';
import type { TestHost, View } from './support/view.ts';
import { drive } from './support/view-client.ts';
import type { DrivenClient, Fate } from './support/view-client.ts';
import { seeded } from './support/wall.ts';

let view: View | null = null;
let client: DrivenClient | null = null;
afterEach(async () => {
  await client?.cut();
  await view?.stop();
  view = null;
  client = null;
});

const HOSTS = ['a', 'b', 'c'];
const FATES: Fate[] = ['pass', 'pass', 'pass', 'pass', 'pass', 'pass', 'pass', 'drop', 'double', 'delay'];

type Action =
  | { do: 'change'; host: number; what: number }
  | { do: 'begin' | 'remove' | 'takeover'; host: number }
  | { do: 'flush' | 'settle' | 'reconnect' | 'release' | 'barrier' | 'kill store' | 'kill broadcaster' };

const host = fc.nat(HOSTS.length - 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('change' as const), host, what: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('begin' as const, 'remove' as const, 'takeover' as const), host }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('flush' as const, 'release' as const, 'barrier' as const, 'settle' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('reconnect' as const, 'kill store' as const, 'kill broadcaster' as const) }) },
);

const history = fc.array(action, { minLength: 10, maxLength: 80, size: 'max' });

/** Something of a state of every depth, different each time. */
function changeOf(state: HostState, what: number, seq: number): Partial<HostState> {
  switch (what) {
    case 0: return { models: { ...state.models, [`m${seq % 3}`]: { ...model('x'), inflight: seq } } };
    case 1: return { models: Object.fromEntries(Object.entries(state.models).slice(1)) };
    case 2: return { models: { ...state.models, 'a/b~c': { ...model('hostile'), inflight: seq } } };
    case 3: return { tags: [`t${seq}`] };
    case 4: return { inflight: { total: seq, requests: { [`${seq}`]: { model: 'm', path: '/', method: 'POST', startedAt: '2026-01-01T00:00:00.000000Z', respBytes: seq, remoteIp: null } } } };
    case 5: return { inflight: { total: 0, requests: {} } };
    default: return { gaps: { count: seq, lostMin: what, lostMax: null, lastAt: null } };
  }
}

interface World { hosts: Map<string, TestHost>; histories: Map<string, Map<string, HostState>> }

/** Never a mixture: what is held of a host is what it published at that epoch and seq, to the byte. */
function noMixture(world: World, held: Client): void {
  for (const [id, { epoch, seq, state }] of held.fleet.hosts) {
    expect(state, `${id} at ${epoch}/${seq}`).toEqual(world.histories.get(id)?.get(`${epoch}/${seq}`));
  }
}

function holdsAll(server: View, held: Client): void {
  expect([...held.fleet.hosts].map(([id, at]) => ({ host: id, ...at })).sort((a, b) => (a.host < b.host ? -1 : 1))).toEqual(server.feed.readFleet());
}

async function play(actions: readonly Action[], seed: number, faulty: (frame: ServerFrame) => boolean): Promise<{ server: View; driven: DrivenClient; world: World }> {
  await client?.cut();
  await view?.stop();
  const server = (view = await startView({ ws: { flushMs: 50 }, limits: { deltaMemory: { count: 6, bytes: 64 * 1024 } } }));
  const chance = seeded(seed);
  const world: World = { hosts: new Map(), histories: new Map() };
  const put = (id: string): void => {
    const before = world.hosts.get(id);
    const made = testHost(server.feed, id, () => chance.id(), before);
    // What a host published in an earlier life counts too: a late frame may still show it.
    for (const [at, state] of world.histories.get(id) ?? []) made.history.set(at, state);
    world.hosts.set(id, made);
    world.histories.set(id, made.history);
  };
  for (const id of HOSTS.slice(0, 2)) put(id);
  const driven = (client = drive(server.port, ['fleet', 'activity'], chance, (held) => noMixture(world, held)));
  driven.fate = (frame) => (faulty(frame) ? FATES[Math.floor(chance.next() * FATES.length)]! : 'pass');
  await driven.connect();
  for (const one of actions) {
    switch (one.do) {
      case 'change': {
        const of = world.hosts.get(HOSTS[one.host]!);
        of?.change(changeOf(of.state, one.what, of.seq));
        of?.handle.activity([row({ hostId: of.id, upstreamId: of.seq })]);
        break;
      }
      case 'begin': world.hosts.get(HOSTS[one.host]!)?.begin(); break;
      case 'takeover': put(HOSTS[one.host]!); break;
      case 'remove': {
        const id = HOSTS[one.host]!;
        world.hosts.get(id)?.handle.removed();
        world.hosts.delete(id);
        break;
      }
      case 'flush': server.clock.advance(50); break;
      case 'settle':
        server.clock.advance(50);
        await driven.barrier();
        await driven.barrier();
        break;
      case 'release': driven.release(); break;
      case 'barrier': await driven.barrier(); break;
      case 'reconnect':
        await driven.cut();
        await driven.connect();
        break;
      case 'kill store': case 'kill broadcaster':
        server.tree.kill(one.do === 'kill store' ? 'view/fleet-store' : 'view/broadcaster');
        await server.clock.settle();
        await driven.cut();
        await driven.connect();
        break;
      default: one satisfies never;
    }
  }
  return { server, driven, world };
}

describe('a client converges to the server\'s state and shows no mixture', () => {
  test('whatever frame was lost, doubled or late, once it has a sound connection', async () => {
    await fc.assert(fc.asyncProperty(history, fc.nat(), async (actions, seed) => {
      const { server, driven } = await play(actions, seed, () => true);
      driven.fate = () => 'pass';
      await driven.cut();
      await driven.connect();
      await driven.barrier();
      await driven.barrier();
      await driven.barrier();
      holdsAll(server, driven.client);
      expect(driven.client.fleet.awaiting.size).toBe(0);
      expect(driven.faults).toEqual([]);
    }), { numRuns: 40 });
  });

  test('when deltas were lost, doubled or late, by the next change of each host and without a new connection', async () => {
    await fc.assert(fc.asyncProperty(history, fc.nat(), async (actions, seed) => {
      const { server, driven, world } = await play(actions, seed, ({ type }) => type === 'fleet.delta');
      driven.fate = () => 'pass';
      await driven.barrier();
      for (const one of world.hosts.values()) one.change({ profile: `last ${one.seq}` });
      server.clock.advance(50);
      await driven.barrier();
      // The resyncs that these deltas brought about are answered by now.
      await driven.barrier();
      await driven.barrier();
      holdsAll(server, driven.client);
    }), { numRuns: 40 });
  });

  test('streams: no frame twice, and a hole is said', async () => {
    await fc.assert(fc.asyncProperty(history, fc.nat(), async (actions, seed) => {
      const { driven } = await play(actions, seed, ({ type }) => type === 'activity');
      await driven.barrier();
      let last: number | null = null;
      let holes = 0;
      for (const frame of driven.delivered) {
        if (frame.type !== 'activity') continue;
        if (last !== null && frame.n !== last + 1) holes += 1;
        last = frame.n;
      }
      expect(driven.refills.filter((stream) => stream === 'activity').length).toBeGreaterThanOrEqual(holes);
    }), { numRuns: 30 });
  });
});

describe('two hosts', () => {
  test('a fast host hides no delta of a slow one, and neither wipes the other', async () => {
    const server = (view = await startView());
    const [fast, slow] = [server.host('fast'), server.host('slow')];
    let most = 0;
    const driven = (client = drive(server.port, ['fleet'], seeded(1), ({ fleet: { hosts, awaiting } }) => {
      expect(hosts.size).toBeGreaterThanOrEqual(most);
      most = hosts.size;
      expect([...awaiting]).toEqual([]);
    }));
    await driven.connect();
    await driven.barrier();
    await driven.barrier();
    expect(most).toBe(2);
    for (let i = 0; i < 500; i++) {
      fast.change({ profile: `${i}` });
      if (i % 100 === 50) slow.change({ profile: `${i}` });
    }
    await driven.barrier();
    holdsAll(server, driven.client);
    expect(driven.client.fleet.hosts.get('slow')?.seq).toBe(6);
    expect(driven.client.fleet.hosts.get('fast')?.seq).toBe(501);
    // Of a host that is not held it takes nothing before the snapshot.
    expect(hostState({ name: 'slow', profile: '450' })).toEqual(driven.client.fleet.hosts.get('slow')?.state);
  });
});

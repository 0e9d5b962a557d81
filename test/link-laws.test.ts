/** Links over simulated hosts, on a virtual clock: what they publish, and what they make of nonsense. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BAD_FRAMES } from '../src/demo/bad-frames.ts';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost } from '../src/demo/sim-types.ts';
import { applyPatch } from '../src/model/patch.ts';
import { seededRandom } from './sim/seeded-random.ts';
import { startLinked, type Linked } from './support/linked.ts';

const RELEASES = ['v208', 'v235', 'v250'] as const;

let linked: Linked;
let hosts: Record<string, SimHost>;

beforeEach(async () => {
  linked = await startLinked();
  hosts = Object.fromEntries(RELEASES.map((release, index) => [release, createSimHost({ clock: linked.clock, random: seededRandom(index + 1), release })]));
  for (const [id, host] of Object.entries(hosts)) {
    host.start();
    await linked.add(id, host.port());
  }
  await linked.clock.run(6_000);
});
afterEach(() => linked.stop());

test('seq rises by exactly one with every delta, and its ops lead from state to state', async () => {
  const from = linked.published.length;
  for (let i = 0; i < 20; i += 1) {
    for (const host of Object.values(hosts)) host.request({ durationMs: 30 });
    await linked.clock.run(100);
  }
  for (const release of RELEASES) {
    const mine = linked.published.filter(({ host }) => host === release);
    expect(mine.findLastIndex(({ ops }) => ops === null), 'one snapshot, at its start').toBe(0);
    expect(linked.published.slice(from).filter(({ host }) => host === release).length).toBeGreaterThan(10);
    mine.forEach(({ seq, ops, state }, index) => {
      expect(seq).toBe(index + 1);
      if (ops !== null) expect(applyPatch(mine[index - 1]!.state, ops)).toEqual(state);
    });
  }
});

describe('whatever a host says', () => {
  test('is counted, sampled into the log, and takes nothing down: the rows that follow are taken', async () => {
    const good = linked.published.length;
    for (const host of Object.values(hosts)) for (const { bytes } of BAD_FRAMES) host.inject(bytes);
    await linked.clock.run(1_000);
    expect(linked.figures.malformed).toBeGreaterThan(RELEASES.length * 20);
    expect(linked.figures.unknown).toBe(RELEASES.length * 2);
    expect(linked.published.length).toBeGreaterThan(good);
    for (const release of RELEASES) {
      const warnings = linked.logged.filter((line) => line['host'] === release && line['msg'] === 'the host said what was not expected');
      expect(warnings.length).toBe(3);
      expect(warnings[0]).toMatchObject({ what: expect.any(String), sample: expect.any(String) });
      expect(linked.state(release).liveness.state).toBe('live');
      expect(linked.tree.registry.list().find(({ path }) => path.endsWith(`host:${release}/link`))).toMatchObject({ incarnation: 1, lastExit: null });
      linked.activity.length = 0;
      const row = hosts[release]!.record()!;
      // One of the bad rows claims an id far above: the next ones are found as holes.
      await linked.clock.run(20_000);
      expect(linked.activity.filter(({ host }) => host === release).flatMap(({ ids }) => ids)).toContain(row.id);
    }
  });
});

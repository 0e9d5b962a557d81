/** One day, lived through by real links on a virtual clock: what one does to hosts and to Drover, and what is stored of it. */
import { afterEach, expect } from 'vitest';
import type { SimHost } from '../../src/demo/sim-types.ts';
import type { Gap } from '../../src/model/records/gap.ts';
import type { HostPlan, SimEvent } from './history.ts';
import { brokenLaws } from './laws.ts';
import { createWorld, type World } from './world.ts';

/** Of the test that runs. */
export let world: World | null = null;

/** Ends each test's world. */
export function liveDays(): void {
  afterEach(() => {
    world?.end();
    world = null;
  });
}

export const plan = (more: Partial<HostPlan> = {}): HostPlan => ({ release: 'v250', ring: 1_000, store: false, requestLog: true, ...more });

export function createDay(hosts: HostPlan[], queueBytes = 64 * 1024 * 1024): World {
  world = createWorld({ seed: 7, hosts, queueBytes, lengthMs: 0, events: [] });
  return world;
}

/** A fleet that has been live for two seconds. */
export async function begin(...hosts: HostPlan[]): Promise<World> {
  const begun = createDay(hosts);
  await passes(2);
  return begun;
}

export const passes = (seconds: number): Promise<void> => world!.clock.run(seconds * 1_000);
export const serve = (host: SimHost, count: number): void => {
  for (let i = 0; i < count; i++) host.record();
};
type Act<T> = T extends unknown ? Omit<T, 'at'> : never;
export const act = (event: Act<SimEvent>): void => world!.act({ at: 0, ...event });

/** The watcher's line loses deltas: what it lost last shows with the next one, at the latest with the next contact. */
export async function lawsHold(): Promise<void> {
  world!.watcher.heal();
  await passes(30);
  expect(brokenLaws(world!)).toEqual([]);
}

export const ids = (bootEpoch: number, host = 'h0'): number[] => world!.store.activity(host).filter((row) => row.bootEpoch === bootEpoch).map((row) => row.upstreamId);
export const boots = (host = 'h0'): number[] => world!.store.boots(host).map(({ bootEpoch }) => bootEpoch).reverse();
export const marks = (host = 'h0'): { floor: number; next: number }[] => world!.store.boots(host).map(({ floor, next }) => ({ floor, next })).reverse();
export const gaps = (host = 'h0'): Pick<Gap, 'bootEpoch' | 'fromId' | 'toId' | 'lostMin' | 'lostMax' | 'cause'>[] =>
  world!.store.gaps(host).map(({ bootEpoch, fromId, toId, lostMin, lostMax, cause }) => ({ bootEpoch, fromId, toId, lostMin, lostMax, cause }));
export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

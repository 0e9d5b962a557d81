/** Which hosts are charted when the address names none: by name, those that tell of their performance first. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';

export const MOST_USUAL = 8;

export function usualHosts(fleet: ReadonlyMap<string, HeldHost> | null): string[] {
  const all = [...fleet ?? []].map(([id, { state }]) => ({ id, name: state.name, tells: state.perf !== null || Object.keys(state.gpus).length > 0 }));
  all.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  const telling = all.filter(({ tells }) => tells);
  return (telling.length > 0 ? telling : all).slice(0, MOST_USUAL).map(({ id }) => id);
}

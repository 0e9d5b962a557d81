/** Which hosts are charted when the address names none: by name, those that tell of their performance first. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { inOrder } from './fleet-order.ts';

export const MOST_USUAL = 8;

export function usualHosts(fleet: ReadonlyMap<string, HeldHost> | null): string[] {
  const all = inOrder(fleet);
  const telling = all.filter(({ tells }) => tells);
  return (telling.length > 0 ? telling : all).slice(0, MOST_USUAL).map(({ id }) => id);
}

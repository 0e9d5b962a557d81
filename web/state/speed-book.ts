/** How fast models are at hosts: the median of each pair's last requests. Bounded. */
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { outputRate, promptRate } from '../format/rates.ts';
import { rowKey } from './rows.ts';

/** Requests that a median is of, at most. */
export const SPEED_ROWS = 20;
/** Hosts × models that are remembered; a fleet of 100 hosts has some 2,000. */
const MOST_PAIRS = 10_000;

export interface Speed {
  /** Medians in tokens a second; null: none of the rows tells it. */
  tokens: number | null;
  prompt: number | null;
  /** Of the newest that tells it. */
  newest: number | null;
  /** How many requests that is of. */
  rows: number;
  /** The newest one's end, by its host's clock. */
  lastAt: string;
}
/** By model. A host's map is another object after each of its requests, and only then. */
export type HostSpeeds = ReadonlyMap<string, Speed>;
export type SpeedsByHost = ReadonlyMap<string, HostSpeeds>;

export interface SpeedBook { add(rows: readonly ActivityRow[]): void; read(): SpeedsByHost }

export function createSpeedBook(mostPairs = MOST_PAIRS): SpeedBook {
  /** In the order in which they last had a request. */
  const pairs = new Map<string, ActivityRow[]>();
  let byHost = new Map<string, ReadonlyMap<string, Speed>>();
  return {
    read: () => byHost,
    add(rows) {
      const changed = new Map<string, ActivityRow>();
      for (const row of rows) {
        if (!tells(row)) continue;
        const pair = `${row.hostId} ${row.model}`;
        const held = pairs.get(pair) ?? [];
        const key = rowKey(row);
        if (held.some((one) => rowKey(one) === key)) continue;
        pairs.delete(pair);
        pairs.set(pair, [...held, row].sort((a, b) => (a.ts < b.ts ? 1 : a.ts > b.ts ? -1 : 0)).slice(0, SPEED_ROWS));
        changed.set(pair, row);
      }
      if (changed.size === 0) return;
      byHost = new Map(byHost);
      const fresh = new Map<string, Map<string, Speed>>();
      const modelsOf = (host: string): Map<string, Speed> => {
        const models = fresh.get(host) ?? new Map(byHost.get(host));
        fresh.set(host, models);
        byHost.set(host, models);
        return models;
      };
      for (const [pair, { hostId, model }] of changed) {
        const held = pairs.get(pair);
        if (held?.[0] !== undefined) modelsOf(hostId).set(model, { tokens: median(held.map(outputRate)), prompt: median(held.map(promptRate)), newest: held.map(outputRate).find((one) => one !== null) ?? null, rows: held.length, lastAt: held[0].ts });
      }
      for (const [pair, [row]] of pairs) {
        if (pairs.size <= mostPairs) break;
        pairs.delete(pair);
        if (row !== undefined) modelsOf(row.hostId).delete(row.model);
      }
    },
  };
}

const tells = (row: ActivityRow): boolean => outputRate(row) !== null || promptRate(row) !== null;

/** null: of nothing. */
export function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((one) => one !== null).sort((a, b) => a - b);
  const middle = known.length >> 1;
  const [low, high] = [known[known.length % 2 === 0 ? middle - 1 : middle], known[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

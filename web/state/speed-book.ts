/** How fast models are at hosts: the median of each pair's last requests. Bounded. */
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { failureOf } from '../format/failure.ts';
import { outputRate, promptRate } from '../format/rates.ts';
import { compareRows, rowKey } from './rows.ts';

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
  /** How many requests that is of; 0: none tells a speed. */
  rows: number;
  /** The end of the newest request, whether it tells a speed or not, by its host's clock. */
  lastAt: string;
  /** How that one failed; null: it did not. */
  failure: string | null;
}
/** By model. A host's map is another object after each of its requests, and only then. */
export type HostSpeeds = ReadonlyMap<string, Speed>;
export type SpeedsByHost = ReadonlyMap<string, HostSpeeds>;

export interface SpeedBook { add(rows: readonly ActivityRow[]): void; read(): SpeedsByHost }

export function createSpeedBook(mostPairs = MOST_PAIRS): SpeedBook {
  /** In the order in which they last had a request. */
  const pairs = new Map<string, Held>();
  let byHost = new Map<string, ReadonlyMap<string, Speed>>();
  return {
    read: () => byHost,
    add(rows) {
      const changed = new Map<string, ActivityRow>();
      for (const row of rows) {
        const pair = `${row.hostId} ${row.model}`;
        const held = pairs.get(pair) ?? { last: row, telling: [] };
        const isNewest = !pairs.has(pair) || compareRows(row, held.last) < 0;
        const key = rowKey(row);
        const isTold = !tells(row) || held.telling.some((one) => rowKey(one) === key);
        if (isTold && !isNewest) continue;
        pairs.delete(pair);
        pairs.set(pair, {
          last: isNewest ? row : held.last,
          telling: isTold ? held.telling : [...held.telling, row].sort((a, b) => (a.ts < b.ts ? 1 : a.ts > b.ts ? -1 : 0)).slice(0, SPEED_ROWS),
        });
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
        if (held !== undefined) modelsOf(hostId).set(model, speedFrom(held));
      }
      for (const [pair, { last }] of pairs) {
        if (pairs.size <= mostPairs) break;
        pairs.delete(pair);
        modelsOf(last.hostId).delete(last.model);
      }
    },
  };
}

/** Of a pair: its newest request, and the newest that tell a speed. */
interface Held { last: ActivityRow; telling: readonly ActivityRow[] }

function speedFrom({ last, telling }: Held): Speed {
  const rates = telling.map(outputRate);
  return { tokens: median(rates), prompt: median(telling.map(promptRate)), newest: rates.find((one) => one !== null) ?? null, rows: telling.length, lastAt: last.ts, failure: failureOf(last) };
}

/** Of a model by each of its rows' names at a host. */
export function speedOf(speeds: HostSpeeds | undefined, names: readonly string[]): Speed | undefined {
  return names.flatMap((name) => speeds?.get(name) ?? []).sort((a, b) => (a.lastAt < b.lastAt ? 1 : a.lastAt > b.lastAt ? -1 : 0))[0];
}

/** What a speed, or its want, is from. */
export function speedWords(speed: Speed | null | undefined, words: (speed: Speed) => string): string {
  if (speed === null || speed === undefined) return 'no request seen';
  const failed = speed.failure === null ? '' : `; last failed: ${speed.failure}`;
  return `${speed.rows === 0 ? 'no request tells a speed' : words(speed)}${failed}`;
}

const tells = (row: ActivityRow): boolean => outputRate(row) !== null || promptRate(row) !== null;

/** null: of nothing. */
export function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((one) => one !== null).sort((a, b) => a - b);
  const middle = known.length >> 1;
  const [low, high] = [known[known.length % 2 === 0 ? middle - 1 : middle], known[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

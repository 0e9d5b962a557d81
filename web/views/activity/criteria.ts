/** What of the activity is wanted, as the address says it, and the same question asked of a row that came live and of history. */
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import type { Gap } from '../../../src/model/records/gap.ts';
import { canonicalTime, msOfTime, timeOfMs } from '../../../src/model/time.ts';

/** Presets of the time range: their name in the address, and ms. */
export const SPANS = { '15m': 900_000, '1h': 3_600_000, '6h': 21_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const;
export type Span = keyof typeof SPANS;
export const SPAN_NAMES: Readonly<Record<Span, string>> = { '15m': 'last 15 minutes', '1h': 'last hour', '6h': 'last 6 hours', '24h': 'last 24 hours', '7d': 'last 7 days' };

/** Names in the address; those of the API where it has them. */
export const FILTER_NAMES = ['host', 'model', 'status', 'path', 'last', 'from', 'to'] as const;

export interface Criteria {
  hosts: readonly string[];
  models: readonly string[];
  /** `404` or `4xx`, as the API takes them. */
  statuses: readonly string[];
  path: string | null;
  /** Inclusive; as in the address. `last` goes before it. */
  from: string | null;
  /** Exclusive. */
  to: string | null;
  last: Span | null;
}

export function readCriteria(params: URLSearchParams): Criteria {
  const last = params.get('last');
  const preset = last !== null && Object.hasOwn(SPANS, last) ? (last as Span) : null;
  return {
    hosts: params.getAll('host'), models: params.getAll('model'), statuses: params.getAll('status'), path: params.get('path'),
    from: preset === null ? params.get('from') : null, to: preset === null ? params.get('to') : null, last: preset,
  };
}

export const filtersAnything = ({ hosts, models, statuses, path, from, to, last }: Criteria): boolean => hosts.length + models.length + statuses.length > 0 || [path, from, to, last].some((one) => one !== null);

/** Asks of a request what nobody knows of one that is lost. */
export const asksOfRequests = ({ models, statuses, path }: Criteria): boolean => models.length + statuses.length > 0 || path !== null;

/** No newer than the rows of that time; null: it is no time, or not one that is asked for. */
export function upTo(criteria: Criteria, at: string, now: number): (Criteria & { to: string }) | null {
  const time = canonicalTime(at);
  const end = time === null ? null : instantAfter(time);
  const { from, to } = rangeOf(criteria, now);
  if (time === null || end === null || (from !== null && time < from) || (to !== null && time >= to)) return null;
  return { ...criteria, to: to !== null && to < end ? to : end };
}

/** Of a canonical time the next whole millisecond: `to` excludes, and of one time there may be many rows. null: it is no time. */
export function instantAfter(ts: string): string | null {
  const ms = msOfTime(ts);
  return Number.isNaN(ms) ? null : timeOfMs(Math.floor(ms) + 1);
}

interface AskedOfActivity { host: readonly string[]; model: readonly string[]; status: readonly string[]; path: string | null; from: string | null; to: string | null }

/** Of GET /api/activity; `now` (ms since 1970) is where a preset ends. */
export function activityQuery(criteria: Criteria, now: number): AskedOfActivity {
  return { host: criteria.hosts, model: criteria.models, status: criteria.statuses, path: criteria.path, from: begin(criteria, now), to: criteria.to };
}

/** Of GET /api/gaps: what else a row has to be cannot be asked of rows that nobody has. */
export function gapQuery(criteria: Criteria, now: number): Record<string, string | readonly string[] | null> {
  return { host: criteria.hosts, from: begin(criteria, now), to: criteria.to };
}

export interface Sieve { row: (row: ActivityRow) => boolean; gap: (gap: Gap) => boolean }

/** The API's own filter over what came live. A gap in which nothing is lost is left out where it could hold nothing that is asked for. */
export function sieveOf(criteria: Criteria, now: number): Sieve {
  const hosts = new Set(criteria.hosts);
  const models = new Set(criteria.models);
  const statuses = new Set(criteria.statuses);
  const { path } = criteria;
  const asks = asksOfRequests(criteria);
  const { from, to } = rangeOf(criteria, now);
  const hasStatus = (status: number | null): boolean => status !== null && (statuses.has(String(status)) || statuses.has(`${Math.floor(status / 100)}xx`));
  return {
    row: (row) => (hosts.size === 0 || hosts.has(row.hostId)) && (models.size === 0 || models.has(row.model)) && (statuses.size === 0 || hasStatus(row.status))
      && (path === null || row.reqPath === path) && (from === null || row.ts >= from) && (to === null || row.ts < to),
    gap: (gap) => !(asks && gap.lostMax === 0) && (hosts.size === 0 || hosts.has(gap.hostId)) && (from === null || (gap.toTs ?? gap.detectedAt) >= from) && (to === null || gap.fromTs === null || gap.fromTs < to),
  };
}

/** Canonical. */
function rangeOf(criteria: Criteria, now: number): { from: string | null; to: string | null } {
  const first = begin(criteria, now);
  return { from: first === null ? null : canonicalTime(first), to: criteria.to === null ? null : canonicalTime(criteria.to) };
}

function begin({ last, from }: Criteria, now: number): string | null {
  return last === null ? from : timeOfMs(now - SPANS[last]);
}

/** Reads a host's ring for a decision: learns the generation, then gets as much of the ring as the decision needs. */
import type { WireRow } from '../records/activity.ts';
import type { Limits } from '../limits.ts';
import type { Generation } from '../host/state.ts';
import type { RingView } from './decide-boot.ts';
import type { FetchAnswer, FetchTarget } from './effects.ts';
import { isWhole, pagesToDecide, reachesEnd } from './fetch-plan.ts';

export type RingStep = { kind: 'fetch'; target: FetchTarget } | { kind: 'wait'; until: number | null } | { kind: 'ready' };

export interface RingReader {
  /** A `metrics` message of the stream. */
  message(generation: 1 | 2 | null, rows: readonly WireRow[]): void;
  answered(target: FetchTarget, answer: FetchAnswer, now: number): void;
  next(now: number): RingStep;
  view(): RingView;
  /** The first page of a long ring was not enough; `highests`: where earlier boots end. False: there is no more to read. */
  readOn(highests: readonly number[]): boolean;
  generation(): Generation | null;
  /** Rows that the host says it holds; null: unknown. */
  total(): number | null;
}

const RETRY_MS = 2_000;

/** `known`: the connection's generation, where it was learnt before (a second reading on one connection). */
export function createRingReader(since: number, known: Generation | null, limits: Limits['ring']): RingReader {
  const rows = new Map<number, WireRow>();
  let generation = known;
  /** 404 at the path of generation 3. */
  let old = known === 1 || known === 2;
  let oldRing: 'awaited' | 'unsure' | 'have' = known === null ? 'awaited' : 'unsure';
  let firstMessage: { generation: 1 | 2 | null; rows: readonly WireRow[] } | null = null;
  let pages: number[] = [1];
  let total: number | null = null;
  let endKnown = false;
  let readFurther = false;
  let failedUntil: number | null = null;

  const takeOld = (shape: 1 | 2 | null, found: readonly WireRow[]): void => {
    for (const row of found) rows.set(row.upstreamId, row);
    if (shape !== null) generation = shape;
  };

  const useMessage = (): void => {
    if (!old || firstMessage === null || oldRing !== 'awaited') return;
    takeOld(firstMessage.generation, firstMessage.rows);
    // A change may come before the state: one row alone may be either.
    const [only] = firstMessage.rows;
    const perhapsOne = firstMessage.rows.length === 1 && only!.upstreamId > 0;
    // An empty list is the same in generations 1 and 2; the path's answer is not.
    oldRing = perhapsOne || generation === null ? 'unsure' : 'have';
  };

  return {
    message(shape, found) {
      firstMessage ??= { generation: shape, rows: found };
      if (shape !== null && generation === null) generation = shape;
      useMessage();
    },
    answered(target, answer, now) {
      failedUntil = null;
      switch (answer.kind) {
        case 'failed':
          // The stream has told already what the path would have.
          if (target.kind === 'page' && firstMessage !== null && known === null) old = true;
          else if (target.kind === 'ring' && firstMessage?.rows.length === 0) oldRing = 'have';
          else failedUntil = now + RETRY_MS;
          break;
        case 'absent':
          if (target.kind === 'page' && known === null && !old) old = true;
          else failedUntil = now + RETRY_MS;
          break;
        case 'rows':
          if (target.kind === 'ring') {
            takeOld(answer.generation === 3 ? null : answer.generation, answer.rows);
            oldRing = 'have';
            break;
          }
          generation = 3;
          for (const row of answer.rows) rows.set(row.upstreamId, row);
          total = answer.total ?? total;
          pages = pages.filter((page) => page !== target.page);
          if (reachesEnd(target, answer.rows.length, answer.total)) {
            endKnown = true;
            pages = pages.filter((page) => page < target.page);
          }
          break;
        default:
          answer satisfies never;
      }
      useMessage();
    },
    next(now) {
      if (failedUntil !== null && now < failedUntil) return { kind: 'wait', until: failedUntil };
      if (old) {
        if (oldRing === 'have') return { kind: 'ready' };
        if (oldRing === 'awaited' && now < since + limits.firstMetricsMs) return { kind: 'wait', until: since + limits.firstMetricsMs };
        return { kind: 'fetch', target: { kind: 'ring' } };
      }
      const [page] = pages;
      return page === undefined ? { kind: 'ready' } : { kind: 'fetch', target: { kind: 'page', page, limit: limits.pageSize } };
    },
    view() {
      const sorted = [...rows.values()].sort((a, b) => a.upstreamId - b.upstreamId);
      if (old) return { rows: sorted, complete: true, endKnown: true };
      return { rows: sorted, complete: endKnown && pages.length === 0 && (total === null || isWhole(total, limits.pageSize)), endKnown };
    },
    readOn(highests) {
      if (old || endKnown || readFurther || total === null) return false;
      readFurther = true;
      const newest = Math.max(...rows.keys(), 0);
      pages = pagesToDecide(total, newest, highests, limits.pageSize);
      return pages.length > 0;
    },
    generation: () => generation ?? null,
    total: () => total,
  };
}

/** While a boot is open: when to ask the host for rows, and which. A burst of announcements becomes one fetch; one fetch at a time. */
import type { Limits } from '../limits.ts';
import type { Generation } from '../host/state.ts';
import type { FetchTarget } from './effects.ts';
import { pageFor } from './fetch-plan.ts';
import type { LostStretch, Shown } from './holes.ts';
import { createHoles } from './holes.ts';
import type { LiveBoot } from './live-boot.ts';
import { unsettled } from './live-boot.ts';
import type { IdSet } from './watermark.ts';
import { idSet } from './watermark.ts';

export type ChaseStep = { kind: 'fetch'; target: FetchTarget } | { kind: 'wait'; until: number | null };

export interface RowChaser {
  /** Generation 3: the row can be fetched. */
  announced(id: number, now: number): void;
  /** The whole ring is wanted: at once, but not more often than every 5 s. */
  wantRing(now: number): void;
  /** Ids were settled or announced. `known`: of before this connection, of a process that may be another (`exact` false): at once. */
  changed(boot: LiveBoot, now: number, known?: { exact: boolean }): void;
  /** Takes up what `changed` told since the last call: once for all events of a read. */
  settle(): void;
  next(boot: LiveBoot, generation: Generation, now: number, behind: boolean): ChaseStep;
  begun(target: FetchTarget, now: number): void;
  failed(now: number): void;
  /** After the rows of an answer were settled. */
  answered(target: FetchTarget, shown: Shown, boot: LiveBoot, now: number): LostStretch[];
  /** Highest id announced and not read. */
  pending(): IdSet;
}

const COALESCE_MS = 50;
const FETCH_EVERY_MS = 250;
const RING_EVERY_MS = 5_000;
const RETRY_MS = 2_000;
/** Pages read in a row without reaching the hole they were read for. */
const HUNTS = 4;

/** `since`: the ring has just been read. */
export function createRowChaser(since: number, limits: Limits['ring']): RowChaser {
  const holes = createHoles(limits);
  let pending = idSet();
  let announcedAt: number | null = null;
  let lastFetch = Number.NEGATIVE_INFINITY;
  let lastRing = Number.NEGATIVE_INFINITY;
  // A host that drops its last messages says nothing more (silently until v217): only a look now and then finds those rows.
  let checkDue = since + limits.checkEveryMs;
  let ringDue: number | null = null;
  let retryAt: number | null = null;
  let pageOff = 0;
  let hunts = 0;

  /** Told by `changed` and not looked at yet. */
  let stale: { boot: LiveBoot; now: number } | null = null;
  const settle = (): void => {
    if (stale === null) return;
    holes.update(unsettled(stale.boot), stale.now, limits.missingAfterMs, true);
    stale = null;
  };

  return {
    announced(id, now) {
      pending.add(id);
      announcedAt ??= now;
    },
    wantRing(now) {
      ringDue ??= Math.max(now, lastRing + RING_EVERY_MS);
    },
    changed(boot, now, known) {
      if (known === undefined) {
        if (stale === null) stale = { boot, now };
        else stale.boot = boot;
        return;
      }
      settle();
      holes.update(unsettled(boot), now, 0, known.exact);
    },
    settle,
    next(boot, generation, now, behind) {
      settle();
      if (retryAt !== null && now < retryAt) return { kind: 'wait', until: retryAt };
      const announcedDue = announcedAt === null ? null : Math.max(announcedAt + COALESCE_MS, lastFetch + FETCH_EVERY_MS);
      if (ringDue !== null && now >= ringDue) return { kind: 'fetch', target: wholeRing(generation, limits.pageSize) };
      if (announcedDue !== null && now >= announcedDue) {
        const [lowest] = pending.ranges()[0] ?? [boot.top ?? 0];
        return { kind: 'fetch', target: generation === 3 ? { kind: 'page', ...pageFor(lowest, boot.top ?? lowest, limits.pageSize) } : { kind: 'ring' } };
      }
      // What the queue refused is asked for again when it has room, not before.
      const hole = behind ? null : holes.due(now);
      if (hole !== null) {
        if (generation !== 3) return { kind: 'fetch', target: { kind: 'ring' } };
        const [from, to] = hole;
        const plan = pageFor(to - from < limits.pageSize ? from : to, boot.top ?? to, limits.pageSize);
        return { kind: 'fetch', target: { kind: 'page', page: Math.max(1, plan.page + pageOff), limit: pageOff === 0 ? plan.limit : limits.pageSize } };
      }
      if (now >= checkDue) return { kind: 'fetch', target: generation === 3 ? { kind: 'page', ...pageFor(boot.top ?? 0, boot.top ?? 0, limits.pageSize) } : { kind: 'ring' } };
      return { kind: 'wait', until: earliest(ringDue, announcedDue, checkDue, behind ? null : holes.nextDue()) };
    },
    begun(target, now) {
      lastFetch = now;
      retryAt = null;
      if (target.kind === 'ring' || target.page === 1) checkDue = now + limits.checkEveryMs;
      if (target.kind === 'ring' || (target.page === 1 && target.limit === limits.pageSize)) {
        lastRing = now;
        ringDue = null;
      }
      // Announcements from now on want another fetch: these are in the answer, or holes.
      announcedAt = null;
      pending = idSet();
    },
    failed(now) {
      retryAt = now + RETRY_MS;
    },
    answered(target, shown, boot, now) {
      settle();
      const wanted = holes.due(now);
      holes.update(unsettled(boot), now, limits.missingAfterMs, true);
      const lost = holes.shown(shown, now);
      if (wanted !== null && target.kind === 'page') {
        const [from, to] = wanted;
        const missed = shown.low === null || shown.high === null ? 0 : shown.low > to && !shown.endKnown ? 1 : shown.high < from && target.page > 1 ? -1 : 0;
        if (missed === 0) {
          pageOff = 0;
          hunts = 0;
        } else if (++hunts > HUNTS) {
          holes.postpone(wanted, now + RETRY_MS);
          pageOff = 0;
          hunts = 0;
        } else pageOff += missed;
      }
      // Nothing of a page below the newest id that we know can be missing by chance: an empty page past the end is no look.
      if (shown.low === null && target.kind === 'page' && target.page > 1) {
        pageOff = 0;
        if (wanted !== null) holes.postpone(wanted, now + RETRY_MS);
      }
      return lost;
    },
    pending: () => pending,
  };
}

function wholeRing(generation: Generation, pageSize: number): FetchTarget {
  return generation === 3 ? { kind: 'page', page: 1, limit: pageSize } : { kind: 'ring' };
}

export function earliest(...times: (number | null)[]): number | null {
  let first: number | null = null;
  for (const time of times) if (time !== null && (first === null || time < first)) first = time;
  return first;
}

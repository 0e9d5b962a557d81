/**
 * A host with a store keeps all rows, and a first contact reads the newest page alone. What lies below is fetched by and by, newest
 * first, down to retention's edge; the boot's floor remembers how far that came. Pages follow each other by place, not by id: rows
 * that come in meanwhile push old ones to later pages, so that the next page repeats rows and never skips any.
 */
import type { StoredRow, WireRow } from '../records/activity.ts';
import { firstId } from './decide-boot.ts';
import type { ActivityEntry, PageTarget } from './effects.ts';
import { pageCount, reachesEnd } from './fetch-plan.ts';
import type { LiveBoot } from './live-boot.ts';
import { setFloor } from './live-boot.ts';
import { idSet } from './watermark.ts';

export type ImportStep = { kind: 'fetch'; target: PageTarget } | { kind: 'wait'; until: number | null };

export interface BackwardImport {
  next(boot: LiveBoot, now: number): ImportStep;
  /** Settles what the page holds below the floor and lowers that; what is to be queued. `edge`: retention's (canonical time). */
  answered(boot: LiveBoot, target: PageTarget, answer: { rows: readonly WireRow[]; total: number | null }, edge: string, hostId: string, now: number): ActivityEntry[];
  /** No answer, or what it brought was not queued. */
  failed(now: number): void;
}

const EVERY_MS = 500;
const RETRY_MS = 5_000;
const ENTRY_ROWS = 100;

/** For one connection and boot. `ended`: the ring as it was read shows that the host holds nothing below the floor. */
export function createBackwardImport(ended: boolean, pageSize: number): BackwardImport {
  let done = ended;
  let due = Number.NEGATIVE_INFINITY;
  let page: number | null = null;
  /** All that lies before `page` is at or above the floor. */
  let contiguous = false;
  let lastTotal: number | null = null;

  const goTo = (next: number | null, joined: boolean): void => {
    page = next;
    contiguous = joined;
  };

  return {
    next(boot, now) {
      // A later boot's rows below its floor may be those of an earlier one.
      const wanted = !done && boot.epoch === 1 && boot.resumes === null && boot.generation === 3 && boot.floorAt !== 'open' && boot.floor > firstId(3);
      if (!wanted || boot.owed.boots.length > 0) return { kind: 'wait', until: null };
      if (now < due) return { kind: 'wait', until: due };
      page ??= Math.floor(Math.max(0, (boot.top ?? boot.floor) - boot.floor) / pageSize) + 1;
      return { kind: 'fetch', target: { kind: 'page', page, limit: pageSize } };
    },
    failed(now) {
      due = now + RETRY_MS;
      goTo(null, false);
    },
    answered(boot, target, { rows, total }, edge, hostId, now) {
      due = now + EVERY_MS;
      const shrunk = total !== null && lastTotal !== null && total < lastTotal;
      lastTotal = total;
      // Fewer rows than before: some were deleted, or it is another process: pages no longer follow each other.
      if (shrunk) {
        goTo(null, false);
        return [];
      }
      const ids = rows.map((row) => row.upstreamId);
      const ended = reachesEnd(target, rows.length, total);
      if (!contiguous && target.page > 1 && (rows.length === 0 || Math.max(...ids) < boot.floor)) {
        goTo(Math.min(target.page - 1, total === null ? target.page - 1 : pageCount(total, pageSize)), false);
        return [];
      }
      const below = rows.filter((row) => row.upstreamId < boot.floor).toSorted((a, b) => b.upstreamId - a.upstreamId);
      const within = below.filter((row) => row.ts >= edge);
      const last = below[below.length - 1];
      done = ended || (last !== undefined && last.ts < edge);
      goTo(target.page + 1, true);
      return entriesBelow(boot, within, hostId);
    },
  };
}

/** Newest first, so that the floor can follow each of them. Ids that the store does not have were gone before anybody looked: no gap. */
function entriesBelow(boot: LiveBoot, rows: readonly WireRow[], hostId: string): ActivityEntry[] {
  const entries: ActivityEntry[] = [];
  for (let from = 0; from < rows.length; from += ENTRY_ROWS) {
    const part = rows.slice(from, from + ENTRY_ROWS);
    const above = boot.floor;
    const floor = part[part.length - 1]!.upstreamId;
    const there = idSet(part.map(({ upstreamId }) => [upstreamId, upstreamId] as const));
    const settled = there.missing(floor, above - 1);
    boot.settled.add(floor, above - 1);
    boot.before.add(floor, above - 1);
    boot.published.add(floor, above - 1);
    setFloor(boot, floor);
    boot.owed.floor = null;
    entries.push({
      hostId, bootEpoch: boot.epoch, origin: 'import', generation: boot.generation, boots: [], gaps: [], settled, floor,
      rows: part.map((row): StoredRow => ({ ...row, hostId, bootEpoch: boot.epoch })),
    });
  }
  return entries;
}

/** The queue took none of it: the floor is where it was. */
export function takeBackImport(boot: LiveBoot, { rows, settled, floor }: ActivityEntry): void {
  const above = Math.max(...rows.map((row) => row.upstreamId), ...settled.map(([, to]) => to)) + 1;
  if (floor === null || boot.floor >= above) return;
  boot.settled.remove(boot.floor, above - 1);
  boot.before.remove(boot.floor, above - 1);
  boot.published.remove(boot.floor, above - 1);
  boot.floor = above;
}

/** Gaps as records. Over all gaps of a host no row is counted twice: a gap holds only ids that nothing settled before. */
import type { Gap, GapCause } from '../records/gap.ts';
import type { KnownBoot } from './merge-mark.ts';
import type { IdRange } from './watermark.ts';

export interface GapPen {
  hostId: string;
  newId(): string;
  /** Canonical time of now. */
  detectedAt: string;
}

export interface GapDraft {
  bootEpoch: number;
  range: IdRange;
  cause: GapCause;
  fromTs: string | null;
  toTs: string;
  /** False: the ids may be another process's, so that more may be lost than they count. */
  exact: boolean;
  /** The host may show these rows again: none is lost for certain. */
  mayReturn?: boolean;
}

/** Ids that the host gave to rows which it no longer has; with `missing` ids which it may never have given. */
export function closedGap(pen: GapPen, draft: GapDraft): Gap {
  const [fromId, toId] = draft.range;
  const count = toId - fromId + 1;
  return {
    id: pen.newId(),
    hostId: pen.hostId,
    bootEpoch: draft.bootEpoch,
    fromId,
    toId,
    fromTs: draft.fromTs,
    toTs: draft.toTs,
    lostMin: draft.cause === 'missing' || draft.mayReturn === true ? 0 : count,
    lostMax: draft.exact ? count : null,
    cause: draft.cause,
    detectedAt: pen.detectedAt,
  };
}

/**
 * What a boot leaves behind when its ids begin again: ids that were given and never read, and after its highest a stretch that
 * is only possible. `inflight`: requests under way at a clean end, where known. `announced`: the highest id announced. A boot of
 * generation 3 may have a store, with which it comes back.
 */
export function endOfBoot(
  pen: GapPen,
  boot: KnownBoot,
  end: { cause: 'restart' | 'reload'; toTs: string; inflight: number | null; announced: number | null },
): Gap[] {
  const top = Math.max(boot.highest ?? boot.floor - 1, end.announced ?? boot.floor - 1);
  const gaps = boot.settled.missing(boot.floor, top).map((range) =>
    closedGap(pen, { bootEpoch: boot.bootEpoch, range, cause: end.cause, fromTs: boot.lastId !== null && boot.lastId < range[0] ? boot.lastTs : null, toTs: end.toTs, exact: true, mayReturn: boot.generation === 3 }),
  );
  gaps.push({
    id: pen.newId(),
    hostId: pen.hostId,
    bootEpoch: boot.bootEpoch,
    fromId: top + 1,
    toId: null,
    fromTs: boot.lastTs,
    toTs: end.toTs,
    lostMin: 0,
    lostMax: end.inflight,
    cause: end.cause,
    detectedAt: pen.detectedAt,
  });
  return gaps;
}

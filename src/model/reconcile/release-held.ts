/** The database has answered: which boots are those that were met without it? */
import type { WireRow } from '../records/activity.ts';
import type { HostMark } from '../records/batch.ts';
import type { Gap } from '../records/gap.ts';
import { decideBoot } from './decide-boot.ts';
import type { GapPen } from './draft-gaps.ts';
import type { HeldBoot, QueuedHost, Release } from './effects.ts';
import type { ProcessKnown } from './log-lines.ts';
import type { KnownBoot } from './merge-mark.ts';
import { mergeMark } from './merge-mark.ts';
import { openBoot } from './open-boot.ts';

/** What the link that met the boot still remembers of it. */
export interface HeldMemory {
  process: ProcessKnown;
  /** The ring as it was; the queue may have refused a part of it. */
  ring: readonly WireRow[];
  endKnown: boolean;
  complete: boolean;
  begunAgain: boolean;
  inflight: number | null;
  announced: number | null;
  /** Gaps inside it, under the held number. */
  gaps(): Gap[];
}

export interface Released {
  release: Release;
  boot: KnownBoot;
  /** Another boot, or an earlier boot's rows, lie below it: its floor stands. */
  firm: boolean;
  /** False: what lies between the boot's rows and these may be another process's, so that more may be lost than the ids count. */
  exact: boolean;
  /** The ring was empty although the boot has rows: its first row decides. */
  silent: boolean;
}

/** Oldest first: each one is a boot for the next to be measured against. `queued` is brought to the decided numbers. */
export function releaseHeld(
  mark: HostMark,
  queued: QueuedHost,
  memory: ReadonlyMap<number, HeldMemory>,
  pen: GapPen,
  retentionEdge: string,
): Released[] {
  const released: Released[] = [];
  for (const held of queued.held) {
    const about = memory.get(held.bootEpoch);
    const ring = (about?.ring ?? held.ring).toSorted((a, b) => a.upstreamId - b.upstreamId);
    const view = { rows: ring, complete: about?.complete ?? held.generation !== 3, endKnown: about?.endKnown ?? held.generation !== 3 };
    const standing = mergeMark(mark, queued, ring);
    const process = about?.process ?? 'unknown';
    const [newest] = standing.boots;
    const inRing = new Set(ring.map((row) => row.upstreamId));
    const again = held.laterIds.some((id) => !inRing.has(id) && newest !== undefined && (id < newest.floor || newest.settled.has(id)));
    const decision = decideBoot({
      generation: held.generation,
      process,
      ring: view,
      standing,
      fresh: () => false,
      begunAgain: again || (about?.begunAgain ?? false),
      announced: null,
      retentionEdge,
    });
    const opened = openBoot(decision, { generation: held.generation, process, ring: view, inflight: about?.inflight ?? null, announced: about?.announced ?? null }, pen);
    const { boot } = opened;
    const inside = (about?.gaps() ?? []).flatMap((gap) => clip(gap, boot, pen));
    const release: Release = {
      hostId: pen.hostId,
      held: held.bootEpoch,
      bootEpoch: boot.bootEpoch,
      fromId: boot.floor,
      boots: opened.record === null ? [] : [opened.record],
      gaps: [...opened.gaps, ...inside],
    };
    rename(queued, held, release);
    released.push({ release, boot: { ...boot }, firm: decision.kind !== 'first' || boot.resumes !== null, exact: process === 'same' || release.boots.length > 0, silent: decision.kind === 'wait' && held.laterIds.length === 0 });
  }
  return released;
}

/** Of a gap met under the held number, what the real boot had not settled. */
function clip(gap: Gap, boot: KnownBoot, pen: GapPen): Gap[] {
  if (gap.fromId === null || gap.toId === null) return [{ ...gap, bootEpoch: boot.bootEpoch }];
  return boot.settled.missing(Math.max(gap.fromId, boot.floor), gap.toId).map(([from, to]): Gap => {
    boot.settled.add(from, to);
    const count = to - from + 1;
    const whole = from === gap.fromId && to === gap.toId;
    return {
      ...gap,
      id: whole ? gap.id : pen.newId(),
      bootEpoch: boot.bootEpoch,
      fromId: from,
      toId: to,
      lostMin: gap.lostMin === 0 ? 0 : count,
      lostMax: gap.lostMax === null ? null : count,
    };
  });
}

function rename(queued: QueuedHost, held: HeldBoot, release: Release): void {
  const keep = (row: WireRow): boolean => row.upstreamId >= release.fromId;
  queued.rows = queued.rows.flatMap((row) => (row.bootEpoch !== held.bootEpoch ? [row] : keep(row) ? [{ ...row, bootEpoch: release.bootEpoch }] : []));
  queued.settled = queued.settled.map((part) => (part.bootEpoch === held.bootEpoch ? { ...part, bootEpoch: release.bootEpoch } : part));
  queued.boots = [...queued.boots, ...release.boots];
  queued.gaps = [...queued.gaps, ...release.gaps];
}

/** What follows from a decision: the boot in memory, its record, the gaps. */
import type { WireRow } from '../records/activity.ts';
import type { BootRecord } from '../records/batch.ts';
import type { Gap } from '../records/gap.ts';
import type { Generation } from '../host/state.ts';
import type { BootDecision, RingView } from './decide-boot.ts';
import { firstId } from './decide-boot.ts';
import type { GapPen } from './draft-gaps.ts';
import { closedGap, endOfBoot } from './draft-gaps.ts';
import type { ProcessKnown } from './log-lines.ts';
import type { KnownBoot } from './merge-mark.ts';
import { newKnownBoot } from './merge-mark.ts';

export interface Circumstances {
  generation: Generation;
  process: ProcessKnown;
  ring: RingView;
  /** Requests under way when the connection before ended cleanly; null: unknown. */
  inflight: number | null;
  /** The highest id announced in the boot before. */
  announced: number | null;
}

export interface Opened {
  boot: KnownBoot;
  record: BootRecord | null;
  gaps: Gap[];
}

/** Settles in `boot` whatever its gaps hold. */
export function openBoot(decision: BootDecision, about: Circumstances, pen: GapPen): Opened {
  switch (decision.kind) {
    case 'first': {
      const boot = newKnownBoot({ ...decision, generation: about.generation });
      return { boot, record: recordOf(boot, pen), gaps: [] };
    }
    case 'wait':
    case 'same':
      return { boot: decision.boot, record: null, gaps: wrapped(decision.boot, about, pen) };
    case 'new': {
      const boot = newKnownBoot({ ...decision, generation: about.generation });
      const gaps = endOfBoot(pen, decision.before, { cause: decision.cause, toTs: endOf(decision, about.ring, pen), inflight: about.inflight, announced: about.announced });
      if (decision.wrapBelow !== null) {
        const range = [firstId(about.generation), decision.wrapBelow - 1] as const;
        gaps.push(closedGap(pen, { bootEpoch: boot.bootEpoch, range, cause: 'wrap', fromTs: null, toTs: about.ring.rows[0]!.ts, exact: true }));
        boot.settled.add(range[0], range[1]);
        boot.gapped.add(range[0], range[1]);
        boot.highest = range[1];
      }
      return { boot, record: recordOf(boot, pen), gaps };
    }
    default:
      return decision satisfies never;
  }
}

/**
 * When the boot before had ended at the latest: the new boot's first row. What a boot resumes may hold rows from before that one,
 * which nobody read in their time.
 */
function endOf({ before, floor, resumes }: BootDecision & { kind: 'new' }, { rows }: RingView, { detectedAt }: GapPen): string {
  const isAfter = ({ ts }: WireRow): boolean => resumes === null || (before.lastTs !== null && ts.slice(0, 19) > before.lastTs.slice(0, 19));
  return rows.find((row) => row.upstreamId >= floor && isAfter(row))?.ts ?? detectedAt;
}

/** Ids that the ring has passed. Where its end is not known the chase for holes finds out. */
function wrapped(boot: KnownBoot, about: Circumstances, pen: GapPen): Gap[] {
  const [low] = about.ring.rows;
  if (low === undefined || !about.ring.endKnown) return [];
  const ranges = boot.settled.missing(boot.floor, low.upstreamId - 1);
  for (const [from, to] of ranges) {
    boot.settled.add(from, to);
    boot.gapped.add(from, to);
    boot.highest = Math.max(boot.highest ?? to, to);
  }
  return ranges.map((range) =>
    closedGap(pen, {
      bootEpoch: boot.bootEpoch,
      range,
      cause: 'wrap',
      fromTs: boot.lastId !== null && boot.lastId < range[0] ? boot.lastTs : null,
      toTs: rowAfter(about.ring.rows, range[1])?.ts ?? pen.detectedAt,
      exact: about.process === 'same',
    }),
  );
}

export function rowAfter(rows: readonly WireRow[], id: number): WireRow | undefined {
  return rows.find((row) => row.upstreamId > id);
}

function recordOf(boot: KnownBoot, pen: GapPen): BootRecord {
  return { hostId: pen.hostId, bootEpoch: boot.bootEpoch, detectedAt: pen.detectedAt, floor: boot.floor, resumes: boot.resumes, generation: boot.generation };
}

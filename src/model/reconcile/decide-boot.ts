/** Which boot does a ring belong to? The five rules of reconciling, as one pure decision. */
import type { WireRow } from '../records/activity.ts';
import type { Generation } from '../host/state.ts';
import { provesNothing, sameRow } from './fingerprint.ts';
import type { ProcessKnown } from './log-lines.ts';
import type { KnownBoot, Standing } from './merge-mark.ts';

export interface RingView {
  /** Ascending by id, each id once. */
  rows: readonly WireRow[];
  /** Nothing of the host's ring or store is missing in `rows`. */
  complete: boolean;
  /** The host holds nothing below the lowest of `rows`. */
  endKnown: boolean;
}

export interface BootQuestion {
  generation: Generation;
  process: ProcessKnown;
  ring: RingView;
  standing: Standing;
  /** Ended after this connection began, so that an older row under the same id is another row. */
  fresh(id: number): boolean;
  /** An id was announced on this connection that was settled before it. */
  begunAgain: boolean;
  /** The highest id announced in the newest boot before the ring was read; null: none, or not known. */
  announced: number | null;
  /** Rows that ended before it are not stored (canonical time). */
  retentionEdge: string;
}

export type BootDecision =
  /** No boot yet, or the host was deleted since: nothing can be missing. */
  | { kind: 'first'; bootEpoch: number; floor: number; resumes: number | null }
  | { kind: 'same'; boot: KnownBoot }
  /** Nothing in the ring although the boot has rows: ring off, or ids begun again. The first row will tell. */
  | { kind: 'wait'; boot: KnownBoot }
  | { kind: 'new'; bootEpoch: number; floor: number; resumes: number | null; before: KnownBoot; cause: 'restart' | 'reload'; wrapBelow: number | null };

/** Ids begin there. */
export function firstId(generation: Generation): number {
  return generation === 3 ? 1 : 0;
}

export function decideBoot(question: BootQuestion): BootDecision {
  const { generation, ring, standing, begunAgain } = question;
  const [newest] = standing.boots;
  if (newest === undefined) return { kind: 'first', bootEpoch: 1, floor: lowestRun(ring, generation), resumes: null };
  if (newest.closed) {
    const resumed = resumedPart(question);
    const floor = resumed === null ? lowestRun(ring, generation) : resumed.upTo + 1;
    return { kind: 'first', bootEpoch: newest.bootEpoch + 1, floor, resumes: resumed?.bootEpoch ?? null };
  }
  const replaced = otherWire(newest.generation, generation);
  const process = replaced ? 'new' : question.process;
  const asked = { ...question, process };
  const sameBoot = generation === 3 && process === 'same';
  if (!begunAgain || sameBoot) {
    const highest = highestOf(newest);
    if (highest === null && ring.rows.length === 0 && !replaced) return { kind: 'same', boot: newest };
    if (goesOn(asked, newest, highest) || followsOn(asked, newest, highest)) {
      const silent = ring.rows.length === 0 && highest !== null && !sameBoot;
      return { kind: silent ? 'wait' : 'same', boot: newest };
    }
    if (sameBoot && !contradicted(asked, newest)) return { kind: 'same', boot: newest };
  }
  return newBoot(asked, newest);
}

/** Rule 2: rows in common with the newest boot, all agree, and the highest id is not lower. */
function goesOn(question: BootQuestion, boot: KnownBoot, highest: number | null): boolean {
  const { ring, standing, process, fresh, retentionEdge } = question;
  const top = ring.rows[ring.rows.length - 1];
  if (top === undefined || (highest !== null && top.upstreamId < highest)) return false;
  let proof = false;
  let common = false;
  for (const row of ring.rows) {
    const holder = holderOf(standing, boot, row.upstreamId);
    const stored = holder?.rows.get(row.upstreamId);
    if (stored !== undefined) {
      if (fresh(row.upstreamId) || !sameRow(stored, row)) return false;
      common = true;
      if (isProof(row, boot)) proof = true;
    } else if (boot.settled.has(row.upstreamId)) {
      if (fresh(row.upstreamId)) return false;
      // Settled, and yet no row of that time: it was another row, unless there never was one.
      if (standing.allRows && !boot.gapped.has(row.upstreamId) && row.ts >= retentionEdge) return false;
    }
  }
  return common && (proof || process !== 'new');
}

/** Rule 4 stands whatever the ring lacks; but other rows under ids of this boot are ids given again, however alike the logs look. */
function contradicted({ ring, standing, retentionEdge }: BootQuestion, boot: KnownBoot): boolean {
  return ring.rows.some((row) => {
    const stored = holderOf(standing, boot, row.upstreamId)?.rows.get(row.upstreamId);
    if (stored !== undefined) return !sameRow(stored, row);
    return standing.allRows && boot.settled.has(row.upstreamId) && !boot.gapped.has(row.upstreamId) && row.ts >= retentionEdge;
  });
}

/** Rule 3: nothing in common with any boot, every id above the newest boot's highest, and the process not known to be new. */
function followsOn(question: BootQuestion, boot: KnownBoot, highest: number | null): boolean {
  const { ring, standing, process, announced } = question;
  if (process === 'new') return false;
  // A boot without rows has no id that another could repeat, wherever its announcements made it begin.
  const known = highest ?? -1;
  const top = ring.rows[ring.rows.length - 1];
  // A row is in the ring before it is announced: one that ends below an announced id is another ring, if no row says otherwise.
  if (top !== undefined && announced !== null && top.upstreamId < announced) return false;
  // Ids that are settled without a row (rejected) may still be in the ring below those that are new.
  if (top !== undefined && (top.upstreamId < known || ring.rows.some((row) => row.upstreamId <= known && !boot.gapped.has(row.upstreamId)))) return false;
  return !standing.boots.some((other) => ring.rows.some((row) => {
    const stored = other.rows.get(row.upstreamId);
    return stored !== undefined && !provesNothing(row) && sameRow(stored, row);
  }));
}

/** Rule 5. */
function newBoot(question: BootQuestion, before: KnownBoot): BootDecision {
  const { generation, ring, process } = question;
  const first = firstId(generation);
  const resumed = resumedPart(question);
  const low = lowestRun(ring, generation);
  return {
    kind: 'new',
    bootEpoch: before.bootEpoch + 1,
    floor: resumed !== null ? resumed.upTo + 1 : ring.complete || ring.endKnown ? first : low,
    resumes: resumed?.bootEpoch ?? null,
    before,
    cause: process === 'same' ? 'reload' : 'restart',
    wrapBelow: resumed === null && ring.endKnown && ring.rows.length > 0 && ring.rows[0]!.upstreamId > first ? ring.rows[0]!.upstreamId : null,
  };
}

/** The earlier boot with which the ring's lower part agrees, and up to which id: a store that came back, two machines behind one name. */
function resumedPart(question: BootQuestion): { bootEpoch: number; upTo: number } | null {
  const { standing, ring, process, fresh, retentionEdge } = question;
  let best: { bootEpoch: number; upTo: number } | null = null;
  for (const boot of standing.boots) {
    let upTo: number | null = null;
    let proof = process !== 'new';
    for (const row of ring.rows) {
      if (fresh(row.upstreamId)) break;
      const holder = holderOf(standing, boot, row.upstreamId);
      const stored = holder?.rows.get(row.upstreamId);
      if (stored !== undefined) {
        if (!sameRow(stored, row)) break;
        upTo = row.upstreamId;
        if (isProof(row, boot)) proof = true;
      } else if (holder?.gapped.has(row.upstreamId) !== true && row.ts >= retentionEdge) break;
    }
    if (upTo !== null && proof && (best === null || upTo > best.upTo)) best = { bootEpoch: boot.bootEpoch, upTo };
  }
  return best;
}

/** A row that any process could make proves nothing, unless the boot has later rows: a process that came after those can't have made it. */
function isProof(row: WireRow, boot: KnownBoot): boolean {
  return !provesNothing(row) || (boot.lastTs !== null && row.ts.slice(0, 19) < boot.lastTs.slice(0, 19));
}

/** The boot that holds an id of this one: below its floor those are the rows of the boot that it resumes. */
export function holderOf(standing: Standing, boot: KnownBoot, id: number): KnownBoot | undefined {
  let at: KnownBoot | undefined = boot;
  while (at !== undefined && id < at.floor && at.resumes !== null) {
    const { resumes }: KnownBoot = at;
    at = standing.boots.find((other) => other.bootEpoch === resumes);
  }
  return at;
}

/** A boot that begins in the middle of another has that one's rows below it. */
function highestOf(boot: KnownBoot): number | null {
  return boot.highest ?? (boot.resumes === null ? null : boot.floor - 1);
}

/** Where the newest unbroken stretch of what was read begins: of a host with a long store only its newest pages are read at once. */
export function lowestRun(ring: RingView, generation: Generation): number {
  const { rows } = ring;
  if (rows.length === 0) return firstId(generation);
  if (ring.complete) return rows[0]!.upstreamId;
  let at = rows.length - 1;
  while (at > 0 && rows[at - 1]!.upstreamId === rows[at]!.upstreamId - 1) at--;
  return rows[at]!.upstreamId;
}

/** Generation 3 and the others are different programs: no process goes on over that. Between 1 and 2 an empty ring can't be told apart. */
function otherWire(a: Generation, b: Generation): boolean {
  return (a === 3) !== (b === 3);
}

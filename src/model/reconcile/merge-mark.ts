/** Where a host stands: the database's mark together with what is still on its way there. */
import type { StoredRow, WireRow } from '../records/activity.ts';
import type { BootMark, HostMark } from '../records/batch.ts';
import type { QueuedHost } from './effects.ts';
import { sameSecond } from './fingerprint.ts';
import type { IdSet } from './watermark.ts';
import { idSet } from './watermark.ts';

/** What is known of one boot of the host. */
export interface KnownBoot {
  bootEpoch: number;
  floor: number;
  resumes: number | null;
  closed: boolean;
  generation: 1 | 2 | 3;
  /** Highest id settled; null: none. */
  highest: number | null;
  /** `ts` of the row with the highest id. */
  lastTs: string | null;
  lastId: number | null;
  /** Of the newest boot all that is settled; of earlier ones nothing. */
  settled: IdSet;
  /** Rows that share id and second with the ring. */
  rows: Map<number, WireRow>;
  /** Ids inside closed gaps: a ring may show them although no row is stored. */
  gapped: IdSet;
}

export interface Standing {
  /** Newest first. */
  boots: KnownBoot[];
  /** False: rows are those in memory alone, and a settled id without one says nothing. */
  allRows: boolean;
}

export function mergeMark(mark: HostMark, queued: QueuedHost, ring: readonly WireRow[]): Standing {
  const boots = new Map<number, KnownBoot>();
  mark.boots.forEach((boot, index) => boots.set(boot.bootEpoch, fromMark(boot, index === 0 ? mark.settledAbove : null)));
  for (const record of queued.boots) {
    if (record.bootEpoch >= 0 && !boots.has(record.bootEpoch)) boots.set(record.bootEpoch, newKnownBoot(record));
  }
  const newest = Math.max(...boots.keys(), -1);
  for (const row of mark.rows) boots.get(row.bootEpoch)?.rows.set(row.upstreamId, row);
  for (const { bootEpoch, fromId, toId } of mark.gapped) boots.get(bootEpoch)?.gapped.add(fromId, toId);
  const asked = new Map(ring.map((row) => [row.upstreamId, row.ts]));
  for (const row of queued.rows) {
    const boot = boots.get(row.bootEpoch);
    if (boot !== undefined) addRow(boot, row, asked.get(row.upstreamId), row.bootEpoch === newest);
  }
  for (const gap of queued.gaps) {
    const boot = boots.get(gap.bootEpoch);
    if (boot === undefined || gap.fromId === null || gap.toId === null) continue;
    boot.gapped.add(gap.fromId, gap.toId);
    raise(boot, gap.toId);
    if (gap.bootEpoch === newest) boot.settled.add(gap.fromId, gap.toId);
  }
  for (const { bootEpoch, range } of queued.settled) {
    const boot = boots.get(bootEpoch);
    if (boot !== undefined && bootEpoch === newest) boot.settled.add(range[0], range[1]);
  }
  return { boots: [...boots.values()].sort((a, b) => b.bootEpoch - a.bootEpoch), allRows: true };
}

export function newKnownBoot(boot: Pick<KnownBoot, 'bootEpoch' | 'floor' | 'resumes' | 'generation'>): KnownBoot {
  return {
    bootEpoch: boot.bootEpoch,
    floor: boot.floor,
    resumes: boot.resumes,
    generation: boot.generation,
    closed: false,
    highest: null,
    lastTs: null,
    lastId: null,
    settled: idSet(),
    rows: new Map(),
    gapped: idSet(),
  };
}

function fromMark(mark: BootMark, settledAbove: readonly number[] | null): KnownBoot {
  const settled = idSet(mark.next > mark.floor ? [[mark.floor, mark.next - 1]] : []);
  for (const id of settledAbove ?? []) settled.add(id);
  return {
    ...newKnownBoot(mark),
    closed: mark.closed,
    highest: mark.highest,
    lastTs: mark.lastTs,
    lastId: mark.lastTs === null ? null : mark.highest,
    settled,
  };
}

function addRow(boot: KnownBoot, row: StoredRow, askedTs: string | undefined, newest: boolean): void {
  if (askedTs !== undefined && sameSecond(askedTs, row.ts)) boot.rows.set(row.upstreamId, row);
  if (newest) boot.settled.add(row.upstreamId);
  raise(boot, row.upstreamId);
  if (boot.lastId === null || row.upstreamId >= boot.lastId) {
    boot.lastId = row.upstreamId;
    boot.lastTs = row.ts;
  }
}

function raise(boot: KnownBoot, id: number): void {
  boot.highest = Math.max(boot.highest ?? id, id);
}

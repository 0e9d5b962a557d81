/** The boot that a host is in, as its reconciler keeps it in memory: which ids it has dealt with, and what it still owes the queue. */
import type { StoredRow, WireRow } from '../records/activity.ts';
import type { BootRecord } from '../records/batch.ts';
import type { Gap } from '../records/gap.ts';
import type { Generation } from '../host/state.ts';
import type { ActivityEntry } from './effects.ts';
import type { KnownBoot, Standing } from './merge-mark.ts';
import { newKnownBoot } from './merge-mark.ts';
import type { IdRange, IdSet } from './watermark.ts';
import { idSet } from './watermark.ts';

export interface LiveBoot {
  /** Negative: held, under a number that the database will decide. */
  epoch: number;
  /** The number that frames carry. */
  shown: number | null;
  generation: Generation;
  floor: number;
  resumes: number | null;
  /** Queued, stored, or in a gap. */
  settled: IdSet;
  /** `settled` when this connection began, and what the ring held then. */
  before: IdSet;
  ringAtConnect: IdSet;
  /** Settled on this connection. */
  takenHere: IdSet;
  /** Shown to people already. */
  published: IdSet;
  /** The highest id settled or announced; null: none. */
  top: number | null;
  lastId: number | null;
  lastTs: string | null;
  /** The newest rows: an answer that disagrees with them is another process's. */
  recent: Map<number, WireRow>;
  /** `open`: first contact with an empty ring, so that the boot begins at the lowest row that comes; `soft`: one has come. */
  floorAt: 'open' | 'soft' | 'firm';
  /** Not queued yet: they go with the boot's next entry. */
  owed: { boots: BootRecord[]; gaps: Gap[]; settled: IdRange[]; floor: number | null };
}

/** Some 500 bytes each, a host. */
export const RECENT_ROWS = 32;

export function liveBoot(begin: { epoch: number; shown: number | null; generation: Generation; floor: number; resumes: number | null }): LiveBoot {
  return {
    ...begin,
    settled: idSet(),
    before: idSet(),
    ringAtConnect: idSet(),
    takenHere: idSet(),
    published: idSet(),
    top: null,
    lastId: null,
    lastTs: null,
    recent: new Map(),
    floorAt: 'firm',
    owed: { boots: [], gaps: [], settled: [], floor: null },
  };
}

/** A boot of an earlier connection, or of an earlier life of Drover. */
export function resumeBoot(known: KnownBoot, generation: Generation, memory: LiveBoot | null): LiveBoot {
  const boot = memory?.epoch === known.bootEpoch ? memory : liveBoot({ epoch: known.bootEpoch, shown: known.bootEpoch, generation, floor: known.floor, resumes: known.resumes });
  boot.floor = Math.min(boot.floor, known.floor);
  boot.settled = idSet(known.settled.ranges());
  // What is owed was never queued, so that the database can't know of it.
  for (const gap of boot.owed.gaps) if (gap.bootEpoch === boot.epoch && gap.fromId !== null && gap.toId !== null) boot.settled.add(gap.fromId, gap.toId);
  for (const [from, to] of boot.owed.settled) boot.settled.add(from, to);
  if (known.highest !== null) boot.top = Math.max(boot.top ?? known.highest, known.highest);
  if (known.lastId !== null && (boot.lastId === null || known.lastId >= boot.lastId)) {
    boot.lastId = known.lastId;
    boot.lastTs = known.lastTs;
  }
  return boot;
}

/** What the database has, and what it can't know of: a boot (and its gaps) that has had no row yet. */
export function withOwed(standing: Standing, boot: LiveBoot | null): Standing {
  if (boot === null || boot.epoch < 0) return standing;
  for (const record of boot.owed.boots) {
    if (!standing.boots.some(({ bootEpoch }) => bootEpoch === record.bootEpoch)) standing.boots.push(newKnownBoot(record));
  }
  standing.boots.sort((a, b) => b.bootEpoch - a.bootEpoch);
  for (const gap of boot.owed.gaps) {
    const known = standing.boots.find(({ bootEpoch }) => bootEpoch === gap.bootEpoch);
    if (known === undefined || gap.fromId === null || gap.toId === null) continue;
    known.settled.add(gap.fromId, gap.toId);
    known.gapped.add(gap.fromId, gap.toId);
    known.highest = Math.max(known.highest ?? gap.toId, gap.toId);
  }
  return standing;
}

/** What memory alone knows, while the database is away. */
export function standingOf(boot: LiveBoot): Standing {
  return {
    allRows: false,
    boots: [
      {
        ...newKnownBoot({ bootEpoch: boot.epoch, floor: boot.floor, resumes: null, generation: boot.generation }),
        highest: boot.settled.highest(),
        lastId: boot.lastId,
        lastTs: boot.lastTs,
        settled: boot.settled,
        rows: boot.recent,
      },
    ],
  };
}

/** A new connection: what it announces is measured against what was settled before it (`before`; not by gaps that it made known). */
export function beginConnection(boot: LiveBoot, ring: readonly WireRow[], before: IdSet): void {
  boot.before = before;
  boot.floorAt = 'firm';
  boot.takenHere = idSet();
  boot.ringAtConnect = idSet();
  for (const row of ring) boot.ringAtConnect.add(row.upstreamId);
}

/** Takes a row that is not settled yet. */
export function settleRow(boot: LiveBoot, row: WireRow): void {
  const id = row.upstreamId;
  settleIds(boot, id, id);
  if (boot.lastId === null || id >= boot.lastId) {
    boot.lastId = id;
    boot.lastTs = row.ts;
  }
  remember(boot, row);
}

export function settleIds(boot: LiveBoot, from: number, to: number): void {
  boot.settled.add(from, to);
  boot.takenHere.add(from, to);
  if (boot.top === null || to > boot.top) boot.top = to;
}

export function remember(boot: LiveBoot, row: WireRow): void {
  boot.recent.delete(row.upstreamId);
  boot.recent.set(row.upstreamId, row);
  if (boot.recent.size > RECENT_ROWS) {
    boot.recent.delete(boot.recent.keys().next().value!);
  }
}

/** Has this id been given again? Then the ids have begun anew. */
export function givenAgain(boot: LiveBoot, id: number): boolean {
  return !boot.ringAtConnect.has(id) && !boot.takenHere.has(id) && ((id < boot.floor && boot.floorAt === 'firm') || boot.before.has(id));
}

/** In its record too, while that is owed; else the next entry says so. */
export function setFloor(boot: LiveBoot, floor: number): void {
  boot.floor = floor;
  if (!boot.owed.boots.some((record) => record.bootEpoch === boot.epoch)) boot.owed.floor = floor;
  boot.owed.boots = boot.owed.boots.map((record) => (record.bootEpoch === boot.epoch ? { ...record, floor } : record));
}

/** Ids that should be there and are not. */
export function unsettled(boot: LiveBoot): IdRange[] {
  return boot.top === null ? [] : boot.settled.missing(boot.floor, boot.top);
}

/** A queue that is nearly full still takes a part. */
const ENTRY_ROWS = 100;

/** The next things to be queued for this boot: all that it owes goes with the first rows. */
export function entriesOf(boot: LiveBoot, hostId: string, part: { origin: ActivityEntry['origin']; rows: StoredRow[] }): ActivityEntry[] {
  const entries: ActivityEntry[] = [];
  if (part.rows.length <= ENTRY_ROWS) return [entryOf(boot, hostId, part)];
  for (let from = 0; from < part.rows.length; from += ENTRY_ROWS) {
    entries.push(entryOf(boot, hostId, { origin: part.origin, rows: part.rows.slice(from, from + ENTRY_ROWS) }));
  }
  return entries;
}

function entryOf(boot: LiveBoot, hostId: string, part: { origin: ActivityEntry['origin']; rows: StoredRow[] }): ActivityEntry {
  const { boots, settled, floor } = boot.owed;
  // Gaps inside a held boot wait for its release: what it really is may have them filled.
  const gaps = boot.epoch < 0 ? [] : boot.owed.gaps;
  boot.owed = { boots: [], gaps: boot.epoch < 0 ? boot.owed.gaps : [], settled: [], floor: null };
  return {
    hostId,
    bootEpoch: boot.epoch,
    origin: part.origin,
    generation: boot.generation,
    boots,
    gaps,
    rows: part.rows,
    settled,
    floor,
  };
}

/** The queue took none of it. */
export function takeBack(boot: LiveBoot, entry: ActivityEntry): void {
  boot.owed.boots.unshift(...entry.boots);
  boot.owed.gaps.unshift(...entry.gaps);
  boot.owed.settled.unshift(...entry.settled);
  boot.owed.floor ??= entry.floor;
  for (const row of entry.rows) {
    boot.settled.remove(row.upstreamId);
    boot.takenHere.remove(row.upstreamId);
  }
}

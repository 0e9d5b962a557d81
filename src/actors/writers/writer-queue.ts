/**
 * Rows on their way to the database (law 3): bounded in all, owned by nobody who can crash. A full queue refuses the newest,
 * since the hosts' rings still have them, and the host is `behind` until there is room.
 */
import type { LivenessEvent, ModelEvent } from '../../model/records/batch.ts';
import { LIMITS } from '../../model/limits.ts';
import type { PerfSample } from '../../model/records/perf.ts';
import type { ActivityEntry, HeldBoot, QueuedHost, Release } from '../../model/reconcile/effects.ts';

export type EventItem = { kind: 'host'; event: LivenessEvent } | { kind: 'model'; event: ModelEvent };
export type PersisterLane = 'activity' | 'perf' | 'events';
export interface LaneItems { activity: ActivityEntry; perf: PerfSample; events: EventItem }

/** One lane as its persister sees it. What was taken stays counted, and known to `ofHost`, until it is done with. */
export interface LaneQueue<T> {
  /** Rows (or samples, events) that wait; held boots are not among them. */
  readonly length: number;
  /** Up to so many rows, oldest first. One taking at a time: `done` or `putBack` comes before the next. */
  take(rows: number): T[];
  done(): void;
  /** A persister that crashed with a taking in its hands, or found the database away. */
  putBack(): void;
  /** Called at every offer and release; one listener. Returns how to stop. */
  onItems(listener: () => void): () => void;
}

export interface WriterQueue {
  offerActivity(entry: ActivityEntry): 'queued' | 'refused';
  offerPerf(samples: readonly PerfSample[]): 'queued' | 'refused';
  offerEvents(items: readonly EventItem[]): 'queued' | 'refused';
  lane<L extends PersisterLane>(lane: L): LaneQueue<LaneItems[L]>;
  /** All that is queued of a host, a persister's batch included. */
  ofHost(hostId: string): QueuedHost;
  release(release: Release): void;
  /** Nothing of the host will be decided any more (it was deleted): held rows go. */
  forget(hostId: string): void;
  /** The host was refused something, and has not been told to catch up since. */
  behind(hostId: string): boolean;
  /** Called with the hosts that were behind once there is room again. */
  onRoom(listener: (hostIds: string[]) => void): () => void;
  figures(): { queued: number; queuedBytes: number; refused: number };
}

/** Room again: this part of the queue is free. Not the first free byte, or hosts would read their rings for one row. */
const ROOM = 0.5;

export function createWriterQueue(options?: { maxBytes?: number }): WriterQueue {
  const maxBytes = options?.maxBytes ?? LIMITS.queueBytes;
  /** Entries of boots under a number that is not decided, by host. */
  const held = new Map<string, ActivityEntry[]>();
  const behind = new Set<string>();
  const roomListeners = new Set<(hostIds: string[]) => void>();
  let bytes = 0;
  let heldRows = 0;
  let refused = 0;

  const spend = (size: number): boolean => {
    if (bytes + size > maxBytes) return false;
    bytes += size;
    return true;
  };
  const free = (size: number): void => {
    bytes -= size;
    if (behind.size === 0 || bytes > maxBytes * ROOM) return;
    const hosts = [...behind];
    behind.clear();
    for (const listener of roomListeners) listener(hosts);
  };

  const activity = createLane<ActivityEntry>({ count: rowsOf, bytes: entryBytes, cut: cutEntry, free });
  const perf = createLane<PerfSample>({ count: () => 1, bytes: () => PERF_BYTES, free });
  const events = createLane<EventItem>({ count: () => 1, bytes: () => EVENT_BYTES, free });
  const lanes: { [L in PersisterLane]: LaneQueue<LaneItems[L]> } = { activity, perf, events };

  const offerAll = <T>(lane: Lane<T>, items: readonly T[], size: number): 'queued' | 'refused' => {
    if (!spend(size * items.length)) {
      refused += items.length;
      return 'refused';
    }
    for (const item of items) lane.push(item);
    return 'queued';
  };

  return {
    offerActivity(entry) {
      const size = entryBytes(entry);
      if (!spend(size)) {
        refused += Math.max(1, entry.rows.length);
        behind.add(entry.hostId);
        return 'refused';
      }
      if (entry.bootEpoch >= 0) activity.push(entry, size);
      else {
        const entries = held.get(entry.hostId);
        if (entries === undefined) held.set(entry.hostId, [entry]);
        else entries.push(entry);
        heldRows += rowsOf(entry);
      }
      return 'queued';
    },
    offerPerf: (samples) => offerAll(perf, samples, PERF_BYTES),
    offerEvents: (items) => offerAll(events, items, EVENT_BYTES),
    lane: (lane) => lanes[lane],
    ofHost(hostId) {
      const queued: QueuedHost = { boots: [], rows: [], gaps: [], settled: [], held: heldBoots(held.get(hostId) ?? []) };
      for (const entry of [...activity.all(), ...(held.get(hostId) ?? [])]) {
        if (entry.hostId !== hostId) continue;
        queued.boots.push(...entry.boots);
        for (const row of entry.rows) queued.rows.push(row);
        queued.gaps.push(...entry.gaps);
        for (const range of entry.settled) queued.settled.push({ bootEpoch: entry.bootEpoch, range });
      }
      return queued;
    },
    release({ hostId, held: epoch, bootEpoch, fromId, boots, gaps }) {
      const entries = held.get(hostId) ?? [];
      const rest = entries.filter((entry) => entry.bootEpoch !== epoch);
      if (rest.length === 0) held.delete(hostId);
      else held.set(hostId, rest);
      const mine = entries.filter((entry) => entry.bootEpoch === epoch);
      const renamed = mine.map((entry) => ({
        ...entry,
        bootEpoch,
        rows: entry.rows.flatMap((row) => (row.upstreamId < fromId ? [] : [{ ...row, bootEpoch }])),
      }));
      for (const entry of mine) {
        heldRows -= rowsOf(entry);
        bytes -= entryBytes(entry);
      }
      const [first] = renamed;
      // With nothing to go with it a boot's record would be a transaction of its own: it waits for the first row.
      if (first === undefined) {
        if (gaps.length > 0) renamed.push({ hostId, bootEpoch, origin: 'ring', generation: boots[0]?.generation ?? 2, boots, gaps, rows: [], settled: [], floor: null });
      } else renamed[0] = { ...first, boots: [...boots, ...first.boots], gaps: [...gaps, ...first.gaps] };
      // Already let in: a release never refuses.
      for (const entry of renamed) {
        bytes += entryBytes(entry);
        activity.push(entry);
      }
    },
    forget(hostId) {
      for (const entry of held.get(hostId) ?? []) {
        heldRows -= rowsOf(entry);
        free(entryBytes(entry));
      }
      held.delete(hostId);
      behind.delete(hostId);
    },
    behind: (hostId) => behind.has(hostId),
    onRoom(listener) {
      roomListeners.add(listener);
      return () => roomListeners.delete(listener);
    },
    figures: () => ({ queued: activity.total() + perf.total() + events.total() + heldRows, queuedBytes: bytes, refused }),
  };
}

interface Lane<T> extends LaneQueue<T> {
  /** `bytes`: as counted already. */
  push(item: T, bytes?: number): void;
  /** Waiting and taken. */
  all(): T[];
  total(): number;
}

interface LaneKind<T> {
  /** Rows in it. */
  count(item: T): number;
  bytes(item: T): number;
  /** Parts an item after so many rows; absent: it has one. */
  cut?(item: T, rows: number): [T, T];
  free(bytes: number): void;
}

function createLane<T>(kind: LaneKind<T>): Lane<T> {
  /** As counted when it came: what is freed is what was spent. */
  interface Sized { item: T; count: number; bytes: number }
  let waiting: Sized[] = [];
  let head = 0;
  let taken: Sized[] = [];
  let length = 0;
  let takenLength = 0;
  let listener: (() => void) | null = null;
  return {
    get length() {
      return length;
    },
    push(item, bytes = kind.bytes(item)) {
      const sized = { item, count: kind.count(item), bytes };
      waiting.push(sized);
      length += sized.count;
      listener?.();
    },
    take(rows) {
      if (taken.length > 0) throw new Error('writer queue: a batch was taken while another is in hand; call done() or putBack() first');
      while (head < waiting.length && takenLength < rows) {
        const next = waiting[head]!;
        if (takenLength + next.count > rows && kind.cut !== undefined) {
          const [first, rest] = kind.cut(next.item, rows - takenLength);
          const part = { item: first, count: kind.count(first), bytes: kind.bytes(first) };
          waiting[head] = { item: rest, count: next.count - part.count, bytes: next.bytes - part.bytes };
          taken.push(part);
          takenLength += part.count;
          break;
        }
        taken.push(next);
        takenLength += next.count;
        head++;
      }
      length -= takenLength;
      if (head > 1024 && head * 2 > waiting.length) {
        waiting = waiting.slice(head);
        head = 0;
      }
      return taken.map(({ item }) => item);
    },
    done() {
      const size = taken.reduce((sum, { bytes }) => sum + bytes, 0);
      taken = [];
      takenLength = 0;
      if (size > 0) kind.free(size);
    },
    putBack() {
      if (taken.length === 0) return;
      waiting = [...taken, ...waiting.slice(head)];
      head = 0;
      length += takenLength;
      taken = [];
      takenLength = 0;
    },
    onItems(next) {
      listener = next;
      return () => {
        if (listener === next) listener = null;
      };
    },
    all: () => [...taken, ...waiting.slice(head)].map(({ item }) => item),
    total: () => length + takenLength,
  };
}

/** Weights, near what the objects take on the heap: bounded memory needs no more. */
const ROW_BYTES = 400;
const PERF_BYTES = 300;
const EVENT_BYTES = 200;
const ENTRY_BYTES = 200;

/** An entry without rows counts as one, or a batch of gaps would have no end. */
function rowsOf(entry: ActivityEntry): number {
  return Math.max(1, entry.rows.length);
}

function entryBytes(entry: ActivityEntry): number {
  let bytes = ENTRY_BYTES + (entry.boots.length + entry.gaps.length) * EVENT_BYTES + entry.settled.length * 16;
  for (const row of entry.rows) {
    bytes += ROW_BYTES + 2 * (row.model.length + (row.reqPath?.length ?? 0) + (row.error?.length ?? 0));
    if (row.metadata !== null) bytes += metadataBytes(row.metadata);
  }
  return bytes;
}

const metadataSizes = new WeakMap<object, number>();
function metadataBytes(metadata: Record<string, unknown>): number {
  let size = 100;
  for (const key in metadata) {
    const value = metadata[key];
    // Mostly a text or two; what is nested is written out, once.
    if (typeof value === 'object' && value !== null) return nestedBytes(metadata);
    size += 2 * (key.length + (typeof value === 'string' ? value.length : 8)) + 10;
  }
  return size;
}

function nestedBytes(metadata: object): number {
  let size = metadataSizes.get(metadata);
  if (size === undefined) {
    size = 2 * JSON.stringify(metadata).length + 100;
    metadataSizes.set(metadata, size);
  }
  return size;
}

/** Boot, gaps and settled ids go with the first part: its transaction begins the boot. */
function cutEntry(entry: ActivityEntry, rows: number): [ActivityEntry, ActivityEntry] {
  const at = Math.max(1, rows);
  return [
    { ...entry, rows: entry.rows.slice(0, at), floor: null },
    { ...entry, rows: entry.rows.slice(at), boots: [], gaps: [], settled: [] },
  ];
}

function heldBoots(entries: readonly ActivityEntry[]): HeldBoot[] {
  const boots = new Map<number, HeldBoot>();
  for (const entry of entries) {
    let boot = boots.get(entry.bootEpoch);
    if (boot === undefined) {
      boot = { bootEpoch: entry.bootEpoch, generation: entry.generation, ring: [], laterIds: [] };
      boots.set(entry.bootEpoch, boot);
    }
    // The ring as it was when the boot was met comes first; what is read later is later.
    if (entry.origin === 'ring' && boot.laterIds.length === 0) boot.ring.push(...entry.rows);
    else for (const row of entry.rows) boot.laterIds.push(row.upstreamId);
  }
  return [...boots.values()].sort((a, b) => b.bootEpoch - a.bootEpoch);
}

import { jsonText } from '../../src/io/postgres/array-text.ts';
import type { StoredRow } from '../../src/model/records/activity.ts';
import { StoreError, type Batch, type BatchResult, type BootMark, type BootRecord } from '../../src/model/records/batch.ts';
import type { Gap, GapTotals } from '../../src/model/records/gap.ts';
import { RETENTION_DAYS, retentionEdge } from '../../src/model/records/partition-period.ts';
import type { Clock, PartitionedTable, Random, Store } from '../../src/model/seams.ts';
import { timeOfMs } from '../../src/model/time.ts';

export interface MemoryStoreFaults {
  /** Every call rejects with 'away'. */
  away: boolean;
  /** The next so many batches: 'lost' are rejected with 'away' before the commit, 'kept' after it. */
  commits: ('lost' | 'kept')[];
  /** Rows that no table would take; by default a status beyond 32 bits. */
  rejects(row: StoredRow): boolean;
  /** ms on the clock that each call takes. */
  delayMs: number;
}

export interface MemoryStore extends Store {
  readonly faults: MemoryStoreFaults;
  /** What is stored, for checks: rows by boot and id, gaps as they came. */
  activity(hostId?: string): StoredRow[];
  gaps(hostId?: string): Gap[];
  boots(hostId: string): BootMark[];
  events(): Pick<Batch, 'hostEvents' | 'modelEvents' | 'perf'>;
  rejected(): { row: StoredRow; error: string }[];
  /** As deleting a host does. */
  closeBoots(hostId: string): void;
}

interface Host {
  boots: Map<number, BootMark>;
  /** By boot epoch, then id: several rows only where times differ. */
  rows: Map<number, Map<number, StoredRow[]>>;
  gaps: Map<string, Gap>;
}

/** The Store in memory, for the simulation: the conformance suite holds it to what PostgreSQL does. Partitions always exist. */
export function createMemoryStore({ clock, random, retentionDays = RETENTION_DAYS.activity }: { clock: Clock; random: Random; retentionDays?: number }): MemoryStore {
  const hosts = new Map<string, Host>();
  const rejected: { row: StoredRow; error: string }[] = [];
  const perf = new Map<string, Batch['perf'][number]>();
  const hostEvents = new Map<string, Batch['hostEvents'][number]>();
  const modelEvents = new Map<string, Batch['modelEvents'][number]>();
  const faults: MemoryStoreFaults = { away: false, commits: [], rejects: (row) => Math.abs(row.status ?? 0) > 2_147_483_647, delayMs: 0 };

  const hostOf = (id: string): Host => {
    let host = hosts.get(id);
    if (host === undefined) hosts.set(id, (host = { boots: new Map(), rows: new Map(), gaps: new Map() }));
    return host;
  };

  /** What every call does first: takes its time, and finds the store there or away. */
  const arrive = async (): Promise<void> => {
    if (faults.delayMs > 0) await new Promise<void>((resolve) => void clock.setTimeout(resolve, faults.delayMs));
    else await Promise.resolve();
    if (faults.away) throw new StoreError('away', 'the simulated store is away');
  };

  const reject = (row: StoredRow): Gap => {
    const host = hostOf(row.hostId);
    rejected.push({ row, error: 'refused by the simulation' });
    for (const gap of host.gaps.values()) {
      if (gap.bootEpoch === row.bootEpoch && gap.fromId !== null && gap.toId !== null && gap.fromId <= row.upstreamId && row.upstreamId <= gap.toId) return gap;
    }
    const gap: Gap = {
      id: random.id(), hostId: row.hostId, bootEpoch: row.bootEpoch, fromId: row.upstreamId, toId: row.upstreamId,
      fromTs: row.ts, toTs: row.ts, lostMin: 1, lostMax: 1, cause: 'rejected', detectedAt: timeOfMs(clock.now()),
    };
    addGap(gap);
    return gap;
  };

  const addGap = (gap: Gap): void => {
    const host = hostOf(gap.hostId);
    if (!host.gaps.has(gap.id)) host.gaps.set(gap.id, { ...gap });
    const boot = host.boots.get(gap.bootEpoch);
    if (boot !== undefined && gap.toId !== null) boot.highest = Math.max(boot.highest ?? gap.toId, gap.toId);
  };

  const addBoot = (record: BootRecord): void => {
    const { boots } = hostOf(record.hostId);
    if (boots.has(record.bootEpoch)) return;
    const { hostId, bootEpoch, floor, resumes, generation } = record;
    boots.set(bootEpoch, { hostId, bootEpoch, floor, next: floor, resumes, generation, closed: false, highest: null, lastTs: null });
  };

  /** Highest id among rows: gaps raise `highest` alone. */
  const lastIds = new Map<BootMark, number>();
  const addRow = (row: StoredRow): boolean => {
    const host = hostOf(row.hostId);
    let ids = host.rows.get(row.bootEpoch);
    if (ids === undefined) host.rows.set(row.bootEpoch, (ids = new Map()));
    const same = ids.get(row.upstreamId) ?? [];
    const boot = host.boots.get(row.bootEpoch);
    if (boot !== undefined) {
      boot.highest = Math.max(boot.highest ?? row.upstreamId, row.upstreamId);
      if (row.upstreamId >= (lastIds.get(boot) ?? -Infinity)) {
        lastIds.set(boot, row.upstreamId);
        boot.lastTs = row.ts;
      }
    }
    if (same.some((one) => one.ts === row.ts)) return false;
    ids.set(row.upstreamId, [...same, clean(row)]);
    return true;
  };

  const write = (batch: Batch): BatchResult => {
    const edge = timeOfMs(retentionEdge(retentionDays, clock.now()));
    const result: BatchResult = { inserted: 0, conflicts: 0, expired: 0, rejected: [] };
    for (const record of batch.boots) addBoot(record);
    for (const row of batch.activity) {
      if (row.ts < edge) result.expired += 1;
      else if (faults.rejects(row)) result.rejected.push(reject(row));
      else if (addRow(row)) result.inserted += 1;
      else result.conflicts += 1;
    }
    for (const gap of batch.gaps) addGap(gap);
    for (const mark of batch.marks) {
      const boot = hostOf(mark.hostId).boots.get(mark.bootEpoch);
      if (boot === undefined) continue;
      boot.floor = Math.min(boot.floor, mark.floor);
      boot.next = Math.max(boot.next, mark.next);
    }
    for (const one of batch.hostEvents) addOnce(hostEvents, [one.hostId, one.ts, one.kind, one.from, one.to], one);
    for (const one of batch.modelEvents) addOnce(modelEvents, [one.hostId, one.ts, one.model, one.from, one.to], one);
    for (const one of batch.perf) addOnce(perf, [one.hostId, one.ts, one.gpu], one);
    return result;
  };

  const bootsOf = (hostId: string): BootMark[] => [...hostOf(hostId).boots.values()].toSorted((a, b) => b.bootEpoch - a.bootEpoch).map((boot) => ({ ...boot }));
  const rowsOf = (hostId: string): StoredRow[] =>
    [...hostOf(hostId).rows.values()].flatMap((ids) => [...ids.values()].flat()).toSorted((a, b) => a.bootEpoch - b.bootEpoch || a.upstreamId - b.upstreamId || (a.ts < b.ts ? -1 : 1));

  return {
    faults,
    async readMark(hostId, ring) {
      await arrive();
      const host = hostOf(hostId);
      const boots = bootsOf(hostId);
      const asked = new Map(ring.map((row) => [`${row.upstreamId}/${row.ts.slice(0, 19)}`, row]));
      const ids = ring.map((row) => row.upstreamId);
      const [low, high] = ids.reduce(([a, b], id) => [Math.min(a, id), Math.max(b, id)], [Infinity, -Infinity]);
      const closed = [...host.gaps.values()].filter((gap): gap is Gap & { fromId: number; toId: number } => gap.fromId !== null && gap.toId !== null);
      return {
        boots,
        settledAbove: settledAbove(boots[0], host, closed),
        rows: [...asked.values()]
          .flatMap((row) => [...host.rows.values()].flatMap((byId) => byId.get(row.upstreamId)?.filter(({ ts }) => ts.slice(0, 19) === row.ts.slice(0, 19)) ?? []))
          .toSorted((a, b) => a.upstreamId - b.upstreamId || a.bootEpoch - b.bootEpoch || (a.ts < b.ts ? -1 : 1)),
        gapped: closed
          .filter((gap) => gap.fromId <= high && gap.toId >= low)
          .map(({ bootEpoch, fromId, toId }) => ({ bootEpoch, fromId, toId }))
          .toSorted((a, b) => a.bootEpoch - b.bootEpoch || a.fromId - b.fromId || a.toId - b.toId),
        gaps: totals([...host.gaps.values()]),
      };
    },
    async writeBatch(batch) {
      await arrive();
      const fault = faults.commits.shift();
      if (fault === 'lost') throw new StoreError('away', 'the simulated store broke before the commit');
      const result = write(batch);
      if (fault === 'kept') throw new StoreError('away', 'the simulated store broke after the commit');
      return result;
    },
    async makePartition(_table: PartitionedTable) {
      await arrive();
      return 'exists';
    },
    activity: (hostId) => (hostId === undefined ? [...hosts.keys()] : [hostId]).flatMap(rowsOf),
    gaps: (hostId) => (hostId === undefined ? [...hosts.keys()] : [hostId]).flatMap((id) => [...hostOf(id).gaps.values()]),
    boots: bootsOf,
    events: () => ({ hostEvents: [...hostEvents.values()], modelEvents: [...modelEvents.values()], perf: [...perf.values()] }),
    rejected: () => [...rejected],
    closeBoots(hostId) {
      for (const boot of hostOf(hostId).boots.values()) boot.closed = true;
    },
  };
}

/** As the writers clean it. */
function clean(row: StoredRow): StoredRow {
  const text = <T extends string | null>(value: T): T => (value === null ? value : (value.replace(/[\0\p{Surrogate}]/gu, '\uFFFD') as T));
  const metadata = row.metadata === null ? null : (JSON.parse(jsonText(row.metadata)) as Record<string, unknown>);
  return { ...row, model: text(row.model), reqPath: text(row.reqPath), error: text(row.error), metadata };
}

function addOnce<T>(map: Map<string, T>, key: unknown[], value: T): void {
  const text = JSON.stringify(key);
  if (!map.has(text)) map.set(text, { ...value });
}

function settledAbove(newest: BootMark | undefined, host: Host, gaps: (Gap & { fromId: number; toId: number })[]): number[] {
  if (newest === undefined) return [];
  const ids = new Set<number>();
  for (const id of host.rows.get(newest.bootEpoch)?.keys() ?? []) if (id >= newest.next) ids.add(id);
  for (const gap of gaps) {
    if (gap.bootEpoch === newest.bootEpoch) for (let id = Math.max(gap.fromId, newest.next); id <= gap.toId; id += 1) ids.add(id);
  }
  return [...ids].toSorted((a, b) => a - b);
}

function totals(gaps: Gap[]): GapTotals {
  return {
    count: gaps.length,
    lostMin: gaps.reduce((sum, gap) => sum + gap.lostMin, 0),
    lostMax: gaps.reduce<number | null>((sum, gap) => (sum === null || gap.lostMax === null ? null : sum + gap.lostMax), 0),
    lastAt: gaps.reduce<string | null>((last, gap) => (last === null || gap.detectedAt > last ? gap.detectedAt : last), null),
  };
}

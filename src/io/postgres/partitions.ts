/**
 * Makes and drops partitions. `CREATE … PARTITION OF` would lock the parent against every writer, so a partition is created
 * beside it and attached, which writers do not notice; `DETACH … CONCURRENTLY` the same way back. One pass at a time over all
 * processes of a database, under an advisory lock.
 */
import type { ISql, ReservedSql, Sql } from 'postgres';
import { LIMITS } from '../../model/limits.ts';
import { periodOf, RETENTION_DAYS, retentionEdge, type Period, type RetentionDays } from '../../model/records/partition-period.ts';
import { PARTITIONED_TABLES, type Clock, type PartitionedTable } from '../../model/seams.ts';
import { msOfTime, timeOfMs } from '../../model/time.ts';
import { holding, listPartitions, type Partition } from './partition-bounds.ts';
import { forgetRejected } from './reject.ts';
import { isDue } from './rollups-due.ts';
import { reading } from './store-error.ts';
import { isBroken, onConnection, transaction } from './transaction.ts';

export interface Partitions {
  /** As Store.makePartition. */
  make(table: PartitionedTable, ts: string): Promise<'made' | 'exists' | 'refused'>;
  /** Every table's current period and those ahead. */
  makeAhead(): Promise<void>;
  /**
   * Drops whole partitions older than retention, and rejected rows; finishes what an earlier process left half done. Returns the
   * names dropped. Performance samples stay until they are summed up; what a batch brings after that look is older than retention.
   */
  dropOld(): Promise<string[]>;
}

/** 'drov' as a number: told apart from other programs' locks in the same database. */
const LOCK = { space: 0x64726f76, partitions: 1 };
/** A lock is waited for no longer: whatever queues behind us would wait as long. The next pass tries again. */
const LOCK_TIMEOUT_MS = 2_000;
/** DETACH CONCURRENTLY waits for every transaction that has seen the partition, such as a long report by hand. */
const DETACH_TIMEOUT_MS = 10_000;
/** Periods beyond the current one. */
const AHEAD = 2;
/** On a table that is on its way out, so that the next process knows one that it may drop from one that a person detached to keep. */
const DROP_MARK = 'drover: to be dropped';

/** `sql`: a pool of one connection that nobody else uses. All reject with a StoreError 'away' for whatever may pass. */
export function createPartitions(options: { sql: Sql; clock: Clock; retentionDays?: Partial<RetentionDays> | undefined; clockPartitions?: number; connectMs?: number }): Partitions {
  const { sql, clock, clockPartitions = LIMITS.clockPartitions, connectMs } = options;
  const days: RetentionDays = { ...RETENTION_DAYS, ...options.retentionDays };

  const makeAt = (table: PartitionedTable, ms: number): Promise<'made' | 'exists' | 'refused'> =>
    transaction(sql, async (tx) => {
      await tx`SELECT set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true), pg_advisory_xact_lock(${LOCK.space}, ${LOCK.partitions})`;
      const partitions = await listPartitions(tx, table);
      if (holding(partitions, ms) !== undefined) return 'exists';
      if (outside(partitions, expected(table, days, clock.now()), ms, clockPartitions)) return 'refused';
      const period = freePart(periodOf(table, ms), partitions, ms);
      const name = await freeName(tx, table, period.from);
      // LIKE leaves out the storage parameters: rows are never updated here, so pages are filled, and vacuum is left to the defaults,
      // which since PostgreSQL 13 count inserts too. The CHECK spares ATTACH a scan, which of an empty table costs nothing.
      await tx.unsafe(`CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL)`);
      await tx.unsafe(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${instant(period.from)}') TO ('${instant(period.to)}')`);
      return 'made';
    }, connectMs);

  const onePass = <T>(run: (session: ReservedSql) => Promise<T>): Promise<T> =>
    onConnection(sql, async (session) => {
      await session`SELECT set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, false), set_config('statement_timeout', ${String(DETACH_TIMEOUT_MS)}, false)`;
      let result: T;
      try {
        await session`SELECT pg_advisory_lock(${LOCK.space}, ${LOCK.partitions})`;
        result = await run(session);
      } catch (error) {
        // On a connection that is gone nothing is left to take back.
        if (!isBroken(error)) await endPass(session);
        throw error;
      }
      await endPass(session);
      return result;
    }, connectMs);

  return {
    make: (table, ts) => reading(() => makeAt(table, msOfTime(ts))),
    makeAhead: () => reading(async () => {
      for (const table of PARTITIONED_TABLES) {
        let { from } = periodOf(table, clock.now());
        for (let i = 0; i <= AHEAD; i += 1) {
          await makeAt(table, from);
          from = periodOf(table, from).to;
        }
      }
    }),
    dropOld: () => reading(() => onePass(async (session) => {
      const dropped: string[] = [];
      for (const table of PARTITIONED_TABLES) {
        const edge = retentionEdge(days[table], clock.now());
        for (const partition of await listPartitions(session, table)) {
          if (partition.detachPending) await session.unsafe(`ALTER TABLE ${table} DETACH PARTITION ${quoted(partition.name)} FINALIZE`);
          else if (partition.to <= edge && !(table === 'perf' && (await isDue(session, partition)))) {
            await session.unsafe(`COMMENT ON TABLE ${quoted(partition.name)} IS '${DROP_MARK}'`);
            await session.unsafe(`ALTER TABLE ${table} DETACH PARTITION ${quoted(partition.name)} CONCURRENTLY`);
          }
        }
      }
      for (const name of await markedTables(session)) {
        await session.unsafe(`DROP TABLE ${quoted(name)}`);
        dropped.push(name);
      }
      await forgetRejected(session, timeOfMs(retentionEdge(days.rejected_rows, clock.now())));
      return dropped;
    })),
  };
}

async function endPass(session: ReservedSql): Promise<void> {
  await session`SELECT pg_advisory_unlock_all(), set_config('lock_timeout', '0', false), set_config('statement_timeout', '0', false)`;
}

/** Detached, and not yet dropped: now, or by a process that ended between the two. */
async function markedTables(session: ISql): Promise<string[]> {
  const rows = await session<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('activity'))
      AND obj_description(c.oid, 'pg_class') = ${DROP_MARK}
    ORDER BY 1`;
  return rows.map((row) => row.name);
}

/** Rows are expected from retention's edge to the periods made ahead. */
function expected(table: PartitionedTable, days: RetentionDays, now: number): Period {
  let { to } = periodOf(table, now);
  for (let i = 0; i < AHEAD; i += 1) ({ to } = periodOf(table, to));
  return { from: periodOf(table, retentionEdge(days[table], now)).from, to };
}

/** Is it for a clock gone mad, and are there as many such partitions as are allowed? */
function outside(partitions: readonly Partition[], usual: Period, ms: number, most: number): boolean {
  if (usual.from <= ms && ms < usual.to) return false;
  return partitions.filter((partition) => partition.from >= usual.to || partition.to <= usual.from).length >= most;
}

/** The period less what its neighbours hold already: they were made when periods were longer. */
function freePart(period: Period, partitions: readonly Partition[], ms: number): Period {
  let { from, to } = period;
  for (const partition of partitions) {
    if (partition.to <= ms) from = Math.max(from, partition.to);
    else to = Math.min(to, partition.from);
  }
  return { from, to };
}

/** Such as activity_p20261119, after the day on which it begins; with a number behind it where a person has kept a detached one. */
async function freeName(tx: ISql, table: PartitionedTable, from: number): Promise<string> {
  const day = new Date(from).toISOString().slice(0, -14).replaceAll('-', '').replace('+', '');
  for (let n = 1; ; n += 1) {
    const name = quoted(n === 1 ? `${table}_p${day}` : `${table}_p${day}_${n}`);
    const [taken] = await tx<{ taken: boolean }[]>`SELECT to_regclass(${name}) IS NOT NULL AS taken`;
    if (taken?.taken !== true) return name;
  }
}

function instant(ms: number): string {
  // Beyond the year 9999 JavaScript writes +010000, which PostgreSQL does not read.
  return new Date(ms).toISOString().replace(/^\+0*/, '');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

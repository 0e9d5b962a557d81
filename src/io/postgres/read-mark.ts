/** Where a host stands: read by its link at every connect. */
import type { ISql, Sql } from 'postgres';
import type { StoredRow } from '../../model/records/activity.ts';
import type { BootMark, HostMark } from '../../model/records/batch.ts';
import type { GapTotals } from '../../model/records/gap.ts';
import type { Store } from '../../model/seams.ts';
import type { Generation } from '../../model/host/state.ts';
import { ACTIVITY_COLUMNS, type ActivityRecord, numberOf, timeText, toStoredRow } from './activity-columns.ts';
import { numberArray, textArray } from './array-text.ts';

/** A host that has settled more ids than that out of order has lied about them: the rest is read from the ring once more. */
const MOST_SETTLED = 100_000;
const MOST_BOOTS = 1_000;

/**
 * Without a transaction: boots are read first, so what is settled meanwhile is settled above a `next` that is as old or older,
 * and a host's boots are written by nobody but the link that asks.
 */
export async function readMark(sql: Sql, hostId: string, ring: Parameters<Store['readMark']>[1]): Promise<HostMark> {
  const boots = await readBoots(sql, hostId);
  const [newest] = boots;
  const [settledAbove, rows, gapped, gaps] = await Promise.all([
    newest === undefined ? [] : readSettled(sql, newest),
    readRing(sql, hostId, ring),
    readGapped(sql, hostId, ring),
    readTotals(sql, hostId),
  ]);
  return { boots, settledAbove, rows, gapped, gaps };
}

async function readBoots(tx: ISql, hostId: string): Promise<BootMark[]> {
  const rows = await tx.unsafe<BootRow[]>(
    `SELECT boot_epoch, generation, floor, next, resumes, closed, highest, ${timeText('last_ts')} AS last_ts
     FROM boots WHERE host_id = $1 ORDER BY boot_epoch DESC LIMIT ${MOST_BOOTS}`,
    [hostId],
  );
  return rows.map((row) => ({
    hostId,
    bootEpoch: row.boot_epoch,
    floor: Number(row.floor),
    next: Number(row.next),
    resumes: row.resumes,
    closed: row.closed,
    generation: row.generation,
    highest: numberOf(row.highest),
    lastTs: row.last_ts,
  }));
}

interface BootRow { boot_epoch: number; generation: Generation; floor: string; next: string; resumes: number | null; closed: boolean; highest: string | null; last_ts: string | null }

/**
 * One probe of activity_host_ts a ring row. OFFSET 0 keeps the planner from turning the probes into a join that reads the
 * host's whole history; the bounds let it leave partitions out.
 */
async function readRing(tx: ISql, hostId: string, ring: Parameters<Store['readMark']>[1]): Promise<StoredRow[]> {
  if (ring.length === 0) return [];
  const seconds = ring.map((row) => `${row.ts.slice(0, 19)}Z`);
  const records = await tx.unsafe<ActivityRecord[]>(
    `SELECT ${ACTIVITY_COLUMNS}
     FROM (SELECT DISTINCT id, second FROM unnest($2::int8[], $3::timestamptz[]) AS r (id, second)) r
     CROSS JOIN LATERAL (
       SELECT * FROM activity x
       WHERE x.host_id = $1 AND x.upstream_id = r.id AND x.ts >= r.second AND x.ts < r.second + interval '1 second'
         AND x.ts >= $4::text::timestamptz AND x.ts < $5::text::timestamptz + interval '1 second'
       OFFSET 0
     ) a
     ORDER BY a.upstream_id, a.boot_epoch, a.ts`,
    [
      hostId,
      numberArray(ring, (row) => row.upstreamId),
      textArray(seconds, (second) => second),
      seconds.reduce((low, second) => (second < low ? second : low)),
      seconds.reduce((high, second) => (second > high ? second : high)),
    ],
  );
  return records.map(toStoredRow);
}

/** All that overlap the span of the ring's ids. */
async function readGapped(tx: ISql, hostId: string, ring: Parameters<Store['readMark']>[1]): Promise<HostMark['gapped']> {
  if (ring.length === 0) return [];
  let low = Infinity;
  let high = -Infinity;
  for (const { upstreamId } of ring) {
    low = Math.min(low, upstreamId);
    high = Math.max(high, upstreamId);
  }
  const rows = await tx<{ boot_epoch: number; from_id: string; to_id: string }[]>`
    SELECT boot_epoch, from_id, to_id FROM gaps
    WHERE host_id = ${hostId} AND from_id <= ${high} AND to_id >= ${low}
    ORDER BY boot_epoch, from_id, to_id LIMIT ${MOST_SETTLED}`;
  return rows.map((row) => ({ bootEpoch: row.boot_epoch, fromId: Number(row.from_id), toId: Number(row.to_id) }));
}

async function readSettled(tx: ISql, boot: BootMark): Promise<number[]> {
  const rows = await tx<{ id: string }[]>`
    SELECT id FROM (
      SELECT upstream_id AS id FROM activity
      WHERE host_id = ${boot.hostId} AND boot_epoch = ${boot.bootEpoch} AND upstream_id >= ${boot.next}
      UNION
      SELECT s.id FROM gaps g
      CROSS JOIN LATERAL generate_series(greatest(g.from_id, ${boot.next}), least(g.to_id, greatest(g.from_id, ${boot.next}) + ${MOST_SETTLED})) AS s (id)
      WHERE g.host_id = ${boot.hostId} AND g.boot_epoch = ${boot.bootEpoch} AND g.to_id >= ${boot.next} AND g.from_id IS NOT NULL
    ) settled
    ORDER BY id LIMIT ${MOST_SETTLED}`;
  return rows.map((row) => Number(row.id));
}

async function readTotals(tx: ISql, hostId: string): Promise<GapTotals> {
  const [row] = await tx.unsafe<{ count: string; lost_min: string; lost_max: string | null; last_at: string | null }[]>(
    `SELECT count(*) AS count, coalesce(sum(lost_min), 0)::float8 AS lost_min,
       CASE WHEN bool_and(lost_max IS NOT NULL) IS NOT FALSE THEN coalesce(sum(lost_max), 0)::float8 END AS lost_max,
       ${timeText('max(detected_at)')} AS last_at
     FROM gaps WHERE host_id = $1`,
    [hostId],
  );
  return { count: Number(row?.count ?? 0), lostMin: Number(row?.lost_min ?? 0), lostMax: row === undefined ? 0 : numberOf(row.lost_max), lastAt: row?.last_at ?? null };
}

/** Boots, and how far their watermarks have come. */
import type { ISql } from 'postgres';
import type { StoredRow } from '../../model/records/activity.ts';
import type { BootRecord, Watermark } from '../../model/records/batch.ts';
import type { Gap } from '../../model/records/gap.ts';
import { numberArray, textArray } from './array-text.ts';

export async function insertBoots(tx: ISql, boots: readonly BootRecord[]): Promise<void> {
  await tx`
    INSERT INTO boots (host_id, boot_epoch, detected_at, generation, floor, next, resumes)
    SELECT r.host_id, r.boot_epoch, r.detected_at, r.generation, r.floor, r.floor, r.resumes
    FROM unnest(
      ${textArray(boots, (boot) => boot.hostId)}::text[],
      ${numberArray(boots, (boot) => boot.bootEpoch)}::int4[],
      ${textArray(boots, (boot) => boot.detectedAt)}::timestamptz[],
      ${numberArray(boots, (boot) => boot.generation)}::int2[],
      ${numberArray(boots, (boot) => boot.floor)}::int8[],
      ${numberArray(boots, (boot) => boot.resumes)}::int4[]
    ) AS r (host_id, boot_epoch, detected_at, generation, floor, resumes)
    ON CONFLICT DO NOTHING`;
}

/** What a batch teaches about one boot; null: nothing of that kind. */
export interface BootProgress {
  hostId: string;
  bootEpoch: number;
  floor: number | null;
  next: number | null;
  highest: number | null;
  lastId: number | null;
  lastTs: string | null;
}

/** One entry a boot, in a fixed order, so that two batches can't wait for each other's rows. */
export function bootProgress(rows: readonly StoredRow[], gaps: readonly Gap[], marks: readonly Watermark[]): BootProgress[] {
  const hosts = new Map<string, Map<number, BootProgress>>();
  const of = (hostId: string, bootEpoch: number): BootProgress => {
    let boots = hosts.get(hostId);
    if (boots === undefined) hosts.set(hostId, (boots = new Map()));
    let progress = boots.get(bootEpoch);
    if (progress === undefined) {
      progress = { hostId, bootEpoch, floor: null, next: null, highest: null, lastId: null, lastTs: null };
      boots.set(bootEpoch, progress);
    }
    return progress;
  };
  for (const row of rows) {
    const progress = of(row.hostId, row.bootEpoch);
    if (progress.lastId === null || row.upstreamId > progress.lastId) {
      progress.lastId = row.upstreamId;
      progress.lastTs = row.ts;
    }
  }
  for (const boots of hosts.values()) for (const progress of boots.values()) progress.highest = progress.lastId;
  for (const gap of gaps) {
    const progress = of(gap.hostId, gap.bootEpoch);
    if (gap.toId !== null) progress.highest = Math.max(progress.highest ?? gap.toId, gap.toId);
  }
  for (const mark of marks) {
    const progress = of(mark.hostId, mark.bootEpoch);
    progress.floor = Math.min(progress.floor ?? mark.floor, mark.floor);
    progress.next = Math.max(progress.next ?? mark.next, mark.next);
  }
  return [...hosts.values()]
    .flatMap((boots) => [...boots.values()])
    .toSorted((a, b) => (a.hostId < b.hostId ? -1 : a.hostId > b.hostId ? 1 : a.bootEpoch - b.bootEpoch));
}

/** Only outwards, whatever comes in whatever order: least and greatest pass over NULL. */
export async function raiseBoots(tx: ISql, progress: readonly BootProgress[]): Promise<void> {
  await tx`
    UPDATE boots b SET
      floor = least(b.floor, r.floor),
      next = greatest(b.next, r.next),
      highest = greatest(b.highest, r.highest),
      last_ts = CASE WHEN r.last_id >= coalesce(b.last_id, r.last_id) THEN r.last_ts ELSE b.last_ts END,
      last_id = greatest(b.last_id, r.last_id)
    FROM unnest(
      ${textArray(progress, (boot) => boot.hostId)}::text[],
      ${numberArray(progress, (boot) => boot.bootEpoch)}::int4[],
      ${numberArray(progress, (boot) => boot.floor)}::int8[],
      ${numberArray(progress, (boot) => boot.next)}::int8[],
      ${numberArray(progress, (boot) => boot.highest)}::int8[],
      ${numberArray(progress, (boot) => boot.lastId)}::int8[],
      ${textArray(progress, (boot) => boot.lastTs)}::timestamptz[]
    ) AS r (host_id, boot_epoch, floor, next, highest, last_id, last_ts)
    WHERE b.host_id = r.host_id AND b.boot_epoch = r.boot_epoch`;
}

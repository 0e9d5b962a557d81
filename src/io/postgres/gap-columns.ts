/** Gaps as they are read. */
import type { Gap, GapCause } from '../../model/records/gap.ts';
import { numberOf, timeText } from './activity-columns.ts';

/** Of `g`, a gap. */
export const GAP_COLUMNS = `g.id, g.host_id, g.boot_epoch, g.from_id, g.to_id, ${timeText('g.from_ts')} AS from_ts, ${timeText('g.to_ts')} AS to_ts,
  g.lost_min, g.lost_max, g.cause, ${timeText('g.detected_at')} AS detected_at`;

export interface GapRecord {
  id: string;
  host_id: string;
  boot_epoch: number;
  from_id: string | null;
  to_id: string | null;
  from_ts: string | null;
  to_ts: string | null;
  lost_min: string;
  lost_max: string | null;
  cause: GapCause;
  detected_at: string;
}

export function toGap(record: GapRecord): Gap {
  return {
    id: record.id,
    hostId: record.host_id,
    bootEpoch: record.boot_epoch,
    fromId: numberOf(record.from_id),
    toId: numberOf(record.to_id),
    fromTs: record.from_ts,
    toTs: record.to_ts,
    lostMin: Number(record.lost_min),
    lostMax: numberOf(record.lost_max),
    cause: record.cause,
    detectedAt: record.detected_at,
  };
}

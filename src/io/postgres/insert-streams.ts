/** Gaps, events and performance samples of a batch. */
import type { ISql } from 'postgres';
import type { LivenessEvent, ModelEvent } from '../../model/records/batch.ts';
import type { Gap } from '../../model/records/gap.ts';
import { ROLLUP_S, type PerfSample } from '../../model/records/perf.ts';
import { numberArray, textArray } from './array-text.ts';

export async function insertGaps(tx: ISql, gaps: readonly Gap[]): Promise<void> {
  await tx`
    INSERT INTO gaps (id, host_id, boot_epoch, from_id, to_id, from_ts, to_ts, lost_min, lost_max, cause, detected_at)
    SELECT * FROM unnest(
      ${textArray(gaps, (gap) => gap.id)}::text[],
      ${textArray(gaps, (gap) => gap.hostId)}::text[],
      ${numberArray(gaps, (gap) => gap.bootEpoch)}::int4[],
      ${numberArray(gaps, (gap) => gap.fromId)}::int8[],
      ${numberArray(gaps, (gap) => gap.toId)}::int8[],
      ${textArray(gaps, (gap) => gap.fromTs)}::timestamptz[],
      ${textArray(gaps, (gap) => gap.toTs)}::timestamptz[],
      ${numberArray(gaps, (gap) => gap.lostMin)}::int8[],
      ${numberArray(gaps, (gap) => gap.lostMax)}::int8[],
      ${textArray(gaps, (gap) => gap.cause)}::text[],
      ${textArray(gaps, (gap) => gap.detectedAt)}::timestamptz[]
    )
    ON CONFLICT DO NOTHING`;
}

export async function insertHostEvents(tx: ISql, events: readonly LivenessEvent[]): Promise<void> {
  await tx`
    INSERT INTO host_events (host_id, ts, kind, from_state, to_state, reason)
    SELECT * FROM unnest(
      ${textArray(events, (event) => event.hostId)}::text[],
      ${textArray(events, (event) => event.ts)}::timestamptz[],
      ${textArray(events, (event) => event.kind)}::text[],
      ${textArray(events, (event) => event.from)}::text[],
      ${textArray(events, (event) => event.to)}::text[],
      ${textArray(events, (event) => event.reason)}::text[]
    )
    ON CONFLICT DO NOTHING`;
}

export async function insertModelEvents(tx: ISql, events: readonly ModelEvent[]): Promise<void> {
  await tx`
    INSERT INTO model_events (host_id, ts, model, from_state, to_state)
    SELECT * FROM unnest(
      ${textArray(events, (event) => event.hostId)}::text[],
      ${textArray(events, (event) => event.ts)}::timestamptz[],
      ${textArray(events, (event) => event.model)}::text[],
      ${textArray(events, (event) => event.from)}::text[],
      ${textArray(events, (event) => event.to)}::text[]
    )
    ON CONFLICT DO NOTHING`;
}

/** With the marks of what now has to be summed up again: only a sample that is new makes one. */
export async function insertPerf(tx: ISql, samples: readonly PerfSample[]): Promise<void> {
  await tx`
    WITH stored AS (
      INSERT INTO perf (host_id, ts, gpu, cpu_pct, mem_used_mb, mem_total_mb, swap_used_mb, swap_total_mb, load1, load5, load15,
        net_rx_bytes, net_tx_bytes, util_pct, mem_util_pct, temp_c, vram_temp_c, fan_pct, power_w)
      SELECT * FROM unnest(
        ${textArray(samples, (sample) => sample.hostId)}::text[],
        ${textArray(samples, (sample) => sample.ts)}::timestamptz[],
        ${textArray(samples, (sample) => sample.gpu)}::text[],
        ${numberArray(samples, (sample) => sample.cpuPct)}::float8[],
        ${numberArray(samples, (sample) => sample.memUsedMb)}::float8[],
        ${numberArray(samples, (sample) => sample.memTotalMb)}::float8[],
        ${numberArray(samples, (sample) => sample.swapUsedMb)}::float8[],
        ${numberArray(samples, (sample) => sample.swapTotalMb)}::float8[],
        ${numberArray(samples, (sample) => sample.load1)}::float8[],
        ${numberArray(samples, (sample) => sample.load5)}::float8[],
        ${numberArray(samples, (sample) => sample.load15)}::float8[],
        ${numberArray(samples, (sample) => sample.netRxBytes)}::float8[],
        ${numberArray(samples, (sample) => sample.netTxBytes)}::float8[],
        ${numberArray(samples, (sample) => sample.utilPct)}::float8[],
        ${numberArray(samples, (sample) => sample.memUtilPct)}::float8[],
        ${numberArray(samples, (sample) => sample.tempC)}::float8[],
        ${numberArray(samples, (sample) => sample.vramTempC)}::float8[],
        ${numberArray(samples, (sample) => sample.fanPct)}::float8[],
        ${numberArray(samples, (sample) => sample.powerW)}::float8[]
      )
      ON CONFLICT DO NOTHING
      RETURNING host_id, ts
    )
    INSERT INTO perf_rollups_due (host_id, ts)
    SELECT DISTINCT host_id, date_bin(${ROLLUP_S} * interval '1 second', ts, '1970-01-01T00:00:00Z') FROM stored`;
}

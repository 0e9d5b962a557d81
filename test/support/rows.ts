/** Rows, gaps and batches for tests of storage. */
import type { StoredRow } from '../../src/model/records/activity.ts';
import type { Batch, BootRecord } from '../../src/model/records/batch.ts';
import type { Gap } from '../../src/model/records/gap.ts';
import type { PerfSample } from '../../src/model/records/perf.ts';

export function row(more: Partial<StoredRow> = {}): StoredRow {
  return {
    hostId: 'gpu1', bootEpoch: 1, upstreamId: 0, ts: '2026-01-01T00:00:00.123456Z', model: 'qwen', reqPath: '/v1/chat/completions', status: 200,
    inputTokens: 10, cachedTokens: 3, outputTokens: 20, draftTokens: null, draftAcceptedTokens: null, promptPerSecond: 312.5, tokensPerSecond: 41.75,
    durationMs: 480, hasCapture: false, error: null, metadata: null, ...more,
  };
}

export function boot(more: Partial<BootRecord> = {}): BootRecord {
  return { hostId: 'gpu1', bootEpoch: 1, detectedAt: '2026-01-01T00:00:00.000000Z', floor: 0, resumes: null, generation: 2, ...more };
}

export function gap(more: Partial<Gap> = {}): Gap {
  return {
    id: 'gap-1', hostId: 'gpu1', bootEpoch: 1, fromId: 5, toId: 9, fromTs: '2026-01-01T00:00:00.000000Z', toTs: '2026-01-01T00:01:00.000000Z',
    lostMin: 5, lostMax: 5, cause: 'wrap', detectedAt: '2026-01-01T00:02:00.000000Z', ...more,
  };
}

export function sample(more: Partial<PerfSample> = {}): PerfSample {
  return {
    hostId: 'gpu1', ts: '2026-01-01T00:00:05.000000Z', gpu: null, cpuPct: 12.5, memUsedMb: 1000, memTotalMb: 64000, swapUsedMb: 0, swapTotalMb: 0,
    load1: 0.5, load5: 0.4, load15: 0.3, netRxBytes: 1, netTxBytes: 2, utilPct: null, memUtilPct: null, tempC: null, vramTempC: null, fanPct: null, powerW: null, ...more,
  };
}

export function batch(more: Partial<Batch> = {}): Batch {
  return { boots: [], activity: [], gaps: [], marks: [], hostEvents: [], modelEvents: [], perf: [], ...more };
}

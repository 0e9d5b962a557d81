/**
 * The documents that clients see, as zod schemas: what the HTTP API and the frames document and tests check. Drover's own output is
 * never passed through them on its way out (zod's records drop a key `__proto__`, which is a plain key here).
 */
import { z } from 'zod';
import { GAP_CAUSES } from './records/gap.ts';
import type { ActivityRow } from './records/activity.ts';
import type { Gap } from './records/gap.ts';
import { LIVENESS_STATES, REASON_CODES } from './host/liveness.ts';
import type { PerfSample } from './records/perf.ts';
import type { GpuState, HostState, InflightRequest, ModelState } from './host/state.ts';
import type { ActorDetail, ActorStatus } from './status.ts';

/** RFC 3339 in UTC with microseconds. */
export const timeDocument = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/).meta({ description: 'RFC 3339 in UTC with microseconds.', example: '2026-08-22T10:00:00.123456Z' });
const time = timeDocument;
const text = z.string();
const figure = z.number().nullable();
const count = z.int().nullable();

export const reasonDocument = z.object({ code: z.enum(REASON_CODES), text }).meta({ id: 'Reason', description: 'Why a host is not live: a code, and a sentence for people.' });

export const livenessDocument = z.object({
  state: z.enum(LIVENESS_STATES), reason: reasonDocument.nullable(), since: time, nextTryAt: time.nullable(), lastContactAt: time.nullable(),
}).meta({ id: 'Liveness' });

export const modelDocument = z.object({
  name: text, description: text, state: text, peerId: text.nullable(), aliases: z.array(text), unlisted: z.boolean(),
  contextLength: count, ttlS: figure, readySince: time.nullable(), unloadAt: time.nullable(), inflight: count,
}).meta({ id: 'Model' }) satisfies z.ZodType<ModelState>;

export const inflightDocument = z.object({
  model: text, path: text, method: text, startedAt: time, respBytes: count, remoteIp: text.nullable(),
}).meta({ id: 'InflightRequest' }) satisfies z.ZodType<InflightRequest>;

export const gpuDocument = z.object({ name: text, utilPct: figure, memUsedMb: figure, memTotalMb: figure, tempC: figure, powerW: figure })
  .meta({ id: 'Gpu' }) satisfies z.ZodType<GpuState>;

export const gapTotalsDocument = z.object({ count: z.int(), lostMin: z.int(), lostMax: count, lastAt: time.nullable() }).meta({ id: 'GapTotals' });

export const generationDocument = z.union([z.literal(1), z.literal(2), z.literal(3)]);

export const stateDocument = z.object({
  name: text, tags: z.array(text), enabled: z.boolean(), source: z.enum(['config', 'api']),
  asOf: time.nullable(), liveness: livenessDocument, generation: generationDocument.nullable(),
  build: z.object({ version: text, commit: text }).nullable(), bootEpoch: count, profile: text.nullable(),
  models: z.record(text, modelDocument),
  inflight: z.object({ total: count, requests: z.record(text, inflightDocument) }),
  gpus: z.record(text, gpuDocument),
  perf: z.object({ ts: time, cpuPct: figure, memUsedMb: figure, memTotalMb: figure, load1: figure }).nullable(),
  throughput: z.object({ windowS: z.literal(60), rows: z.int(), outputTokensPerSecond: figure }),
  gaps: gapTotalsDocument,
}).meta({ id: 'HostState', description: 'A host\'s published state. Collections are objects by id.' }) satisfies z.ZodType<HostState>;

export const activityDocument = z.object({
  hostId: text, bootEpoch: count, upstreamId: z.int(), ts: time, model: text, reqPath: text.nullable(), status: count,
  inputTokens: count, cachedTokens: count, outputTokens: count, draftTokens: count, draftAcceptedTokens: count,
  promptPerSecond: figure, tokensPerSecond: figure, durationMs: figure, hasCapture: z.boolean().nullable(), error: text.nullable(),
  metadata: z.record(text, z.unknown()).nullable(),
}).meta({ id: 'Activity', description: 'One request that a host served.' }) satisfies z.ZodType<ActivityRow>;

export const gapDocument = z.object({
  id: text, hostId: text, bootEpoch: z.int(), fromId: count, toId: count, fromTs: time.nullable(), toTs: time.nullable(),
  lostMin: z.int(), lostMax: count, cause: z.enum(GAP_CAUSES), detectedAt: time,
}).meta({ id: 'Gap', description: 'A stretch of activity known, or only possibly, lost for good.' }) satisfies z.ZodType<Gap>;

const metrics = {
  cpuPct: figure, memUsedMb: figure, memTotalMb: figure, swapUsedMb: figure, swapTotalMb: figure, load1: figure, load5: figure, load15: figure,
  netRxBytes: figure, netTxBytes: figure, utilPct: figure, memUtilPct: figure, tempC: figure, vramTempC: figure, fanPct: figure, powerW: figure,
};
export const PERF_METRICS = Object.keys(metrics) as (keyof typeof metrics)[];

export const perfDocument = z.object({ hostId: text, ts: time, gpu: text.nullable(), ...metrics })
  .meta({ id: 'PerfSample', description: 'Of a whole host (`gpu` null) or of one of its GPUs.' }) satisfies z.ZodType<PerfSample>;

export const statusDocument = z.object({
  path: text, kind: z.enum(['supervisor', 'worker']), name: text, incarnation: z.int(), state: text, since: time,
  restarts: z.object({ count: z.int(), intensity: figure, periodS: figure, total: z.int() }),
  lastExit: z.object({ reason: text, at: time, stack: text.nullable() }).nullable(), queued: count, handled: z.int(),
}).meta({ id: 'ActorStatus' }) satisfies z.ZodType<ActorStatus>;

export const actorDetailDocument = statusDocument.extend({
  recent: z.array(z.object({ at: time, from: text, event: text, to: text })), children: z.array(statusDocument),
}).meta({ id: 'ActorDetail' }) satisfies z.ZodType<ActorDetail>;

/**
 * The documents that clients see, as zod schemas: what the HTTP API and the frames document and tests check. Drover's own output is
 * never passed through them on its way out (zod's records drop a key `__proto__`, which is a plain key here). In zod/mini: the
 * cockpit checks frames with them, and the whole of zod would cost it 16 kB.
 */
import * as z from 'zod/mini';
import { GAP_CAUSES } from './records/gap.ts';
import type { ActivityRow } from './records/activity.ts';
import type { Gap } from './records/gap.ts';
import { LIVENESS_STATES, REASON_CODES } from './host/liveness.ts';
import type { PerfSample } from './records/perf.ts';
import type { GpuState, HostState, InflightRequest, ModelState } from './host/state.ts';
import type { ActorDetail, ActorStatus } from './status.ts';

/** RFC 3339 in UTC with microseconds. */
export const timeDocument = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)).register(z.globalRegistry, { description: 'RFC 3339 in UTC with microseconds.', example: '2026-08-22T10:00:00.123456Z' });
const time = timeDocument;
const text = z.string();
const figure = z.nullable(z.number());
const count = z.nullable(z.int());

export const reasonDocument = z.object({ code: z.enum(REASON_CODES), text }).register(z.globalRegistry, { id: 'Reason', description: 'Why a host is not live: a code, and a sentence for people.' });

export const livenessDocument = z.object({
  state: z.enum(LIVENESS_STATES), reason: z.nullable(reasonDocument), since: time, nextTryAt: z.nullable(time), lastContactAt: z.nullable(time),
}).register(z.globalRegistry, { id: 'Liveness' });

export const modelDocument = z.object({
  name: text, description: text, state: text, peerId: z.nullable(text), aliases: z.array(text), unlisted: z.boolean(),
  contextLength: count, ttlS: figure, readySince: z.nullable(time), unloadAt: z.nullable(time), inflight: count,
}).register(z.globalRegistry, { id: 'Model' }) satisfies z.ZodMiniType<ModelState>;

export const inflightDocument = z.object({
  model: text, path: text, method: text, startedAt: time, respBytes: count, remoteIp: z.nullable(text),
}).register(z.globalRegistry, { id: 'InflightRequest' }) satisfies z.ZodMiniType<InflightRequest>;

export const gpuDocument = z.object({ name: text, utilPct: figure, memUsedMb: figure, memTotalMb: figure, tempC: figure, powerW: figure })
  .register(z.globalRegistry, { id: 'Gpu' }) satisfies z.ZodMiniType<GpuState>;

export const gapTotalsDocument = z.object({ count: z.int(), lostMin: z.int(), lostMax: count, lastAt: z.nullable(time) }).register(z.globalRegistry, { id: 'GapTotals' });

export const generationDocument = z.union([z.literal(1), z.literal(2), z.literal(3)]);

export const stateDocument = z.object({
  name: text, tags: z.array(text), enabled: z.boolean(), source: z.enum(['config', 'api']),
  asOf: z.nullable(time), liveness: livenessDocument, generation: z.nullable(generationDocument),
  build: z.nullable(z.object({ version: text, commit: text })), bootEpoch: count, profile: z.nullable(text), utcOffsetMin: count,
  models: z.record(text, modelDocument),
  inflight: z.object({ total: count, requests: z.record(text, inflightDocument) }),
  gpus: z.record(text, gpuDocument),
  perf: z.nullable(z.object({ ts: time, cpuPct: figure, memUsedMb: figure, memTotalMb: figure, load1: figure })),
  throughput: z.object({ windowS: z.number(), rows: z.int(), outputTokensPerSecond: figure }),
  gaps: gapTotalsDocument,
}).register(z.globalRegistry, { id: 'HostState', description: 'A host\'s published state. Collections are objects by id.' }) satisfies z.ZodMiniType<HostState>;

export const activityDocument = z.object({
  hostId: text, bootEpoch: count, upstreamId: z.int(), ts: time, model: text, reqPath: z.nullable(text), status: count,
  inputTokens: count, cachedTokens: count, outputTokens: count, draftTokens: count, draftAcceptedTokens: count,
  promptPerSecond: figure, tokensPerSecond: figure, durationMs: figure, hasCapture: z.nullable(z.boolean()), error: z.nullable(text),
  metadata: z.nullable(z.record(text, z.unknown())),
}).register(z.globalRegistry, { id: 'Activity', description: 'One request that a host served.' }) satisfies z.ZodMiniType<ActivityRow>;

export const gapDocument = z.object({
  id: text, hostId: text, bootEpoch: z.int(), fromId: count, toId: count, fromTs: z.nullable(time), toTs: z.nullable(time),
  lostMin: z.int(), lostMax: count, cause: z.enum(GAP_CAUSES), detectedAt: time,
}).register(z.globalRegistry, { id: 'Gap', description: 'A stretch of activity known, or only possibly, lost for good.' }) satisfies z.ZodMiniType<Gap>;

const metrics = {
  cpuPct: figure, memUsedMb: figure, memTotalMb: figure, swapUsedMb: figure, swapTotalMb: figure, load1: figure, load5: figure, load15: figure,
  netRxBytes: figure, netTxBytes: figure, utilPct: figure, memUtilPct: figure, tempC: figure, vramTempC: figure, fanPct: figure, powerW: figure,
};
export const PERF_METRICS = Object.keys(metrics) as (keyof typeof metrics)[];

export const perfDocument = z.object({ hostId: text, ts: time, gpu: z.nullable(text), ...metrics })
  .register(z.globalRegistry, { id: 'PerfSample', description: 'Of a whole host (`gpu` null) or of one of its GPUs.' }) satisfies z.ZodMiniType<PerfSample>;

export const statusDocument = z.object({
  path: text, kind: z.enum(['supervisor', 'worker']), name: text, incarnation: z.int(), state: text, since: time,
  restarts: z.object({ count: z.int(), intensity: figure, periodS: figure, total: z.int() }),
  lastExit: z.nullable(z.object({ reason: text, at: time, stack: z.nullable(text), byHand: z.optional(z.literal(true)) })), queued: count, handled: z.int(),
}).register(z.globalRegistry, { id: 'ActorStatus' }) satisfies z.ZodMiniType<ActorStatus>;

export const actorDetailDocument = z.extend(statusDocument, {
  recent: z.array(z.object({ at: time, from: text, event: text, to: text })), children: z.array(statusDocument),
}).register(z.globalRegistry, { id: 'ActorDetail' }) satisfies z.ZodMiniType<ActorDetail>;

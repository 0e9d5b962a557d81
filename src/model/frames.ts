/**
 * Every frame of `/ws`, both ways, as zod schemas: JSON text frames with a `type`. Clients ignore fields and types that they do
 * not know; so do these schemas with fields. The server checks what clients send with `clientFrame`; its own frames are written as
 * typed here and never passed through zod on their way out (zod's records drop a key `__proto__`).
 */
import * as z from 'zod/mini';
import { activityDocument, gapDocument, perfDocument, stateDocument, statusDocument } from './documents.ts';
import type { PatchOp } from './patch.ts';

export const PROTOCOL = 1;

/** Why a socket was closed by Drover (RFC 6455 and its registry). */
export const CLOSE_CODES = { policy: 1008, goingAway: 1012, tryLater: 1013 } as const;

/** `error` frames; the socket stays open. Add, never rename. */
export const FRAME_ERRORS = [
  'unknown_topic', // a topic that does not exist: the others of the frame are served
  'bad_frame', // not JSON, of an unknown type, or with wrong fields
  'too_many_log_streams', // a fifth model's log of one host
] as const;
export type FrameError = (typeof FRAME_ERRORS)[number];

const host = z.string();
const epoch = z.string();
const seq = z.int().check(z.minimum(1));
const n = z.int().check(z.minimum(1));
const position = z.int().check(z.minimum(0));
/** A model's log topic holds the model's whole name. */
const topic = z.string().check(z.maxLength(1_024));
const topics = z.array(topic).check(z.maxLength(256));

export const patchOp = z.union([
  z.object({ op: z.enum(['add', 'replace']), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal('remove'), path: z.string() }),
]) satisfies z.ZodMiniType<PatchOp>;
const ops = z.array(patchOp);

/** Where a client stood: per host [epoch, seq], per stream the last `n` that it holds. */
export const sinceDocument = z.object({
  serverEpoch: z.optional(z.string().check(z.maxLength(64))),
  fleet: z.optional(z.record(z.string(), z.tuple([z.string().check(z.maxLength(64)), position]))),
  activity: z.optional(position),
  runs: z.optional(position),
  gaps: z.optional(position),
});
export type Since = z.infer<typeof sinceDocument>;

/** `history`: of each log among the topics first what was written before, as `log.history`. */
export const subscribeFrame = z.object({ type: z.literal('subscribe'), topics, since: z.optional(sinceDocument), history: z.optional(z.boolean()) });
export const unsubscribeFrame = z.object({ type: z.literal('unsubscribe'), topics });
export const resyncFrame = z.object({ type: z.literal('resync'), host: z.string().check(z.maxLength(256)) });
export const clientFrame = z.discriminatedUnion('type', [subscribeFrame, unsubscribeFrame, resyncFrame]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** `at`: when Drover received it; null: the host remembered it and does not say when it was written. `dropped`: UTF-8 bytes of the topic's text that this client did not get before this one. */
const logChunk = { source: z.string(), at: z.nullable(z.string()), text: z.string(), dropped: z.optional(z.int()) };

export const hostEntry = z.object({ host, epoch, seq, state: stateDocument });
export const serverFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.literal(PROTOCOL), server: z.object({ name: z.literal('drover'), version: z.string() }), serverEpoch: z.string() }),
  z.object({ type: z.literal('subscribed'), topics: z.record(z.string(), z.object({ recovered: z.boolean() })) }),
  /** Replaces all. */
  z.object({ type: z.literal('fleet.snapshot'), hosts: z.array(hostEntry) }),
  /** A new host, a new epoch, or asked for. */
  z.object({ type: z.literal('host.snapshot'), ...hostEntry.shape }),
  /** Leads from seq - 1 to seq. */
  z.object({ type: z.literal('fleet.delta'), host, epoch, seq, ops }),
  z.object({ type: z.literal('host.removed'), host }),
  z.object({ type: z.literal('actors.snapshot'), epoch, seq, actors: z.record(z.string(), statusDocument) }),
  z.object({ type: z.literal('actors.delta'), epoch, seq, ops }),
  z.object({ type: z.literal('activity'), n, host, rows: z.array(activityDocument) }),
  z.object({ type: z.literal('gap'), n, host, gap: gapDocument }),
  z.object({ type: z.literal('run'), n, host, run: z.record(z.string(), z.unknown()) }),
  /** `dropped`: samples that this client did not get before these. */
  z.object({ type: z.literal('perf'), host, samples: z.array(perfDocument), dropped: z.optional(z.int()) }),
  /** `model`: of a model's own log. */
  z.object({ type: z.literal('log'), host, model: z.optional(z.string()), ...logChunk }),
  /** Answers a subscription with `history`: the end of what was written before, in the order in which it came, bounded; empty where there is none. What a reader holds already may come again. */
  z.object({ type: z.literal('log.history'), host, model: z.optional(z.string()), chunks: z.array(z.object(logChunk)) }),
  /** Frames of these topics were lost to this client: it holds no position for them. State topics send a snapshot unasked. */
  z.object({ type: z.literal('lagged'), topics: z.array(z.string()) }),
  /** `topic`: of `too_many_log_streams`, the one that was not subscribed. */
  z.object({ type: z.literal('error'), code: z.enum(FRAME_ERRORS), message: z.string(), topic: z.optional(z.string()) }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;
export type ServerFrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

/** A topic taken apart; null: no topic has this form (whether its host and model exist is another question). */
export type Topic =
  | { kind: 'fleet' } | { kind: 'actors' } | { kind: 'activity' } | { kind: 'runs' } | { kind: 'gaps' } | { kind: 'perf' }
  /** A model's key may hold slashes; a host's id never does. */
  | { kind: 'logs'; host: string; model: string | null };

export function parseTopic(name: string): Topic | null {
  switch (name) {
    case 'fleet': case 'actors': case 'activity': case 'runs': case 'gaps': case 'perf':
      return { kind: name };
    default: {
      if (!name.startsWith('logs:')) return null;
      const slash = name.indexOf('/');
      const hostId = slash === -1 ? name.slice('logs:'.length) : name.slice('logs:'.length, slash);
      const model = slash === -1 ? null : name.slice(slash + 1);
      return hostId === '' || model === '' ? null : { kind: 'logs', host: hostId, model };
    }
  }
}

export function logsTopic(hostId: string, model: string | null): string {
  return model === null ? `logs:${hostId}` : `logs:${hostId}/${model}`;
}

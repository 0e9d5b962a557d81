/**
 * What a client makes of a text frame. Checked by hand, and only as deep as a client relies on: the schemas of frames.ts would
 * cost a browser 20 kB and each snapshot a copy, and drop a model called `__proto__`.
 */
import type { ServerFrame } from './frames.ts';

/** `unknown`: a type of a later Drover, to be ignored. `malformed`: not what its type should be; `what` is for people. */
export type Read = { kind: 'frame'; frame: ServerFrame } | { kind: 'unknown' } | { kind: 'malformed'; what: string };

/** `faultOf`: what is wrong with a frame of a known type, for people; null: nothing. */
export function readServerFrame(text: string, faultOf: FaultOf = shallowFault): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', what: 'a frame that is not JSON' };
  }
  if (!isObject(value) || typeof value.type !== 'string') return { kind: 'malformed', what: 'a frame without a type' };
  if (!Object.hasOwn(CHECKS, value.type)) return { kind: 'unknown' };
  const fault = faultOf(value as TypedFields);
  return fault === null ? { kind: 'frame', frame: value as ServerFrame } : { kind: 'malformed', what: `a malformed ${value.type}${fault === '' ? '' : `: ${fault}`}` };
}

type Fields = Record<string, unknown>;
type TypedFields = Fields & { type: ServerFrame['type'] };
export type FaultOf = (frame: TypedFields) => string | null;

function shallowFault(frame: TypedFields): string | null {
  return CHECKS[frame.type](frame) ? null : '';
}

const CHECKS: Record<ServerFrame['type'], (frame: Fields) => boolean> = {
  'hello': ({ serverEpoch, server }) => isText(serverEpoch) && isObject(server) && isText(server.version),
  'subscribed': ({ topics }) => isObject(topics) && Object.values(topics).every((one) => isObject(one) && typeof one.recovered === 'boolean'),
  'fleet.snapshot': ({ hosts }) => Array.isArray(hosts) && hosts.every((host) => isObject(host) && isEntry(host)),
  'host.snapshot': (frame) => isEntry(frame),
  'fleet.delta': (frame) => isText(frame.host) && isDelta(frame),
  'host.removed': ({ host }) => isText(host),
  'actors.snapshot': ({ epoch, seq, actors }) => isText(epoch) && isCount(seq) && isObject(actors),
  'actors.delta': (frame) => isDelta(frame),
  'activity': ({ n, host, rows }) => isCount(n) && isText(host) && Array.isArray(rows) && rows.every(isObject),
  'gap': ({ n, host, gap }) => isCount(n) && isText(host) && isObject(gap),
  'run': ({ n, host, run }) => isCount(n) && isText(host) && isObject(run),
  'perf': ({ host, samples }) => isText(host) && Array.isArray(samples) && samples.every(isObject),
  'log': (frame) => isText(frame.host) && isLog(frame),
  'log.history': ({ host, chunks }) => isText(host) && Array.isArray(chunks) && chunks.every((chunk: unknown) => isObject(chunk) && isLog(chunk)),
  'lagged': ({ topics }) => Array.isArray(topics) && topics.every(isText),
  'error': ({ code, message }) => isText(code) && isText(message),
};

function isEntry({ host, epoch, seq, state }: Fields): boolean {
  return isText(host) && isText(epoch) && isCount(seq) && isObject(state);
}

function isDelta({ epoch, seq, ops }: Fields): boolean {
  return isText(epoch) && isCount(seq) && Array.isArray(ops)
    && ops.every((op: unknown) => isObject(op) && isText(op.path) && (op.op === 'remove' || ((op.op === 'add' || op.op === 'replace') && 'value' in op)));
}

function isLog({ source, at, text }: Fields): boolean {
  return isText(source) && isText(text) && (at === null || isText(at));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

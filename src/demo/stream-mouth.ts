/** The event stream as each release speaks it: envelope, what comes on connect, what a change looks like. */
import type { Engine, Flight } from './engine.ts';
import { goJson } from './go-json.ts';
import { generationOf, releaseNumber, type Release } from './releases.ts';
import { wireRow, type Rows } from './rows.ts';
import type { ServedRow } from './sim-types.ts';
import type { Header } from './wire.ts';

export interface Frame { kind: string; data: unknown }

export const frameText = ({ kind, data }: Frame): string => `event:message\ndata:${goJson({ type: kind, data: goJson(data) })}\n\n`;

export const streamHeaders = (date: string): Header[] => [
  ['Cache-Control', 'no-cache'], ['Connection', 'keep-alive'], ['Content-Type', 'text/event-stream'], ['X-Accel-Buffering', 'no'],
  ['X-Content-Type-Options', 'nosniff'], ['Date', date], ['Transfer-Encoding', 'chunked'],
];

export interface StreamState {
  release: Release;
  engine: Engine;
  rows: Rows;
  profile: string | null;
  /** Monotonic ms. */
  now: number;
  logs: { proxy: string; upstream: string };
}

export function modelStatus(release: Release, engine: Engine): Frame {
  const n = releaseNumber(release);
  const data = engine.models.filter(({ spec }) => spec.peer === undefined || n >= 179).map(({ spec, state }) => {
    const peer = spec.peer ?? '';
    return {
      id: peer !== '' && n >= 242 ? `${peer}/${spec.id}` : spec.id,
      name: spec.name ?? '',
      description: spec.description ?? '',
      state: peer === '' ? state : '',
      unlisted: spec.unlisted ?? false,
      ...(n >= 179 ? { peerID: peer } : {}),
      ...(n >= 194 && (spec.aliases ?? []).length > 0 ? { aliases: spec.aliases } : {}),
      ...(n >= 225 && spec.capabilities !== undefined ? { capabilities: spec.capabilities } : {}),
      ...(n >= 250 && spec.contextLength !== undefined ? { context_length: spec.contextLength } : {}),
    };
  });
  return { kind: 'modelStatus', data };
}

export const logFrame = (source: 'proxy' | 'upstream', text: string): Frame => ({ kind: 'logData', data: { data: text, source } });

const listed = ({ id, timestamp, asked, model, input }: Flight) =>
  ({ id, timestamp, model: model?.spec.id ?? asked, req_path: input.reqPath ?? '/v1/chat/completions', method: 'POST', ...(input.metadata === undefined ? {} : { metadata: input.metadata }) });

function detailed(flight: Flight, now: number) {
  return {
    ...listed(flight),
    req_headers: { 'Accept': '*/*', 'Content-Length': '152', 'Content-Type': 'application/json', 'User-Agent': 'sim-client/1' },
    remote_ip: '127.0.0.1',
    resp_headers: flight.phase === 'waiting' ? {} : { 'Content-Type': flight.input.contentType ?? 'application/json; charset=utf-8', 'Server': 'llama.cpp' },
    resp_bytes: flight.respBytes,
    elapsed_ms: Math.round(now - flight.since),
  };
}

/** undefined: this release says nothing of it. */
export function inflightFrame(change: 'connect' | 'start' | 'progress' | 'end', flight: Flight | null, state: Pick<StreamState, 'release' | 'engine' | 'now'>): Frame | undefined {
  const { release, engine, now } = state;
  const n = releaseNumber(release);
  const all = [...engine.flights.values()];
  const frame = (data: unknown): Frame => ({ kind: 'inflight', data });
  if (n < 192) return undefined;
  if (n >= 240) {
    if (change === 'connect') return frame({ operation: 'snapshot', ...(all.length > 0 ? { requests: all.map((one) => detailed(one, now)) } : {}) });
    if (flight === null) return undefined;
    return frame(change === 'end' ? { operation: 'remove', id: flight.id } : { operation: 'upsert', request: detailed(flight, now) });
  }
  if (change === 'progress') return undefined;
  if (n >= 235) return frame({ requests: all.map(listed) });
  // Until v217 the count is of the one request that changed: wrong as soon as two run at once.
  if (n <= 217 && change !== 'connect') return frame({ total: change === 'start' ? 1 : 0 });
  return frame({ total: all.length });
}

export function rowFrame(release: Release, served: ServedRow, hasCapture: boolean): Frame {
  if (generationOf(release) === 3) return { kind: 'activity', data: { id: served.row.id } };
  return { kind: 'metrics', data: [wireRow(release, served.row, hasCapture)] };
}

/** What a stream begins with, in order. */
export function connectFrames(state: StreamState): Frame[] {
  const { release, engine, rows, profile, logs } = state;
  const n = releaseNumber(release);
  const frames = [logFrame('proxy', logs.proxy), logFrame('upstream', logs.upstream), modelStatus(release, engine)];
  if (generationOf(release) < 3) frames.push({ kind: 'metrics', data: rows.ring().map(({ row }) => wireRow(release, row, rows.captured(row.id))) });
  if (n >= 240) frames.push({ kind: 'uiConfig', data: { activity: { session_id: ['X-Session-ID', 'X-Litellm-Session-Id'] } } });
  if (n >= 241) frames.push({ kind: 'profileChanged', data: { active: profile } });
  const inflight = inflightFrame('connect', null, state);
  if (inflight !== undefined) frames.push(inflight);
  return frames;
}

/** The documents inside the event stream's envelopes, kind by kind. Each reader pushes what it makes of one; none throws. */
import type { HostEvent, WireModel } from '../../model/host/host-event.ts';
import type { InflightRequest } from '../../model/host/state.ts';
import { canonicalTime } from '../../model/time.ts';
import { isDoc, isId, kindOf, listOf, parseJson, sampleOf, text, type Doc } from './checks.ts';
import { readRows } from './rows.ts';

/** One frame's data: `{"type": kind, "data": "<a JSON document as a string>"}`. */
export function readFrame(frame: string, out: HostEvent[]): void {
  const envelope = parseJson(frame);
  if (!isDoc(envelope)) return malformed(out, 'a frame is not a JSON object', frame);
  const kind = envelope['type'];
  if (typeof kind !== 'string') return malformed(out, `a frame's type is ${kindOf(kind)}, not a text`, frame);
  const read = READERS.get(kind);
  if (read === undefined) {
    out.push({ type: 'unknown', kind: sampleOf(kind) });
    return;
  }
  const data = envelope['data'];
  if (typeof data !== 'string') return malformed(out, `${kind}: data is ${kindOf(data)}, not a JSON document in a string`, frame);
  const inner = parseJson(data);
  if (inner === undefined) return malformed(out, `${kind}: data is no JSON`, data);
  read(inner, out);
}

type Reader = (inner: unknown, out: HostEvent[]) => void;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['logData', readLog],
  ['modelStatus', readModels],
  ['metrics', readMetrics],
  ['activity', readActivity],
  ['inflight', readInflight],
  ['uiConfig', (_inner, out) => out.push({ type: 'ui-config' })],
  ['profileChanged', readProfile],
]);

export function malformed(out: HostEvent[], what: string, sample: unknown): void {
  out.push({ type: 'malformed', what, sample: sampleOf(sample) });
}

function readLog(inner: unknown, out: HostEvent[]): void {
  if (!isDoc(inner) || typeof inner['data'] !== 'string' || typeof inner['source'] !== 'string') return malformed(out, 'logData: not {data, source} of texts', inner);
  out.push({ type: 'log', source: inner['source'], text: inner['data'] });
}

function readMetrics(inner: unknown, out: HostEvent[]): void {
  const entries = listOf(inner);
  if (entries === undefined) return malformed(out, `metrics: ${kindOf(inner)}, not a list`, inner);
  const { rows, generation, bad, offsetMin } = readRows(entries);
  if (rows.length > 0 || bad.length === 0) out.push({ type: 'rows', generation, rows, ...(offsetMin === null ? {} : { offsetMin }) });
  for (const { what, sample } of bad) out.push({ type: 'malformed', what, sample });
}

function readActivity(inner: unknown, out: HostEvent[]): void {
  if (!isDoc(inner) || !isId(inner['id'])) return malformed(out, 'activity: without a whole-number id', inner);
  out.push({ type: 'row-ready', upstreamId: inner['id'] });
}

function readProfile(inner: unknown, out: HostEvent[]): void {
  if (!isDoc(inner)) return malformed(out, `profileChanged: ${kindOf(inner)}, not an object`, inner);
  const { active } = inner;
  if (active !== undefined && active !== null && typeof active !== 'string') return malformed(out, `profileChanged: active is ${kindOf(active)}`, inner);
  out.push({ type: 'profile', active: text(active) });
}

function readModels(inner: unknown, out: HostEvent[]): void {
  const entries = listOf(inner);
  if (entries === undefined) return malformed(out, `modelStatus: ${kindOf(inner)}, not a list`, inner);
  const models: WireModel[] = [];
  const keys = new Set<string>();
  for (const entry of entries) {
    const model = readModel(entry);
    if (model === null) malformed(out, 'modelStatus: a model without an id', entry);
    else if (!keys.has(model.key)) {
      keys.add(model.key);
      models.push(model);
    }
  }
  if (models.length > 0 || entries.length === 0) out.push({ type: 'models', models });
}

function readModel(entry: unknown): WireModel | null {
  if (!isDoc(entry)) return null;
  const id = text(entry['id']);
  if (id === null) return null;
  const peerId = text(entry['peerID']);
  const aliases = entry['aliases'];
  const context = entry['context_length'];
  return {
    // Until v242 a peer's model comes under its bare id, which a local one may have too.
    key: peerId === null || id.startsWith(`${peerId}/`) ? id : `${peerId}/${id}`,
    name: text(entry['name']) ?? '',
    description: text(entry['description']) ?? '',
    state: text(entry['state']) ?? '',
    peerId,
    aliases: Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : [],
    unlisted: entry['unlisted'] === true,
    contextLength: isId(context) && context > 0 ? context : null,
  };
}

/** Four forms: a bare count, the full list (v235), and operations on it (v240): snapshot, upsert, remove. */
function readInflight(inner: unknown, out: HostEvent[]): void {
  if (!isDoc(inner)) return malformed(out, `inflight: ${kindOf(inner)}, not an object`, inner);
  const { operation, requests, total } = inner;
  if (operation === 'upsert') {
    const read = readRequest(inner['request']);
    if (read === null) return malformed(out, 'inflight: an upsert without a request that has id and timestamp', inner);
    out.push({ type: 'inflight-upsert', id: read[0], request: read[1] });
  } else if (operation === 'remove') {
    const id = text(inner['id']);
    if (id === null) return malformed(out, 'inflight: a remove without an id', inner);
    out.push({ type: 'inflight-remove', id });
  } else if (operation !== undefined && operation !== 'snapshot') {
    malformed(out, `inflight: an operation that is none of snapshot, upsert, remove`, inner);
  } else if (operation === 'snapshot' || requests !== undefined) {
    readRequests(requests, inner, out);
  } else if (isId(total)) {
    out.push({ type: 'inflight-total', total });
  } else {
    malformed(out, 'inflight: neither a total nor requests nor an operation', inner);
  }
}

function readRequests(list: unknown, inner: Doc, out: HostEvent[]): void {
  const entries = listOf(list);
  if (entries === undefined) return malformed(out, `inflight: requests is ${kindOf(list)}, not a list`, inner);
  const requests = new Map<string, InflightRequest>();
  for (const entry of entries) {
    const read = readRequest(entry);
    if (read === null) malformed(out, 'inflight: a request without id and timestamp', entry);
    else requests.set(read[0], read[1]);
  }
  out.push({ type: 'inflight-all', requests });
}

function readRequest(entry: unknown): [string, InflightRequest] | null {
  if (!isDoc(entry)) return null;
  const id = text(entry['id']);
  const { timestamp } = entry;
  const startedAt = typeof timestamp === 'string' ? canonicalTime(timestamp) : null;
  if (id === null || startedAt === null) return null;
  const bytes = entry['resp_bytes'];
  return [id, {
    model: text(entry['model']) ?? '',
    path: text(entry['req_path']) ?? '',
    method: text(entry['method']) ?? '',
    startedAt,
    respBytes: isId(bytes) ? bytes : null,
    remoteIp: text(entry['remote_ip']),
  }];
}

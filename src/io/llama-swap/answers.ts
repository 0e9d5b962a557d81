/** What a host's answers say. Each reader takes the bytes and gives a closed union; none throws. */
import type { WireRow } from '../../model/records/activity.ts';
import type { HostFault } from '../../model/host/liveness.ts';
import type { RunningModel } from '../../model/host/readings.ts';
import type { HostAnswer } from '../../model/seams.ts';
import { isDoc, isId, kindOf, listOf, parseJson, sampleOf, text, type BadEntry } from './checks.ts';
import { readRows } from './rows.ts';
import { statusFault } from './stream-head.ts';

/** Not what was asked for: `fault.code` is unauthorized, not_found, redirect, other_host, http_error or protocol. */
export interface Refused {
  kind: 'refused';
  fault: HostFault;
}

/** `GET /api/metrics`: generations 1 and 2. Empty, `null` is generation 1 and `[]` generation 2. `absent`: 404, generation 3. */
export type Ring = { kind: 'ring'; generation: 1 | 2; rows: WireRow[]; bad: BadEntry[] } | { kind: 'absent' } | Refused;

/** `GET /api/metrics/activity`: generation 3. `absent` is generation 1 or 2; `countsTrue` tells v218 and later (true) from before: 404 with text, or empty. */
export type ActivityPage =
  | { kind: 'page'; rows: WireRow[]; bad: BadEntry[]; page: number; limit: number; total: number; totalPages: number }
  | { kind: 'absent'; countsTrue: boolean }
  | Refused;

export type Running = { kind: 'running'; models: RunningModel[]; bad: BadEntry[] } | Refused;

/** `absent`: before v173. */
export type Version = { kind: 'version'; build: { version: string; commit: string } } | { kind: 'absent' } | Refused;

/** `GET /health`: 200 is well, whatever the body. */
export type Health = { kind: 'well' } | Refused;

export function readRing(answer: HostAnswer): Ring {
  const read = jsonOf(answer, 'GET /api/metrics');
  if (read.kind === 'refused') return read.fault.code === 'not_found' ? { kind: 'absent' } : read;
  const entries = listOf(read.value);
  if (entries === undefined) return protocol(`GET /api/metrics: expected a list, ${kindOf(read.value)} came`);
  const { rows, bad, generation } = readRows(entries);
  return { kind: 'ring', generation: generation ?? (read.value === null ? 1 : 2), rows, bad };
}

export function readActivityPage(answer: HostAnswer): ActivityPage {
  if (answer.status === 404) return { kind: 'absent', countsTrue: answer.body.length > 0 };
  const read = jsonOf(answer, 'GET /api/metrics/activity');
  if (read.kind === 'refused') return read;
  const doc = read.value;
  if (!isDoc(doc)) return protocol(`GET /api/metrics/activity: expected an object, ${kindOf(doc)} came`);
  const entries = listOf(doc['data']);
  const { page, limit, total, total_pages: totalPages } = doc;
  if (entries === undefined || !isId(page) || !isId(limit) || !isId(total) || !isId(totalPages)) return protocol('GET /api/metrics/activity: expected {data, page, limit, total, total_pages}');
  const { rows, bad } = readRows(entries);
  return { kind: 'page', rows, bad, page, limit, total, totalPages };
}

export function readRunning(answer: HostAnswer): Running {
  const read = jsonOf(answer, 'GET /running');
  if (read.kind === 'refused') return read;
  const entries = isDoc(read.value) ? listOf(read.value['running']) : undefined;
  if (entries === undefined) return protocol('GET /running: expected {running: [...]}');
  const models: RunningModel[] = [];
  const bad: BadEntry[] = [];
  for (const entry of entries) {
    const model = isDoc(entry) ? text(entry['model']) : null;
    const state = isDoc(entry) ? text(entry['state']) : null;
    if (!isDoc(entry) || model === null || state === null) bad.push({ what: '/running: an entry without model and state', sample: sampleOf(entry) });
    else models.push({ model, state, ttlS: isId(entry['ttl']) ? entry['ttl'] : null });
  }
  return { kind: 'running', models, bad };
}

export function readVersion(answer: HostAnswer): Version {
  const read = jsonOf(answer, 'GET /api/version');
  if (read.kind === 'refused') return read.fault.code === 'not_found' ? { kind: 'absent' } : read;
  const version = isDoc(read.value) ? text(read.value['version']) : null;
  if (!isDoc(read.value) || version === null) return protocol('GET /api/version: expected {version, commit}');
  return { kind: 'version', build: { version: version.slice(0, 200), commit: (text(read.value['commit']) ?? '').slice(0, 200) } };
}

export function readHealth(answer: HostAnswer): Health {
  const fault = statusFault(answer);
  return fault === null ? { kind: 'well' } : { kind: 'refused', fault };
}

/** The JSON of a 200. */
export function jsonOf(answer: HostAnswer, what: string): { kind: 'json'; value: unknown } | Refused {
  const fault = statusFault(answer);
  if (fault !== null) return { kind: 'refused', fault };
  const value = parseJson(new TextDecoder().decode(answer.body));
  if (value === undefined) return protocol(`${what}: expected JSON, ${answer.body.length === 0 ? 'an empty answer' : 'something else'} came`);
  return { kind: 'json', value };
}

function protocol(text: string): Refused {
  return { kind: 'refused', fault: { code: 'protocol', text } };
}

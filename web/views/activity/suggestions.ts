/** What somebody who types may mean: the filters that are known by that name, the likeliest first. */
import type { ActivityRow } from '../../../src/model/records/activity.ts';

export type FilterName = 'host' | 'model' | 'status' | 'path';
/** `value` as the address and the API take it; `label` as people call it. `known` false: taken as it was typed. */
export interface Suggestion { name: FilterName; value: string; label: string; known: boolean }

/** An id and what it is called. */
export interface Called { id: string; name: string }
export interface Known { hosts: readonly Called[]; models: readonly Called[]; paths: readonly string[]; statuses: readonly number[] }

/** What llama-swap hands on, so that there is something to choose from before a row has shown it. */
const PATHS = ['/v1/chat/completions', '/v1/completions', '/v1/responses', '/v1/messages', '/v1/embeddings', '/v1/rerank', '/v1/audio/transcriptions', '/v1/audio/speech', '/v1/images/generations', '/infill', '/completion'];
const CLASSES: Readonly<Record<string, string>> = { '2xx': '2xx answered', '3xx': '3xx redirected', '4xx': '4xx error of the request', '5xx': '5xx error of the server' };

/** Of the fleet, and of rows that are on hand: they know what the fleet has forgotten. */
export function knownOf(hosts: readonly Called[], models: readonly Called[], rows: readonly ActivityRow[]): Known {
  const paths = new Set(PATHS);
  const statuses = new Set<number>();
  const byId = { host: new Map(hosts.map((one) => [one.id, one])), model: new Map(models.map((one) => [one.id, one])) };
  for (const { hostId, model, reqPath, status } of rows) {
    if (!byId.host.has(hostId)) byId.host.set(hostId, { id: hostId, name: hostId });
    if (!byId.model.has(model)) byId.model.set(model, { id: model, name: model });
    if (reqPath !== null) paths.add(reqPath);
    if (status !== null) statuses.add(status);
  }
  return { hosts: [...byId.host.values()], models: [...byId.model.values()], paths: [...paths], statuses: [...statuses].sort((a, b) => a - b) };
}

/** Empty: nothing known is called so. Every word has to stand in the id or the name. */
export function suggest(typed: string, known: Known): Suggestion[] {
  const text = typed.trim().toLowerCase();
  if (text === '') return [];
  const words = text.split(/\s+/);
  const all: Suggestion[] = [
    ...known.hosts.map(({ id, name }) => ({ name: 'host' as const, value: id, label: name, known: true })),
    ...known.models.map(({ id, name }) => ({ name: 'model' as const, value: id, label: name, known: true })),
    ...Object.entries(CLASSES).map(([value, label]) => ({ name: 'status' as const, value, label, known: true })),
    ...known.statuses.map((status) => ({ name: 'status' as const, value: String(status), label: String(status), known: true })),
    ...known.paths.map((path) => ({ name: 'path' as const, value: path, label: path, known: true })),
  ];
  const found = all.flatMap((one, at) => {
    const faces = [one.value.toLowerCase(), one.label.toLowerCase()];
    const both = faces.join(' ');
    if (!words.every((word) => both.includes(word))) return [];
    const rank = faces.includes(text) ? 0 : faces.some((face) => face.startsWith(text)) ? 1 : 2;
    return [{ one, at, rank }];
  }).sort((a, b) => a.rank - b.rank || a.at - b.at);
  const itself = asTyped(typed.trim());
  const matches = found.map(({ one }) => one);
  // A path or a status needs nobody to know it; what is known goes first, so that the beginning of a path is enough.
  return itself.name === 'model' || found[0]?.rank === 0 ? matches : [...matches, itself];
}

/** For what is not known (any more): a path or a status by its look, else a model. */
export function asTyped(text: string): Suggestion {
  if (text.startsWith('/')) return { name: 'path', value: text, label: text, known: false };
  if (/^[1-9](?:\d\d|xx)$/i.test(text)) return { name: 'status', value: text.toLowerCase(), label: text.toLowerCase(), known: false };
  return { name: 'model', value: text, label: text, known: false };
}

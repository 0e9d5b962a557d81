/**
 * What a busy host of each generation sends: the event stream of the recordings' scenario `traffic` (v208, v235, v250), frame by frame,
 * again and again, with ids and times that go on. So the mix of frames, their sizes and their order are a real host's.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Traffic {
  generation: 1 | 2 | 3;
  /** What comes on connect. */
  greeting: Uint8Array;
  frames: Uint8Array[];
  /** The highest id that has been announced with each frame. */
  announced: number[];
  /** The row that each frame brings or announces; null: none. */
  ids: (number | null)[];
  /** What generation 3 lists at `/api/metrics/activity`, by id from 1. */
  rows: Map<number, string>;
  /** Rows in `frames`. */
  requests: number;
  /** Such as `31 % log, 14 % metrics`. */
  mix: string;
}

export interface TrafficOptions {
  /** Rows at least. */
  requests: number;
  /** Wall ms of the first frame, and ms between two. */
  start?: number;
  stepMs?: number;
}

/** When the first request began. */
export const START = Date.UTC(2026, 0, 1);

const RELEASES = { 1: 'v208', 2: 'v235', 3: 'v250' } as const;

type Doc = Record<string, unknown>;
interface Frame { type: string; inner: unknown }

export function traffic(generation: 1 | 2 | 3, { requests, start = START, stepMs = 100 }: TrafficOptions): Traffic {
  const folder = join(process.env['DROVER_RECORDINGS'] ?? join(process.cwd(), 'test', 'fixtures', 'recordings'), RELEASES[generation], 'traffic');
  const recorded = framesOf(folder);
  const begin = recorded.findIndex((frame, i) => frame.type === 'logData' && i > 2);
  const loop = recorded.slice(begin);
  const ring = generation === 3 ? ringOf(folder) : new Map<number, Doc>();
  const perLoop = loop.filter(({ type }) => type === 'metrics' || type === 'activity').length;
  const inflights = Math.max(0, ...loop.flatMap(({ inner }) => inflightIds(inner)));

  const frames: Uint8Array[] = [];
  const announced: number[] = [];
  const ids: (number | null)[] = [];
  const rows = new Map<number, string>();
  const counts = new Map<string, number>();
  let last = 0;
  let made = 0;
  while (made < requests) {
    const shift = { ids: made, inflights: Math.floor(made / perLoop) * inflights };
    for (const { type, inner } of loop) {
      const time = new Date(start + frames.length * stepMs).toISOString().replace('Z', generation === 3 ? '+00:00' : '123456+00:00').replace(generation === 3 ? /\.\d+/ : '', '');
      const [first] = Array.isArray(inner) ? (inner as Doc[]) : [];
      if (type === 'metrics' && first !== undefined) {
        ids.push((first['id'] as number) + shift.ids);
        frames.push(encode(type, [{ ...first, id: (first['id'] as number) + shift.ids, timestamp: time }]));
        made += 1;
      } else if (type === 'activity') {
        const id = (inner as { id: number }).id;
        rows.set(id + shift.ids, JSON.stringify({ ...ring.get(id), id: id + shift.ids, timestamp: time }));
        last = Math.max(last, id + shift.ids);
        ids.push(id + shift.ids);
        frames.push(encode(type, { id: id + shift.ids }));
        made += 1;
      } else {
        ids.push(null);
        frames.push(encode(type, type === 'inflight' ? later(inner as Doc, shift.inflights, time) : inner));
      }
      announced.push(last);
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  const mix = [...counts].sort((a, b) => b[1] - a[1]).map(([type, count]) => `${((100 * count) / frames.length).toFixed(1)} % ${type}`).join(', ');
  return { generation, greeting: Buffer.concat(recorded.slice(0, begin).map(({ type, inner }) => encode(type, inner))), frames, announced, ids, rows, requests: made, mix };
}

function encode(type: string, inner: unknown): Uint8Array {
  return Buffer.from(`event:message\ndata:${JSON.stringify({ type, data: JSON.stringify(inner) })}\n\n`);
}

/** The first connection's. */
function framesOf(folder: string): Frame[] {
  let text = '';
  for (const line of readFileSync(join(folder, 'events.jsonl'), 'utf8').split('\n')) {
    if (line === '') continue;
    const chunk = JSON.parse(line) as { conn: number; text?: string };
    if (chunk.conn === 1) text += chunk.text ?? '';
  }
  return [...text.matchAll(/^data:(.*)$/gm)].map(([, data]) => {
    const envelope = JSON.parse(data!) as { type: string; data: string };
    return { type: envelope.type, inner: JSON.parse(envelope.data) as unknown };
  });
}

/** The rows that the host told of in the end, by id. */
function ringOf(folder: string): Map<number, Doc> {
  const http = join(folder, 'http');
  const file = existsSync(http) ? readdirSync(http).find((name) => name.endsWith('-ring-final-p1.json')) : undefined;
  if (file === undefined) throw new Error(`${http}: expected the recording's last ring, found none`);
  const { response } = JSON.parse(readFileSync(join(http, file), 'utf8')) as { response: { body: string } };
  return new Map((JSON.parse(response.body) as { data: Doc[] }).data.map((row) => [row['id'] as number, row]));
}

function inflightIds(inner: unknown): number[] {
  const { request, requests } = (inner ?? {}) as { request?: Doc; requests?: Doc[] };
  return [request, ...(requests ?? [])].flatMap((each) => (each === undefined ? [] : [Number(each['id'])]));
}

function later(inner: Doc, shift: number, time: string): Doc {
  const moved = (request: Doc): Doc => ({ ...request, id: String(Number(request['id']) + shift), timestamp: time });
  return {
    ...inner,
    ...(inner['request'] === undefined ? {} : { request: moved(inner['request'] as Doc) }),
    ...(Array.isArray(inner['requests']) ? { requests: (inner['requests'] as Doc[]).map(moved) } : {}),
    ...(typeof inner['id'] === 'string' ? { id: String(Number(inner['id']) + shift) } : {}),
  };
}

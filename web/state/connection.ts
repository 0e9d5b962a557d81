/**
 * The page's one socket: the reference client over a browser's WebSocket. What it holds goes into a store once a frame of the screen,
 * however many deltas came; stream frames go to who listens at once.
 */
import { createStore } from '@xstate/store';
import { closed, createClient, opened, received, retopic, type Client, type Step, type StreamFrame } from '../../src/model/client.ts';
import type { CountedStream } from '../../src/model/counted-streams.ts';
import type { ClientFrame } from '../../src/model/frames.ts';
import type { Random } from '../../src/model/seams.ts';
import { api, ApiFault } from './api.ts';
import { createDrawing } from './drawing.ts';
import { readCheckedFrame } from './frame-check.ts';
import { createPulse } from './pulse.ts';
import { session, type SessionDocument } from './session.ts';

export interface Line {
  state: 'connecting' | 'open' | 'closed';
  /** Since when it is open, or not, ms since 1970. */
  since: number;
  /** Why it is closed, one sentence; null while it is not. */
  reason: string | null;
  /** ms since 1970; null: under way, open or given up. */
  nextTryAt: number | null;
  /** When the last frame came; null: never. It is the age of what is shown while the line is closed. */
  heardAt: number | null;
  /** What stops the socket while HTTP works. `socket`: a proxy in between does not pass it on. `origin`: Drover does not know this page's address. */
  blocked: 'socket' | 'origin' | null;
}

export interface Connection {
  client: Client;
  line: Line;
  faults: { count: number; last: string | null };
}

/** In every view: the fleet, what was lost, and crashes. Views add theirs with `holdTopics`. */
const ALWAYS = ['fleet', 'gaps', 'actors'];
const random: Random = { next: () => Math.random(), id: () => crypto.randomUUID() };
const SLOW_MS = 250;
/** A proxy in between may swallow the wish for a socket. */
const OPEN_MS = 5_000;

let client = createClient(ALWAYS);
let line: Line = { state: 'connecting', since: Date.now(), reason: null, nextTryAt: null, heardAt: null, blocked: null };
let faults: Connection['faults'] = { count: 0, last: null };
let socket: WebSocket | null = null;
let retry: ReturnType<typeof setTimeout> | null = null;
let failedOpens = 0;

export const connection = createStore({
  context: { client, line, faults } as Connection,
  on: { moved: (_context, event: { now: Connection }) => event.now },
});

/** The store is told once a frame of the screen. */
const drawing = createDrawing(() => connection.trigger.moved({ now: { client, line, faults } }), SLOW_MS);

const listeners = new Set<(frame: StreamFrame) => void>();
const refillers = new Set<(stream: CountedStream) => void>();
const held = new Map<string, number>();

/** Every frame of a stream, none twice. Returns the end of that. */
export function onStream(listener: (frame: StreamFrame) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Something of the stream may have been missed: read its history over HTTP and merge. */
export function onRefill(listener: (stream: CountedStream) => void): () => void {
  refillers.add(listener);
  return () => refillers.delete(listener);
}

/** Subscribes as long as anybody holds the topic. Returns the letting go. */
export function holdTopics(topics: readonly string[]): () => void {
  for (const topic of topics) held.set(topic, (held.get(topic) ?? 0) + 1);
  applyTopics();
  return () => {
    for (const topic of topics) {
      const left = (held.get(topic) ?? 1) - 1;
      if (left === 0) held.delete(topic);
      else held.set(topic, left);
    }
    applyTopics();
  };
}

export function connect(): void {
  if (socket !== null) return;
  if (retry !== null) clearTimeout(retry);
  retry = null;
  setLine({ state: 'connecting', nextTryAt: null });
  const opening = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
  let openedAt: number | null = null;
  socket = opening;
  const patience = setTimeout(() => opening.close(), OPEN_MS);
  opening.addEventListener('open', () => {
    clearTimeout(patience);
    openedAt = performance.now();
    failedOpens = 0;
    client = opened(client);
    pulse.begin();
    drawing.soon();
  });
  opening.addEventListener('message', ({ data }: MessageEvent<string>) => {
    if (socket !== opening) return;
    pulse.heard();
    const step = received(client, data, readCheckedFrame);
    line = { ...line, heardAt: Date.now() };
    if (line.state !== 'open' && step.client.connection === 'open') setLine({ state: 'open', reason: null, blocked: null });
    take(step);
  });
  const gone = (reason: string): void => {
    clearTimeout(patience);
    if (socket !== opening) return;
    pulse.end();
    socket = null;
    const after = closed(client, openedAt === null ? 0 : performance.now() - openedAt, random);
    client = after.client;
    if (openedAt === null) failedOpens += 1;
    const nextTryAt = Date.now() + after.reconnectMs;
    setLine({ state: 'closed', reason: openedAt === null ? line.reason : reason, nextTryAt });
    retry = setTimeout(connect, after.reconnectMs);
    void diagnose();
  };
  // The browser waits long for a close that nobody answers.
  const lost = (): void => {
    gone('Drover has fallen silent.');
    opening.close();
  };
  const pulse = createPulse({
    // One that has not even greeted by now will not answer either.
    ask: () => (client.connection === 'open' ? send([{ type: 'subscribe', topics: [] }]) : lost()),
    lost,
  });
  opening.addEventListener('close', ({ code }) => gone(closeReason(code)));
}

export function connectNow(): void {
  if (line.state === 'closed') connect();
}

/** Signed out: nothing is shown, nothing is tried. */
export function disconnect(): void {
  const closing = socket;
  socket = null;
  closing?.close();
  if (retry !== null) clearTimeout(retry);
  retry = null;
  client = createClient(ALWAYS);
  setLine({ state: 'closed', reason: 'Signed out.', nextTryAt: null });
}

function take(step: Step): void {
  client = step.client;
  send(step.send);
  for (const fault of step.faults) faults = { count: faults.count + 1, last: fault };
  for (const frame of step.deliver) for (const listener of listeners) listener(frame);
  for (const stream of step.refill) for (const listener of refillers) listener(stream);
  drawing.soon();
}

function send(frames: readonly ClientFrame[]): void {
  if (socket?.readyState !== WebSocket.OPEN) return;
  for (const frame of frames) socket.send(JSON.stringify(frame));
}

function applyTopics(): void {
  const topics = [...new Set([...ALWAYS, ...held.keys()])];
  if (topics.length !== client.topics.length || topics.some((topic) => !client.topics.includes(topic))) take(retopic(client, topics));
}

function setLine(change: Partial<Line>): void {
  // Between two tries it is still the same loss.
  const turned = change.state !== undefined && (change.state === 'open') !== (line.state === 'open');
  line = { ...line, ...change, since: turned ? Date.now() : line.since };
  drawing.soon();
}

/** Why the socket is gone, as far as HTTP can tell. */
async function diagnose(): Promise<void> {
  const refused = (): boolean => line.state !== 'open' && failedOpens > 0;
  try {
    const now = await api<SessionDocument>('/api/session', { signal: AbortSignal.timeout(OPEN_MS) });
    session.trigger.told({ now });
    if (!refused()) return;
    const foreign = await isForeign();
    if (!refused()) return;
    if (foreign) setLine({ blocked: 'origin', reason: `Drover does not know ${location.origin} as its own address, so it refuses this page's WebSocket.` });
    else setLine({ blocked: failedOpens > 1 ? 'socket' : null, reason: 'Drover answers over HTTP, but its WebSocket does not come through.' });
  } catch {
    if (refused()) setLine({ blocked: null, reason: 'Drover does not answer.' });
  }
}

/** A browser does not tell why a socket was refused. What would change something is refused for the same Origin; this lacks all it needs to change anything. */
async function isForeign(): Promise<boolean> {
  try {
    await api('/api/session', { method: 'POST', body: {}, signal: AbortSignal.timeout(OPEN_MS) });
    return false;
  } catch (error) {
    return error instanceof ApiFault && error.code === 'foreign_origin';
  }
}

function closeReason(code: number): string {
  switch (code) {
    case 1008: return 'Drover closed the connection: it did not understand this page. Reload it.';
    case 1012: return 'Drover is stopping or restarting.';
    case 1013: return 'This page did not read for a minute.';
    default: return 'The connection broke.';
  }
}

addEventListener('online', connectNow);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') connectNow();
});

/** The door of a host program: whole-host faults, keys, and which path leads where. */
import type { Clock } from '../model/seams.ts';
import { complete, MODEL_PATHS } from './completions.ts';
import type { Engine } from './engine.ts';
import { faultAnswer, trickle } from './faults.ts';
import type { SimFault, SimHost } from './sim-types.ts';
import { answer, errorAnswer, notFound, refuseKey, type MouthState } from './http-mouth.ts';
import { openLogStream, type HostLogs, type LogTap } from './log-stream.ts';
import { releaseNumber } from './releases.ts';
import { send, type Handler, type Sink, type WireRequest } from './wire.ts';

export interface FrontOptions {
  clock: Clock;
  mouth: MouthState;
  engine: Engine;
  logs: HostLogs;
  taps: Set<LogTap>;
  /** The event stream. */
  open: (request: WireRequest, sink: Sink) => () => void;
  /** The host's own log line of a request. */
  line: (method: string, path: string, status: number, bytes: number, ms: number, agent: string) => void;
  /** Who answers in place of this host. */
  foreign: (host: SimHost) => Handler;
}

const nothing = (): void => {};

export function createFront({ clock, mouth, engine, logs, taps, open, line, foreign }: FrontOptions) {
  const clients = new Set<Sink>();
  let held: (() => void)[] = [];
  let wedged = false;
  let fault: SimFault | null = null;
  const n = (): number => releaseNumber(mouth.release);
  const agent = (request: WireRequest): string => request.headers['user-agent'] ?? '';

  /** A path that does not exist is 404 before any key is asked for; a refused request has no effect. */
  function plain(request: WireRequest, path: string, sink: Sink): void {
    const began = clock.monotonic();
    const open = path === '/health' || path === '/wol-health' || path === '/' || request.method === 'OPTIONS';
    const refused = open ? null : refuseKey(mouth, request);
    const harmless = refused === null ? {} : { engine: { ...engine, unload: () => true, cancel: () => true }, setProfile: nothing };
    const found = answer({ ...mouth, ...harmless }, request) ?? notFound(mouth);
    const given = refused !== null && found.status !== 404 ? refused : found;
    const bytes = send(sink, given);
    if (!(path === '/api/performance' && n() >= 212)) line(request.method, path, given.status, bytes, clock.monotonic() - began + 0.04, agent(request));
  }

  /** The oldest release keeps no log a model; a peer's model has none here. */
  function logOf(name: string): string | null {
    const spec = engine.resolve(name)?.spec;
    return spec === undefined || spec.peer !== undefined || n() <= 170 ? null : spec.id;
  }

  function serve(request: WireRequest, path: string, sink: Sink): () => void {
    const isStream = path === '/api/events' && request.method === 'GET';
    const isLog = path.startsWith('/logs/stream') && request.method === 'GET';
    const modelPath = request.method !== 'POST' ? undefined : MODEL_PATHS.includes(path) ? path : /^\/upstream\/[^/]+(\/.+)$/.exec(path)?.[1];
    if (!isStream && !isLog && modelPath === undefined) {
      plain(request, path, sink);
      return nothing;
    }
    const refused = refuseKey(mouth, request);
    if (refused !== null) {
      send(sink, refused);
      return nothing;
    }
    if (isStream) return open(request, sink);
    if (isLog) return openLogStream({ request, sink, taps, logs, model: logOf, date: mouth.date(), refuse: () => errorAnswer(mouth, 400, n() <= 170 ? "invalid logger. Use 'proxy' or 'upstream'" : "invalid logger. Use 'proxy', 'upstream' or a model's ID") });
    const old = n() <= 217;
    return complete({
      clock, engine, date: () => mouth.date(), nowS: () => Math.floor(mouth.now() / 1_000), error: (status, message) => errorAnswer(mouth, status, message),
      unknownModel: () => (old ? errorAnswer(mouth, 400, 'could not find suitable inference handler') : errorAnswer(mouth, 404, 'no router for requested model')),
      failedStart: () => (old ? errorAnswer(mouth, 502, 'unable to start process: upstream command exited prematurely but successfully\n') : errorAnswer(mouth, 500, 'unspecific error: upstream command exited prematurely')),
    }, request, modelPath ?? path, sink);
  }

  const handle: Handler = (request, raw) => {
    if (fault?.kind === 'other-host') return foreign(fault.host)(request, raw);
    let gone = nothing;
    const sink = fault?.kind === 'trickle' ? trickle(clock, raw, fault.bytesPerSecond) : raw;
    const client: Sink = { ...sink, end() { clients.delete(client); sink.end(); }, cut() { clients.delete(client); sink.cut(); } };
    clients.add(client);
    const leave = (): void => {
      clients.delete(client);
      gone();
      gone = nothing;
    };
    const [path = ''] = request.path.split('?', 1);
    const canned = faultAnswer(fault, mouth.date());
    if (canned !== null) send(client, canned);
    else if (fault?.kind === 'silent' || (fault?.kind === 'hang' && path !== '/api/events')) return leave;
    else if (wedged) held.push(() => { if (clients.has(client)) gone = serve(request, path, client); });
    else gone = serve(request, path, client);
    return leave;
  };

  return {
    handle,
    fault(next: SimFault | null): void { fault = next; },
    wedged: (): boolean => wedged,
    /** Nothing is answered until it is over; then what waited is. */
    wedge(on: boolean): void {
      wedged = on;
      if (on) return;
      const waiting = held;
      held = [];
      for (const go of waiting) go();
    },
    /** The process that held them is gone. */
    forget(): void {
      wedged = false;
      held = [];
    },
    cutAll(): void {
      for (const sink of clients) sink.cut();
      clients.clear();
    },
  };
}

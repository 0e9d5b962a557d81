/** What a simulated host is told and what it can be told to do: its options, its rows, its controls. */
import type { Clock, HostPort, Random } from '../model/seams.ts';
import type { Release } from './releases.ts';

export interface SimModelSpec {
  id: string;
  name?: string;
  description?: string;
  aliases?: string[];
  unlisted?: boolean;
  /** Seconds without a request until it is unloaded; 0 (default): never. */
  ttlS?: number;
  /** Default 300. */
  loadMs?: number;
  /** Default 20. */
  stopMs?: number;
  contextLength?: number;
  capabilities?: Record<string, boolean>;
  /** A load ends in an error instead of `ready`. */
  fails?: boolean;
  /** Stays loaded when others are swapped in. */
  resident?: boolean;
  /** Makes vectors of texts: nobody chats with it. */
  embeds?: boolean;
  /** Name of a peer: the model lives elsewhere and has no state here. */
  peer?: string;
}

export interface SimGpuSpec {
  name: string;
  uuid: string;
  memTotalMb: number;
}

export interface SimHostOptions {
  clock: Clock;
  random: Random;
  /** Default 'v250'. */
  release?: Release;
  /** Default: three plausible ones. */
  models?: SimModelSpec[];
  gpus?: SimGpuSpec[];
  /** Wanted of every request but /health when given. */
  apiKeys?: string[];
  /** Rows that the ring keeps; default 1000, 0: none. */
  metricsMaxInMemory?: number;
  /** `store.path` (generation 3 only): ids and rows outlive the process, nothing is pruned. */
  store?: boolean;
  /** Default 'on'; 'off': 503. Samples are made when somebody asks, for the time gone by: no timer runs. */
  performance?: 'on' | 'off';
  /** Default 5000, as llama-swap's least. */
  performanceEveryMs?: number;
  /** The host's time zone; shows in every timestamp. Default 0 (`Z`). */
  offsetMinutes?: number;
  /** Added to the clock for every timestamp the host writes; see `jumpClock`. */
  clockSkewMs?: number;
  /** Ids of profiles that can be chosen (v241 on). */
  profiles?: string[];
  /** How rows' timestamps look; default as the release does (nanoseconds; whole seconds in generation 3). */
  timestamps?: 'nanos' | 'seconds';
  /** A line of log for every API call and request, as llama-swap writes. Default true; off for cheap crowds of hosts. */
  requestLog?: boolean;
  /** 'ring': the truth forgets what has left the ring, for hosts that live long. Default 'all'. */
  remember?: 'all' | 'ring';
  /** Answers of the in-memory port come, and its streams flush, after so many ms. Default 1. */
  latencyMs?: number;
}

/** What a finished request looked like. Everything has a plausible default. -1 and 0 are the wire's own 'unknown'. */
export interface SimRowInput {
  model?: string;
  reqPath?: string;
  status?: number;
  contentType?: string;
  inputTokens?: number;
  cacheTokens?: number;
  outputTokens?: number;
  draftTokens?: number;
  draftAccTokens?: number;
  promptPerSecond?: number;
  tokensPerSecond?: number;
  durationMs?: number;
  hasCapture?: boolean;
  error?: string;
  metadata?: Record<string, string>;
  /** Verbatim, in place of the host's own clock. */
  timestamp?: string;
  /** In place of the next number: rows out of id order, ids that jump. The counter goes on above it. */
  id?: number;
}

/** One row of the truth. `row` is the superset of all generations' fields; a mouth leaves out what its release does not send. */
export interface ServedRow {
  /** Rises each time that ids begin again; a store that comes back takes up its own boot again. From 1. */
  boot: number;
  release: Release;
  /** Has gone out at least once on a stream or in an answer to somebody. */
  shown: boolean;
  row: SimRow;
}

export interface SimRow {
  id: number;
  timestamp: string;
  model: string;
  req_path: string;
  resp_content_type: string;
  resp_status_code: number;
  tokens: {
    cache_tokens: number; draft_tokens: number; draft_acc_tokens: number;
    input_tokens: number; output_tokens: number; prompt_per_second: number; tokens_per_second: number;
  };
  duration_ms: number;
  has_capture: boolean;
  error_msg?: string;
  metadata?: Record<string, string>;
}

/** A request that takes its time: load or swap first, then `durationMs` in flight, then its row. */
export interface SimRequest extends SimRowInput {
  durationMs?: number;
  /** Called when its row has been recorded; null: it made none (host killed, release without rows for it). */
  done?: (row: SimRow | null) => void;
}

export interface DropOptions {
  /** Only frames of these kinds count; default all. */
  kinds?: string[];
  /**
   * What the release does after a drop: up to v217 nothing, v218 to v232 the host answers nothing until every stream is
   * closed, from v233 a warning in the log for each. Default true; false: it only drops.
   */
  aftermath?: boolean;
}

export interface SimHost {
  readonly release: Release;
  readonly running: boolean;
  /** Event streams open now. */
  readonly streams: number;
  /** Log streams open now. */
  readonly logStreams: number;
  /** Requests in flight now. */
  readonly inflight: number;

  start(): void;
  /** SIGKILL: streams and answers are cut, the port refuses. In-flight requests leave no row. */
  kill(): void;
  /** SIGTERM: streams end cleanly at once. From v218 requests in flight run on and their rows go to the store alone. */
  term(): void;
  /** SIGHUP: streams end cleanly, models stop; generations 1 and 2 forget the ring and begin ids again, 3 keeps both. */
  reload(): void;
  /** Stops by `how` and starts again after `downMs` (default 0: at once, within the same millisecond). */
  restart(how: 'kill' | 'term' | 'reload', options?: { downMs?: number }): void;
  /** SIGTERM, then another release at the same port. */
  upgrade(release: Release, options?: { downMs?: number }): void;

  /** A request that is over: row, event, log at once. Undefined where the release makes no row of it (generation 1: status 200 only). */
  record(input?: SimRowInput): SimRow | undefined;
  /** The same row again to the byte (timestamp included), under the next id of whatever boot runs: a fast restart's twin. */
  recordTwin(of: SimRow): SimRow | undefined;
  request(input?: SimRequest): void;
  unload(model?: string): void;
  /** `model`: its server wrote it, so that the model's own log has it too. */
  log(source: 'proxy' | 'upstream', text: string, model?: string): void;
  /** Generation 3 from v241: the active profile. */
  setProfile(name: string | null): void;
  /** Adds to the host's wall clock from now on. */
  jumpClock(ms: number): void;

  /** How the host misbehaves from now on; null: it is well. Streams that are open feel it too. */
  fault(fault: SimFault | null): void;
  /** Cuts open streams ('cut': reset, 'complete': a clean end) and nothing else. */
  endStreams(how: 'cut' | 'complete'): void;
  dropNext(count: number, options?: DropOptions): void;
  /** The next `count` frames go out twice. */
  doubleNext(count: number): void;
  /** The next `count` frames are held back and go out in reverse order. */
  reverseNext(count: number): void;
  /** Every write to a stream is cut into pieces of so many bytes; null: as it comes. */
  splitStreams(bytes: number | null): void;
  /** Raw bytes on every open stream, as they are: see bad-frames.ts. */
  inject(bytes: Uint8Array | string): void;

  /** The truth: all rows that were ever in its ring (or, with no ring, on its stream), boot by boot, in order of recording. */
  served(): readonly ServedRow[];
  /** How many rows it has recorded in all. */
  readonly servedCount: number;
  /** Ids that are in the ring now, in its order. */
  ring(): readonly number[];
  /** Rows of requests that ran on past a SIGTERM without a store: seen by nobody, in no ring. */
  swallowed(): number;

  /** A real port on 127.0.0.1 (`port` 0 or absent: any). Resolves to the base URL, and starts the host if it is stopped. */
  listen(port?: number): Promise<string>;
  /** The same bytes without sockets. A host may have several. */
  port(): HostPort;
  /** Gives up the real port and stops for good. */
  close(): Promise<void>;
}

/** How a whole host can misbehave; carried out in faults.ts. */
export type SimFault =
  /** Nothing listens. Open streams are cut. */
  | { kind: 'refuse' }
  /** Accepts and closes at once. */
  | { kind: 'accept-close' }
  /** Accepts, reads, never answers. Open streams stay open and quiet. Also what a hung host is. */
  | { kind: 'silent' }
  /** New and open streams go on; every other request is never answered. */
  | { kind: 'hang' }
  /** Everything comes a byte at a time. */
  | { kind: 'trickle'; bytesPerSecond: number }
  /** Every request gets this. 401, 404, 500, 3xx with `location`. */
  | { kind: 'status'; status: number; body?: string; contentType?: string; location?: string }
  /** 200 with a page of HTML in place of everything, the stream too. */
  | { kind: 'html' }
  /** The address now belongs to another machine. */
  | { kind: 'other-host'; host: SimHost };

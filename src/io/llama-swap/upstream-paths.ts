/** The only paths that Drover asks of a host. Whatever comes from a caller is encoded or a number: nothing else reaches the wire. */

export const UPSTREAM = {
  events: '/api/events',
  health: '/health',
  running: '/running',
  version: '/api/version',
  /** Generations 1 and 2: the whole ring. */
  ring: '/api/metrics',
  /** Generation 3; newest first. */
  activity: (page: number, limit: number): string => `/api/metrics/activity?limit=${whole(limit)}&page=${whole(page)}`,
  /** `after` verbatim as the host said it; a bare + would be a space. */
  performance: (after: string | null): string => (after === null ? '/api/performance' : `/api/performance?after=${encodeURIComponent(after)}`),
  /** Plain text without an end; the history first. A model's own name may hold anything. */
  modelLog: (model: string): string => `/logs/stream/${segment(model)}`,
  capture: (upstreamId: number): string => `/api/captures/${whole(upstreamId)}`,
} as const;

/** One segment whatever it holds: `.` and `..` would be resolved by whoever stands between, and half a surrogate pair can't be encoded. */
function segment(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replaceAll('.', '%2E');
}

function whole(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`a path of a host wants a whole number, not ${String(value)}`);
  return String(value);
}

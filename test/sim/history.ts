/** What happens to a simulated fleet: a list of events with times, drawn from a seed. A failing history is made shorter by leaving events out. */
import type { Release } from '../../src/demo/releases.ts';
import { seededRandom } from './seeded-random.ts';

export interface HostPlan {
  release: Release;
  ring: number;
  store: boolean;
  requestLog: boolean;
}

export type SimEvent = { at: number } & (
  | { do: 'rows'; host: number; count: number; everyMs: number; kind: 'plain' | 'errors' | 'twins' }
  | { do: 'request'; host: number; durationMs: number }
  | { do: 'restart'; host: number; how: 'kill' | 'term' | 'reload'; downMs: number }
  | { do: 'upgrade'; host: number; release: Release; downMs: number }
  | { do: 'drop'; host: number; count: number; rowsOnly: boolean }
  | { do: 'double' | 'reverse'; host: number; count: number }
  | { do: 'split'; host: number; bytes: number }
  | { do: 'end-streams'; host: number; how: 'cut' | 'complete' }
  | { do: 'unreachable'; host: number; fault: 'refuse' | 'accept-close' | 'silent' | 'hang'; forMs: number }
  | { do: 'jump-clock'; host: number; ms: number }
  | { do: 'store-away'; forMs: number }
  | { do: 'store-commit'; outcome: 'lost' | 'kept' }
  | { do: 'bad-row'; host: number }
  | { do: 'kill-drover'; downMs: number }
  | { do: 'kill-persister' }
  | { do: 'kill-link'; host: number }
);

export interface History {
  seed: number;
  hosts: HostPlan[];
  /** Bytes that the writers' queue holds. */
  queueBytes: number;
  lengthMs: number;
  events: SimEvent[];
}

const RELEASES: readonly Release[] = ['v170', 'v208', 'v217', 'v220', 'v235', 'v238', 'v240', 'v250', 'after-v250'];
const MINUTE = 60_000;

/** `days`: how long it lasts; a hundredth of a day by default, with some thirty events. */
export function drawHistory(seed: number, days = 0.01): History {
  const random = seededRandom(seed);
  const lengthMs = Math.max(MINUTE, days * 24 * 60 * MINUTE);
  const hosts = Array.from({ length: random.int(1, 2) }, (): HostPlan => ({
    release: random.pick(RELEASES),
    ring: random.pick([1_000, 1_000, 20, 20, 5, 1, 0, 3_000]),
    store: random.chance(0.25),
    requestLog: random.chance(0.85),
  }));
  const count = Math.round(random.int(10, 40) * Math.max(1, days / 0.05));
  const events: SimEvent[] = [];
  // Faults come in heaps: an hour of peace proves little.
  let at = 0;
  for (let i = 0; i < count; i++) {
    at = random.chance(0.5) ? at + random.int(0, 3_000) : Math.floor((lengthMs * (i + random.next())) / count);
    events.push(drawEvent(Math.min(at, lengthMs), random, hosts.length));
  }
  return { seed, hosts, queueBytes: random.chance(0.2) ? random.int(60_000, 400_000) : 64 * 1024 * 1024, lengthMs, events: events.toSorted((a, b) => a.at - b.at) };
}

function drawEvent(at: number, random: ReturnType<typeof seededRandom>, hosts: number): SimEvent {
  const host = random.int(0, hosts - 1);
  const downMs = random.pick([0, 0, 5, 50, 400, 3_000, 20_000]);
  switch (random.pick(KINDS)) {
    case 'rows':
      return { at, do: 'rows', host, count: random.pick([1, 2, 3, 5, 8, 20, 40, 60]), everyMs: random.pick([0, 0, 1, 20, 300]), kind: random.pick(['plain', 'plain', 'plain', 'errors', 'twins']) };
    case 'flood':
      return { at, do: 'rows', host, count: random.pick([300, 1_200, 2_500]), everyMs: random.pick([0, 1]), kind: 'plain' };
    case 'request':
      return { at, do: 'request', host, durationMs: random.pick([100, 2_000, 30_000]) };
    case 'restart':
      return { at, do: 'restart', host, how: random.pick(['kill', 'term', 'reload']), downMs };
    case 'upgrade':
      return { at, do: 'upgrade', host, release: random.pick(RELEASES), downMs };
    case 'drop':
      return { at, do: 'drop', host, count: random.int(1, 8), rowsOnly: random.chance(0.7) };
    case 'double':
      return { at, do: 'double', host, count: random.int(1, 8) };
    case 'reverse':
      return { at, do: 'reverse', host, count: random.int(2, 8) };
    case 'split':
      return { at, do: 'split', host, bytes: random.pick([1, 7, 100, 1_000]) };
    case 'end-streams':
      return { at, do: 'end-streams', host, how: random.pick(['cut', 'complete']) };
    case 'unreachable':
      return { at, do: 'unreachable', host, fault: random.pick(['refuse', 'accept-close', 'silent', 'hang']), forMs: random.pick([100, 3_000, 60_000]) };
    case 'jump-clock':
      return { at, do: 'jump-clock', host, ms: random.pick([-3_600_000, -5_000, 5_000, 3_600_000]) };
    case 'store-away':
      return { at, do: 'store-away', forMs: random.pick([100, 5_000, 60_000, 300_000]) };
    case 'store-commit':
      return { at, do: 'store-commit', outcome: random.pick(['lost', 'kept']) };
    case 'bad-row':
      return { at, do: 'bad-row', host };
    case 'kill-drover':
      return { at, do: 'kill-drover', downMs: random.pick([0, 10, 2_000, 60_000]) };
    case 'kill-persister':
      return { at, do: 'kill-persister' };
    case 'kill-link':
      return { at, do: 'kill-link', host };
  }
}

const KINDS = [
  'rows', 'rows', 'rows', 'rows', 'rows', 'rows', 'flood', 'request', 'restart', 'restart', 'restart', 'upgrade', 'drop', 'drop', 'double', 'reverse', 'split',
  'end-streams', 'end-streams', 'unreachable', 'jump-clock', 'store-away', 'store-away', 'store-commit', 'bad-row', 'kill-drover', 'kill-drover', 'kill-persister', 'kill-link',
] as const;

/** One line an event, for people. */
export function describe({ seed, hosts, queueBytes, lengthMs, events }: History): string {
  return [
    `seed ${seed}, ${Math.round(lengthMs / 1000)} s, queue ${queueBytes} bytes`,
    ...hosts.map((host, index) => `  host ${index}: ${JSON.stringify(host)}`),
    ...events.map(({ at, do: what, ...rest }) => `  ${String(at).padStart(9)} ms  ${what} ${JSON.stringify(rest)}`),
  ].join('\n');
}

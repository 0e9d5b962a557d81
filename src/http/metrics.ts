/** Prometheus metrics, all `drover_*`. What other parts count is read when somebody asks; nothing is counted twice. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LIVENESS_STATES } from '../model/host/liveness.ts';
import type { HttpDeps } from './deps.ts';

export interface Metrics {
  registry: Registry;
  /** One answered request; `route` is the pattern, never the URL. */
  answered(route: string, method: string, status: number, seconds: number): void;
}

type Read = Pick<HttpDeps, 'vitals' | 'fleet' | 'actors'> & { version: string };

/** Once a process: Node's own figures hook into the runtime. */
export function createMetrics({ vitals, fleet, actors, version }: Read): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'drover_' });

  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({ name: `drover_${name}`, help, registers, collect() { this.set(read()); } });
  };
  const total = (name: string, help: string, read: () => number): void => {
    new Counter({ name: `drover_${name}_total`, help, registers, collect() { this.reset(); this.inc(read()); } });
  };

  new Gauge({ name: 'drover_build_info', help: 'Always 1; the version is a label.', labelNames: ['version'], registers }).set({ version }, 1);
  gauge('database_ready', '1 while the database is ready.', () => (vitals.database().state === 'ready' ? 1 : 0));

  new Gauge({
    name: 'drover_hosts', help: 'Hosts by liveness.', labelNames: ['liveness'], registers,
    collect() {
      const counts = new Map<string, number>(LIVENESS_STATES.map((state) => [state, 0]));
      for (const { state } of fleet.list()) counts.set(state.liveness.state, (counts.get(state.liveness.state) ?? 0) + 1);
      for (const [liveness, count] of counts) this.set({ liveness }, count);
    },
  });
  const ofHost = (name: string, help: string, read: (host: ReturnType<typeof fleet.list>[number]['state']) => number | null): void => {
    new Gauge({
      name: `drover_host_${name}`, help, labelNames: ['host'], registers,
      collect() {
        this.reset();
        for (const { host, state } of fleet.list()) {
          const value = read(state);
          if (value !== null) this.set({ host }, value);
        }
      },
    });
  };
  ofHost('up', '1 while the host is live.', (state) => (state.liveness.state === 'live' ? 1 : 0));
  ofHost('inflight', 'Requests in flight, where the host tells the truth about them.', (state) => (state.asOf === null ? state.inflight.total : null));
  ofHost('output_tokens_per_second', 'Over the throughput\'s window, 60 s.', (state) => (state.asOf === null ? state.throughput.outputTokensPerSecond : null));
  ofHost('gaps', 'Recorded gaps of activity.', (state) => state.gaps.count);
  ofHost('lost_rows_min', 'Rows that are lost for certain.', (state) => state.gaps.lostMin);

  new Gauge({
    name: 'drover_actors', help: 'Actors by kind.', labelNames: ['kind'], registers,
    collect() {
      const list = actors.list();
      for (const kind of ['supervisor', 'worker'] as const) this.set({ kind }, list.filter((actor) => actor.kind === kind).length);
    },
  });
  gauge('actor_restarts', 'Times that the actors that run now were started again.', () => actors.list().reduce((sum, { restarts }) => sum + restarts.total, 0));

  gauge('writers_queued_rows', 'Rows that wait for the database.', () => vitals.writers().queued);
  gauge('writers_queued_bytes', 'Their size.', () => vitals.writers().queuedBytes);
  total('writers_refused_rows', 'Rows that a full queue did not take; the hosts\' rings still have them.', () => vitals.writers().refused);
  total('writers_batches', 'Batches written.', () => vitals.writers().batches);
  total('writers_failures', 'Batches that were put back.', () => vitals.writers().failures);
  total('writers_inserted_rows', 'Rows new to the database.', () => vitals.writers().inserted);
  total('writers_conflicts', 'Rows that were there already.', () => vitals.writers().conflicts);
  total('writers_rejected_rows', 'Rows that the database did not take.', () => vitals.writers().rejected);

  gauge('sockets_clients', 'Clients of /ws.', () => vitals.sockets().clients);
  gauge('sockets_stalled', 'Clients that do not read.', () => vitals.sockets().stalled);
  total('sockets_frames', 'Frames sent.', () => vitals.sockets().frames);
  total('sockets_bytes', 'Bytes sent.', () => vitals.sockets().bytes);
  total('sockets_lagged', 'Times that a client was told that it missed something.', () => vitals.sockets().lagged);

  total('ingest_events', 'Events decoded.', () => vitals.ingest().events);
  total('ingest_bytes', 'Bytes read from hosts.', () => vitals.ingest().bytes);
  total('ingest_malformed', 'Pieces that could not be read.', () => vitals.ingest().malformed);
  total('ingest_unknown', 'Events of a kind that this version does not know.', () => vitals.ingest().unknown);
  total('ingest_connects', 'Connections to hosts begun.', () => vitals.ingest().connects);

  new Counter({
    name: 'drover_ingest_refused_total', help: 'Models, requests in flight and GPUs left out because one host named too many.', labelNames: ['kind'], registers,
    collect() {
      this.reset();
      for (const [kind, count] of Object.entries(vitals.ingest().refused)) this.inc({ kind }, count);
    },
  });

  const requests = new Histogram({
    name: 'drover_http_request_seconds', help: 'Answered requests.', labelNames: ['route', 'method', 'status'], registers, buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
  });
  return {
    registry,
    answered: (route, method, status, seconds) => requests.observe({ route, method, status: String(status) }, seconds),
  };
}

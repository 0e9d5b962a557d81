/**
 * Where those who know of hosts (links, the keeper) meet those who show them (fleet-store, broadcaster). It lives as long as the
 * process and survives the crash of either side: a fleet-store that comes back is filled at once, since every publisher then
 * publishes its whole state under a new state epoch.
 *
 * A host has one publisher at any time. The one that attached with the highest token publishes; whatever another still sends is
 * dropped without a word.
 *
 * Everything here is synchronous: when a call returns, `readFleet` shows it. States handed in must never change afterwards.
 */
import type { ActivityRow } from '../../model/records/activity.ts';
import type { Gap } from '../../model/records/gap.ts';
import type { LogChunk } from '../../model/host/log-memory.ts';
import type { CountedStream } from '../../model/counted-streams.ts';
import type { PatchOp } from '../../model/patch.ts';
import type { PerfSample } from '../../model/records/perf.ts';
import type { HostState, PublishedHost } from '../../model/host/state.ts';

export interface PublisherSpec {
  host: string;
  /** From `nextToken()`, drawn when this incarnation began. Lower than the present publisher's: cut off from the start. */
  token: number;
  /**
   * The fleet-store has lost this host, or holds another place of it: draw a new state epoch and call `snapshot` now. May come
   * from inside a call of the publisher's own, so take your seq before you publish, not after.
   */
  republish(): void;
  /** The models of whose own logs somebody reads (at most 4), whenever that changes. Start with `wantedLogs()`. */
  wantLogs?(models: readonly string[]): void;
  /** What was last given to `log`, of the host's own log (null) or of a model's that somebody reads. */
  recentLogs?(model: string | null): readonly LogChunk[];
}

/** One publisher's way in. After `detach` or a later publisher's `attach` every call does nothing. */
export interface PublisherHandle {
  active(): boolean;
  /** A whole state: the first, or the first under a new epoch (seq 1). */
  snapshot(epoch: string, seq: number, state: HostState): void;
  /** The change from seq - 1 to seq, and where it leads. */
  delta(epoch: string, seq: number, ops: readonly PatchOp[], state: HostState): void;
  /** The host is no more. */
  removed(): void;
  activity(rows: readonly ActivityRow[]): void;
  perf(samples: readonly PerfSample[]): void;
  /** `model`: of that model's own log; null: of the host's. */
  log(model: string | null, chunk: LogChunk): void;
  wantedLogs(): readonly string[];
  /** The host stays as last published, for the next publisher to replace. */
  detach(): void;
}

/** What the fleet-store is to the feed. */
export interface FleetSink {
  /** The encoded `fleet.delta`; null: it does not continue what is held, and nothing was changed. */
  delta(host: string, epoch: string, seq: number, ops: readonly PatchOp[], state: HostState): string | null;
  snapshot(host: string, epoch: string, seq: number, state: HostState): void;
  removed(host: string): void;
  get(host: string): PublishedHost | null;
  /** By id. */
  list(): PublishedHost[];
  /** The deltas after `seq` in order, as encoded frames; null: not all are held, or the host is not at that epoch. */
  deltasAfter(host: string, epoch: string, seq: number): readonly string[] | null;
  /** A throw in it is the store's crash, never the publisher's. */
  crash(error: unknown): void;
}

/** What the broadcaster is to the feed. Fleet changes come after the fleet-store holds them. */
export interface BroadcastSink {
  hostSnapshot(host: string): void;
  /** `frame`: the encoded `fleet.delta`. */
  hostDelta(host: string, frame: string): void;
  hostRemoved(host: string): void;
  activity(host: string, rows: readonly ActivityRow[]): void;
  gap(gap: Gap): void;
  perf(host: string, samples: readonly PerfSample[]): void;
  log(host: string, model: string | null, chunk: LogChunk): void;
  lagged(stream: CountedStream): void;
  crash(error: unknown): void;
}

/** What the broadcaster gets for attaching. */
export interface BroadcastLink {
  fleet(): FleetSink | null;
  /** The models of a host whose own logs have readers. */
  wantLogs(host: string, models: readonly string[]): void;
  /** What was passed on last of the host's own log (null), or of a model's; empty where nobody has it. */
  recentLogs(host: string, model: string | null): readonly LogChunk[];
  detach(): void;
}

export interface Feed {
  nextToken(): number;
  attach(spec: PublisherSpec): PublisherHandle;
  /** Also of a writer: it decides on gaps `rejected`. */
  gap(gap: Gap): void;
  /** Frames of the stream already sent are wrong now (rows were re-keyed): nobody holds a position in it any more. */
  lagged(stream: CountedStream): void;
  /** epoch, seq and state read together, by id; empty while the fleet-store is away. */
  readFleet(): PublishedHost[];
  readHost(host: string): PublishedHost | null;
  attachStore(store: FleetSink): { detach(): void };
  attachBroadcaster(sink: BroadcastSink): BroadcastLink;
}

export interface FeedOptions {
  /** A publisher threw in what the feed asked of it, or sent a delta that does not continue. For the log. */
  report: (error: unknown, host: string) => void;
}

export function createFeed({ report }: FeedOptions): Feed {
  let lastToken = 0;
  let store: FleetSink | null = null;
  let sink: BroadcastSink | null = null;
  const publishers = new Map<string, PublisherSpec>();
  const wanted = new Map<string, readonly string[]>();

  /** A publisher's throw is its own affair: nobody else's publication suffers from it. */
  const ask = <T>(spec: PublisherSpec, act: () => T): T | null => {
    try {
      return act();
    } catch (error) {
      report(error, spec.host);
      return null;
    }
  };
  const toStore = <T>(act: (to: FleetSink) => T): T | null => {
    const to = store;
    if (to === null) return null;
    try {
      return act(to);
    } catch (error) {
      to.crash(error);
      return null;
    }
  };
  const toSink = (act: (to: BroadcastSink) => void): void => {
    const to = sink;
    if (to === null) return;
    try {
      act(to);
    } catch (error) {
      to.crash(error);
    }
  };
  const tellWanted = (host: string): void => {
    const spec = publishers.get(host);
    if (spec?.wantLogs) ask(spec, () => spec.wantLogs?.(wanted.get(host) ?? []));
  };

  const attach = (spec: PublisherSpec): PublisherHandle => {
    const { host } = spec;
    const present = publishers.get(host);
    if (present === undefined || present.token <= spec.token) publishers.set(host, spec);
    const active = (): boolean => publishers.get(host) === spec;
    return {
      active,
      snapshot(epoch, seq, state) {
        if (!active() || store === null) return;
        toStore((to) => to.snapshot(host, epoch, seq, state));
        toSink((to) => to.hostSnapshot(host));
      },
      delta(epoch, seq, ops, state) {
        if (!active()) return;
        const to = store;
        if (to === null) return;
        const frame = toStore(() => to.delta(host, epoch, seq, ops, state));
        if (frame !== null) return toSink((at) => at.hostDelta(host, frame));
        // A store that has just crashed asks everybody when it comes back.
        if (store !== to) return;
        report(new Error(`the delta ${seq} does not continue the published state of ${host}: asked for a whole one`), host);
        ask(spec, () => spec.republish());
      },
      removed() {
        if (!active()) return;
        publishers.delete(host);
        toStore((to) => to.removed(host));
        toSink((to) => to.hostRemoved(host));
      },
      activity(rows) {
        if (active() && rows.length > 0) toSink((to) => to.activity(host, rows));
      },
      perf(samples) {
        if (active() && samples.length > 0) toSink((to) => to.perf(host, samples));
      },
      log(model, chunk) {
        if (active()) toSink((to) => to.log(host, model, chunk));
      },
      wantedLogs: () => wanted.get(host) ?? [],
      detach() {
        if (active()) publishers.delete(host);
      },
    };
  };

  return {
    nextToken: () => ++lastToken,
    attach,
    gap: (gap) => toSink((to) => to.gap(gap)),
    lagged: (stream) => toSink((to) => to.lagged(stream)),
    readFleet: () => store?.list() ?? [],
    readHost: (host) => store?.get(host) ?? null,
    attachStore(next) {
      store = next;
      for (const spec of publishers.values()) {
        if (publishers.get(spec.host) === spec) ask(spec, () => spec.republish());
      }
      return {
        detach() {
          if (store === next) store = null;
        },
      };
    },
    attachBroadcaster(next) {
      sink = next;
      return {
        fleet: () => store,
        wantLogs(host, models) {
          if (sink !== next) return;
          if (models.length > 0) wanted.set(host, models);
          else wanted.delete(host);
          tellWanted(host);
        },
        recentLogs(host, model) {
          const spec = publishers.get(host);
          return spec === undefined ? [] : ask(spec, () => spec.recentLogs?.(model) ?? []) ?? [];
        },
        detach() {
          if (sink !== next) return;
          sink = null;
          const hosts = [...wanted.keys()];
          wanted.clear();
          for (const host of hosts) tellWanted(host);
        },
      };
    },
  };
}

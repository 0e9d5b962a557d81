/** What happens on a link's wire: one host's connection, memory, reconcile and polls brought together. The machine says when. */
import type { Logger } from 'pino';
import type { Feed, PublisherHandle } from '../view/feed.ts';
import type { WriterQueue } from '../writers/writer-queue.ts';
import type { Release, ReconnectLimiter } from './reconnect-limiter.ts';
import type { Gap } from '../../model/records/gap.ts';
import type { HostEvent } from '../../model/host/host-event.ts';
import { createHostMemory, type HostFace, type HostMemory } from '../../model/host/host-memory.ts';
import type { Limits } from '../../model/limits.ts';
import type { Liveness, LivenessState, Reason } from '../../model/host/liveness.ts';
import type { PerfSample } from '../../model/records/perf.ts';
import {
  applyEvent, applyFace, applyPerf, applyRunning, applyVersion, applyWire, contacted, perfAbsent, rowsArrived, setBoot, setGaps, setLiveness, streamEnded, streamOpened,
} from '../../model/host/reduce.ts';
import type { ReconcileInput } from '../../model/reconcile/effects.ts';
import type { Clock, HostPort, Random, Store } from '../../model/seams.ts';
import type { HostState } from '../../model/host/state.ts';
import { changesAt, inflightTotal, project } from '../../model/host/project.ts';
import { standstill } from '../../model/host/standstill.ts';
import { timeOfMs, type Moment } from '../../model/time.ts';
import { openConnection, type Connection } from './connection.ts';
import { createCrowding, type Refused } from './crowding.ts';
import { createHostRecords } from './host-records.ts';
import { createLinkLogs, type LinkLogs } from './logs.ts';
import type { LinkBody, LinkEvent } from './machine.ts';
import { createPolls } from './polls.ts';
import { createPublishing } from './publishing.ts';
import { createReconciling } from './reconciling.ts';

/** Totals of all hosts since the process began, for the metrics. */
export interface IngestFigures { events: number; bytes: number; malformed: number; unknown: number; connects: number; refused: Refused }

/** What all links share. */
export interface LinkDeps {
  clock: Clock;
  /** For polls: its timers fire in step with those of other hosts. */
  pollClock: Clock;
  random: Random;
  log: Logger;
  limiter: ReconnectLimiter;
  /** One at a time over all hosts: see Reconciling. */
  lowPriority(granted: (release: () => void) => void): void;
  store: Pick<Store, 'readMark'>;
  queue: WriterQueue;
  feed: Pick<Feed, 'attach' | 'nextToken' | 'gap' | 'lagged'>;
  limits: Limits;
  figures: IngestFigures;
}

export interface LinkHost {
  id: string;
  face: HostFace;
  port: HostPort;
  /** Its last known state, from before this incarnation. */
  remembered: HostState | null;
  /** The liveness that was published last; null: none. */
  shown: LivenessState | null;
}

/** Messages to a link that do not concern its life. */
export type LinkMessage =
  | { type: 'face'; face: HostFace }
  /** What the database remembered of it came late: of use while the host has not been reached. */
  | { type: 'remembered'; state: HostState }
  | { type: 'catch-up' }
  | { type: 'rejected'; gaps: Gap[] }
  /** The fleet-store is a new one. */
  | { type: 'republish' }
  /** The models of whose own logs somebody reads. */
  | { type: 'want-logs'; models: readonly string[] };

export interface Body extends LinkBody {
  tell(message: LinkMessage): void;
  recentLogs: LinkLogs['recent'];
  /** The actor is gone, perhaps in a crash: everything is cut, nothing more is said. Never throws. */
  drop(): void;
}

/** Samples of what was malformed that reach the log, a connection. */
const SAMPLES = 3;

export function createBody(deps: LinkDeps, host: LinkHost, channel: PublisherHandle, send: (event: LinkEvent) => void, handled: (count: number) => void): Body {
  const { clock, random, limits, figures } = deps;
  const log = deps.log.child({ host: host.id });
  const now = (): Moment => ({ wall: clock.now(), mono: clock.monotonic() });
  const crash = (error: unknown): void => send({ type: 'crash', error });
  const begun = timeOfMs(clock.now());
  const remember = (face: HostFace, known: Liveness, last: HostState | null): HostMemory => createHostMemory(face, known, last, { windowS: limits.throughputWindowS, ...limits.host });
  let memory = remember(host.face, { state: 'connecting', reason: null, since: begun, nextTryAt: null, lastContactAt: null }, host.remembered);
  const publishing = createPublishing({
    project: (at, fresh) => project(memory, at, fresh === true ? 0 : limits.publish.lastContactMs), changesAt: () => changesAt(memory, limits.publish.lastContactMs),
    sink: channel, clock, random, crash, limits: limits.publish,
  });
  const logs = createLinkLogs({ port: host.port, clock, random, limits, out: (model, chunk) => channel.log(model, chunk), crash });
  let connection: Connection | null = null;
  let spoke = false;
  let samples = 0;
  let place: Release | null = null;

  const records = createHostRecords(host.id, deps.queue, clock);
  const crowding = createCrowding(limits.host, figures.refused, log);
  const liveness = (state: LivenessState, reason: Reason | null, nextTryMs: number | null): void => {
    const before = memory.liveness.state;
    const wall = clock.now();
    const ts = timeOfMs(wall);
    const same = before === state;
    setLiveness(memory, { state, reason, since: same ? memory.liveness.since : ts, nextTryAt: nextTryMs === null ? null : timeOfMs(wall + nextTryMs) });
    if (!same) {
      records.host('liveness', before, state, reason && `${reason.code}: ${reason.text}`, ts);
      log.info({ from: before, to: state, reason: reason?.code }, 'liveness');
    }
    publishing.touch();
  };
  const oddity = (what: string, sample?: unknown): void => {
    if (++samples <= SAMPLES) log.warn({ what, sample }, 'the host said what was not expected');
  };

  const reconciling = createReconciling({
    hostId: host.id, clock, newId: () => random.id(), store: deps.store, queue: deps.queue, lowPriority: (granted) => deps.lowPriority(granted),
    retentionDays: limits.retentionDays.activity, limits: limits.ring,
    get: (path) => polls.get(path),
    rows(rows, origin) {
      rowsArrived(memory, rows, origin, now());
      channel.activity(rows);
      publishing.touch();
    },
    gaps(gaps) {
      for (const gap of gaps) {
        const { count, lostMin, lostMax } = memory.gaps;
        setGaps(memory, {
          count: count + 1, lostMin: lostMin + gap.lostMin,
          lostMax: lostMax === null || gap.lostMax === null ? null : lostMax + gap.lostMax,
          lastAt: gap.detectedAt,
        });
        deps.feed.gap(gap);
      }
      publishing.touch();
    },
    totals(mark) {
      setGaps(memory, mark.gaps);
      publishing.touch();
    },
    boot(bootEpoch, fresh) {
      if (bootEpoch === null) return;
      const before = memory.bootEpoch;
      setBoot(memory, bootEpoch);
      if (fresh) records.host('boot', before === null ? null : String(before), String(bootEpoch));
      publishing.touch();
    },
    wire(wire) {
      applyWire(memory, wire);
      publishing.touch();
    },
    lagged: () => deps.feed.lagged('activity'),
    oddity,
    crash,
  });

  const polls = createPolls({
    port: host.port, clock: deps.pollClock, chance: () => random.next(), limits: limits.probe,
    version(build) {
      const before = memory.build;
      applyVersion(memory, build);
      if (before?.version !== build?.version || before?.commit !== build?.commit) {
        records.host('build', before && `${before.version} ${before.commit}`, build && `${build.version} ${build.commit}`);
      }
      publishing.touch();
    },
    running(models, askedAt) {
      applyRunning(memory, models, askedAt, now());
      records.models(memory);
      publishing.touch();
    },
    modelsSeen: () => memory.modelsSeen,
    perf(reading) {
      applyPerf(memory, reading);
      crowding.tell(memory);
      if (reading.samples.length > 0) {
        const all = reading.samples.map((sample): PerfSample => ({ hostId: host.id, ...sample }));
        deps.queue.offerPerf(all);
        channel.perf(all);
      }
      publishing.touch();
    },
    perfAbsent() {
      perfAbsent(memory);
      publishing.touch();
    },
    answered() {
      contacted(memory, now());
      publishing.touch();
      // Of use to a stale link alone; to the machine of a live one it would be 70 µs of looking for a transition.
      if (memory.liveness.state === 'stale') send({ type: 'probe.answered' });
    },
    failed: (reason) => send({ type: 'probe.failed', reason }),
    late: (ms) => send({ type: 'failed', reason: standstill(ms) }),
    oddity,
    crash,
  }, { after: null });

  /** Applies an event; what of it concerns the reconciler joins `read`. */
  const take = (event: HostEvent, at: Moment, read: ReconcileInput[]): void => {
    switch (event.type) {
      case 'models':
        applyEvent(memory, event, at);
        crowding.tell(memory);
        records.models(memory);
        return polls.modelsChanged();
      case 'log':
        logs.text(event.source, event.text);
        read.push(event);
        return;
      case 'rows':
        applyEvent(memory, event, at);
        read.push(event);
        return;
      case 'row-ready':
        read.push(event);
        return;
      case 'malformed':
        figures.malformed += 1;
        return oddity(event.what, event.sample);
      case 'unknown':
        figures.unknown += 1;
        return;
      case 'inflight-total':
      case 'inflight-all':
      case 'inflight-upsert':
      case 'inflight-remove':
      case 'profile':
      case 'ui-config':
        applyEvent(memory, event, at);
        return crowding.tell(memory);
      default:
        event satisfies never;
    }
  };

  const giveUpPlace = (): void => {
    place?.();
    place = null;
  };
  const endConnection = (how: 'clean' | 'broken'): void => {
    connection?.cut();
    connection = null;
    polls.end();
    logs.end();
    if (!spoke) return;
    spoke = false;
    reconciling.input({ type: 'ended', how, inflight: inflightTotal(memory) });
    streamEnded(memory, now());
  };
  /** How the stream ended, for the gap that may follow. */
  let endedCleanly = false;

  if (host.shown !== 'connecting') records.host('liveness', host.shown, 'connecting', null, begun);
  publishing.publish();
  logs.want(channel.wantedLogs());

  return {
    queue() {
      // A place may be granted at once, and XState takes no event for a state that is being entered: it queues it.
      place = deps.limiter.acquire(() => send({ type: 'granted' }));
      if (memory.liveness.nextTryAt !== null) liveness(memory.liveness.state, memory.liveness.reason, null);
    },
    connect() {
      logs.connected();
      samples = 0;
      crowding.connected();
      endedCleanly = false;
      figures.connects += 1;
      connection = openConnection(host.port, {
        opened: () => send({ type: 'opened' }),
        events(events, bytes) {
          figures.bytes += bytes;
          figures.events += events.length;
          handled(events.length);
          const at = now();
          contacted(memory, at);
          if (!spoke && events.length > 0) {
            streamOpened(memory, at);
            spoke = true;
            // The polls begin with it, and the reconciler asks through them at once.
            send({ type: 'spoke' });
            reconciling.input({ type: 'connected' });
          }
          const read: ReconcileInput[] = [];
          for (const event of events) take(event, at, read);
          reconciling.inputs(read);
          publishing.touch();
        },
        ended(fault) {
          endedCleanly = fault === null;
          send({ type: 'failed', reason: fault ?? { code: 'ended', text: 'the host ended the event stream: it is restarting, reloading or stopping' } });
        },
        crash,
      }, limits.stream.maxFrameBytes);
    },
    live() {
      giveUpPlace();
      if (memory.liveness.state === 'stale') reconciling.input({ type: 'look' });
      else polls.begin();
      logs.begin();
      liveness('live', null, null);
    },
    stale: (reason) => liveness('stale', reason, null),
    rest(reason, wasOpen, delayMs) {
      giveUpPlace();
      endConnection(endedCleanly ? 'clean' : 'broken');
      liveness(wasOpen ? 'connecting' : 'down', reason, delayMs);
    },
    close() {
      giveUpPlace();
      endConnection('broken');
      reconciling.close();
      publishing.close();
    },
    drop() {
      giveUpPlace();
      connection?.cut();
      polls.end();
      logs.drop();
      reconciling.close();
      publishing.drop();
    },
    recentLogs: (model) => logs.recent(model),
    tell(message) {
      switch (message.type) {
        case 'face':
          applyFace(memory, message.face);
          return publishing.touch();
        case 'remembered':
          if (memory.contactAt !== null) return;
          memory = remember(memory.face, { ...memory.liveness, lastContactAt: null }, message.state);
          return publishing.touch();
        case 'catch-up':
          return reconciling.input({ type: 'catch-up' });
        case 'rejected':
          return reconciling.input({ type: 'rejected', gaps: message.gaps });
        case 'republish':
          return publishing.publish();
        case 'want-logs':
          return logs.want(message.models);
        default:
          message satisfies never;
      }
    },
  };
}

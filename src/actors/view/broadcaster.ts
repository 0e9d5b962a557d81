/** Owns the sockets that http hands over: frames, subscriptions, slow clients. */
import type { RawData, WebSocket } from 'ws';
import { CLOSE_CODES, PROTOCOL } from '../../model/frames.ts';
import type { ClientFrame, ServerFrameOf } from '../../model/frames.ts';
import type { Limits } from '../../model/limits.ts';
import type { Random } from '../../model/seams.ts';
import { createActorsTopic } from './actors-topic.ts';
import type { ActorsFeed } from './actors-topic.ts';
import { createAudiences } from './audiences.ts';
import { closeClient, deliver, forget, hold, openClient, pinged, ponged, reply, takeHeld } from './client-socket.ts';
import type { SocketEnv } from './client-socket.ts';
import { createFleetTopic } from './fleet-topic.ts';
import { textFrame } from './frame-buffer.ts';
import { createLogReaders } from './log-readers.ts';
import { createStreams } from './streams.ts';
import { afterStall, errorFrame, leave, readClientFrame, resync, subscribe, unsubscribe } from './subscriptions.ts';
import type { Topics } from './subscriptions.ts';
import type { ChildContext, Started } from '../child.ts';
import type { BroadcastSink, Feed, FleetSink } from './feed.ts';
import type { SocketGate, SocketSink } from './socket-gate.ts';
import { startWorker } from '../worker.ts';
import type { ClientSocket } from './dashboard.ts';

export interface BroadcasterDeps {
  feed: Feed;
  gate: SocketGate;
  actors: ActorsFeed;
  random: Random;
  limits: Pick<Limits, 'ws' | 'streamMemory' | 'drain'>;
  /** Drover's own, for `hello`. */
  version: string;
}

/** The supervised child: draws a new serverEpoch. When it ends, however that comes, every socket is closed with 1012. */
export function startBroadcaster(context: ChildContext, deps: BroadcasterDeps): Started {
  return startWorker(context, (self) => {
    const { clock, probe } = context;
    const { gate, random, limits } = deps;
    const clients = new Map<WebSocket, ClientSocket>();
    const serverEpoch = random.id();
    const hello = textFrame(JSON.stringify({
      type: 'hello', protocol: PROTOCOL, server: { name: 'drover', version: deps.version }, serverEpoch,
    } satisfies ServerFrameOf<'hello'>));
    let ended = false;
    let allGone: (() => void) | null = null;

    /** Sockets and timers call from outside the actor: their throw is its crash. */
    const guarded = <A extends unknown[]>(run: (...args: A) => void) => (...args: A): void => {
      if (ended) return;
      try {
        run(...args);
      } catch (error) {
        self.crash(error);
      }
    };

    const audiences = createAudiences();
    const streams = createStreams(audiences, limits);
    const fleetTopic = createFleetTopic();
    let cancelTick: (() => void) | null = null;

    const flush = (): void => {
      cancelTick?.();
      cancelTick = null;
      audiences.flush(write);
      streams.ticked();
    };
    const write = (client: ClientSocket, batch: Parameters<typeof deliver>[2]): void => deliver(env, client, batch);
    /** The first change arms the tick; without one (0 ms) it goes out at once. */
    const changed = (): void => {
      probe.handled();
      if (audiences.idle()) return;
      if (limits.ws.flushMs === 0) flush();
      else cancelTick ??= self.later(limits.ws.flushMs, flush);
    };

    const env: SocketEnv = {
      limits: limits.ws,
      counts: gate.counts,
      now: () => clock.monotonic(),
      chance: () => random.next(),
      setTimer: (ms, run) => clock.setTimeout(guarded(run), ms),
      clearTimer: (id) => clock.clearTimeout(id),
      flush,
      resumed(client) {
        const fleet = fleetOf(client);
        if (fleet === null) return;
        const frames = afterStall(topics, fleet, client);
        if (frames.length > 0) gate.counts.lagged += 1;
        reply(env, client, frames);
        for (const frame of takeHeld(client)) received(client, frame);
      },
      droppedFrames: (dropped) => streams.droppedFrames(dropped),
    };

    /** null: the fleet-store is away, and this broadcaster is about to be started again behind it. */
    const fleetOf = (client: ClientSocket): FleetSink | null => {
      const fleet = link.fleet();
      if (fleet === null) closeClient(env, client, CLOSE_CODES.goingAway, limits.ws.terminateMs);
      return fleet;
    };

    const received = (client: ClientSocket, frame: ClientFrame): void => {
      if (client.phase === 'stalled') {
        if (!hold(client, frame, limits.ws.badFrames)) closeClient(env, client, CLOSE_CODES.policy, limits.ws.terminateMs);
        return;
      }
      const fleet = fleetOf(client);
      if (fleet === null) return;
      flush();
      switch (frame.type) {
        case 'subscribe': return reply(env, client, subscribe(topics, fleet, client, frame));
        case 'unsubscribe': return unsubscribe(topics, client, frame.topics);
        case 'resync': return reply(env, client, [resync(topics, fleet, frame.host)]);
        default: frame satisfies never;
      }
    };
    const message = (client: ClientSocket, data: RawData, isBinary: boolean): void => {
      if (client.phase === 'closing') return;
      probe.handled();
      const frame = isBinary ? 'frames are text' : readClientFrame(textOf(data));
      if (typeof frame !== 'string') return received(client, frame);
      client.badFrames += 1;
      flush();
      reply(env, client, [errorFrame('bad_frame', frame)]);
      if (client.badFrames >= limits.ws.badFrames) closeClient(env, client, CLOSE_CODES.policy, limits.ws.terminateMs);
    };

    const sink: BroadcastSink = {
      hostSnapshot(host) {
        fleetTopic.touched();
        const published = link.fleet()?.get(host);
        if (!published || !audiences.heard('fleet')) return;
        audiences.publish('fleet', fleetTopic.hostSnapshot(published));
        changed();
      },
      hostDelta(_host, frame) {
        fleetTopic.touched();
        if (!audiences.heard('fleet')) return;
        audiences.publish('fleet', textFrame(frame));
        changed();
      },
      hostRemoved(host) {
        fleetTopic.touched();
        audiences.publish('fleet', fleetTopic.hostRemoved(host));
        changed();
      },
      activity(host, rows) {
        streams.activity(host, rows);
        changed();
      },
      gap(gap) {
        streams.gap(gap);
        changed();
      },
      perf(host, samples) {
        streams.perf(host, samples);
        changed();
      },
      log(host, model, chunk) {
        streams.log(host, model, chunk);
        changed();
      },
      lagged(stream) {
        streams.lagged(stream);
        changed();
      },
      crash: (error) => self.crash(error),
    };

    const socketSink: SocketSink = {
      adopt(ws, socket) {
        const client = openClient(env, ws, socket, audiences.of([]));
        audiences.move(client, client.audience);
        clients.set(ws, client);
        gate.counts.clients += 1;
        ws.on('message', guarded((data: RawData, isBinary: boolean) => message(client, data, isBinary)));
        ws.on('pong', guarded((payload: Buffer) => ponged(env, client, payload)));
        ws.on('ping', guarded((payload: Buffer) => pinged(env, client, payload)));
        // What is wrong with a socket also closes it.
        ws.on('error', () => {});
        ws.on('close', () => gone(client));
        reply(env, client, [hello]);
      },
      close(code) {
        flush();
        for (const client of clients.values()) closeClient(env, client, code, limits.drain.httpMs / 2);
        if (clients.size === 0) return Promise.resolve();
        return new Promise((resolve) => void (allGone = resolve));
      },
    };
    const gone = (client: ClientSocket): void => {
      if (!clients.delete(client.ws)) return;
      gate.counts.clients -= 1;
      forget(env, client);
      if (!ended) leave(topics, client);
      if (clients.size === 0) allGone?.();
    };

    const link = deps.feed.attachBroadcaster(sink);
    const topics: Topics = {
      serverEpoch,
      audiences,
      fleetTopic,
      actorsTopic: createActorsTopic({
        source: deps.actors, epoch: random.id(), everyMs: limits.ws.actorsMs, now: () => clock.monotonic(),
        later: (ms, run) => self.later(ms, run),
        publish(frame) {
          audiences.publish('actors', textFrame(frame));
          changed();
        },
      }),
      streams: streams.memory,
      recentLogs: (host, model) => link.recentLogs(host, model),
      readers: createLogReaders(limits.ws.modelLogs, (host, models) => link.wantLogs(host, models)),
    };
    probe.queued(() => audiences.pending());
    probe.state('serving', 'start');
    const attached = gate.attach(socketSink);

    return {
      receive() {},
      cleanup() {
        attached.detach();
        link.detach();
        topics.actorsTopic.watch(false);
        ended = true;
        for (const client of clients.values()) {
          closeClient(env, client, CLOSE_CODES.goingAway, limits.ws.terminateMs);
          env.clearTimer(client.timer);
          client.timer = clock.setTimeout(() => client.ws.terminate(), limits.ws.terminateMs);
        }
      },
    };
  });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}

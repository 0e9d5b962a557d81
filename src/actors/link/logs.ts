/** What a link shows of its host's logs: the host's own, which come with its events, and those of single models while somebody reads them. */
import type { Limits } from '../../model/limits.ts';
import type { HostFault } from '../../model/host/liveness.ts';
import { createLogMemory, type LogChunk, type LogMemory } from '../../model/host/log-memory.ts';
import type { Clock, HostPort, Random } from '../../model/seams.ts';
import { timeOfMs } from '../../model/time.ts';
import { createLogLanes, type LogLane } from './log-lanes.ts';
import { createModelLogs } from './model-logs.ts';

export interface LinkLogsDeps {
  port: Pick<HostPort, 'open'>;
  clock: Clock;
  random: Random;
  limits: Pick<Limits, 'logs' | 'backoff'>;
  /** As PublisherHandle.log. */
  out(model: string | null, chunk: LogChunk): void;
  crash(error: unknown): void;
}

export interface LinkLogs {
  /** A new connection to the event stream: each source sends its history first. */
  connected(): void;
  /** Of the event stream. */
  text(source: string, text: string): void;
  /** The models of whose own logs somebody reads. */
  want(models: readonly string[]): void;
  /** What was passed on last of the host's own log (null), or of a model's that has readers. */
  recent(model: string | null): LogChunk[];
  /** The host is live. */
  begin(): void;
  /** The connection is over. */
  end(): void;
  /** Nothing goes out any more. */
  drop(): void;
}

/** A host has two: what names more of them is broken. */
const SOURCES = 8;
/** Source of a model's own log: what the event stream calls the model servers' output. */
const OF_MODEL = 'upstream';

export function createLinkLogs(deps: LinkLogsDeps): LinkLogs {
  const { clock, limits } = deps;
  const memories = new Map<string | null, LogMemory>([[null, createLogMemory(limits.logs)]]);
  const out = (model: string | null, chunk: LogChunk): void => {
    memories.get(model)?.add(chunk);
    deps.out(model, chunk);
  };
  const lanes = createLogLanes({ clock, limits: limits.logs, out, crash: deps.crash });
  const own = new Map<string, LogLane>();
  const models = createModelLogs({
    port: deps.port, clock, random: deps.random, limits: limits.backoff,
    lane: (model) => lanes.open(OF_MODEL, model),
    refused: (model, fault) => out(model, { source: 'drover', at: timeOfMs(clock.now()), text: refusal(fault), dropped: 0 }),
    crash: deps.crash,
  });
  return {
    connected() {
      for (const lane of own.values()) lane.restart();
    },
    text(source, text) {
      let lane = own.get(source);
      if (lane === undefined) {
        if (own.size >= SOURCES) return;
        lane = lanes.open(source, null);
        own.set(source, lane);
      }
      // The history of a host that has just started is empty, and comes all the same.
      if (text === '') lane.live();
      else lane.text(text);
    },
    want(wanted) {
      for (const model of memories.keys()) if (model !== null && !wanted.includes(model)) memories.delete(model);
      for (const model of wanted) if (!memories.has(model)) memories.set(model, createLogMemory(limits.logs));
      models.want(wanted);
    },
    recent: (model) => memories.get(model)?.chunks() ?? [],
    begin: () => models.begin(),
    end() {
      models.end();
      lanes.flush();
    },
    drop() {
      models.end();
      lanes.drop();
    },
  };
}

function refusal({ text }: HostFault): string {
  return `This host gives no log of this model alone (it is a peer's, or the release is too old): the host's own log has what all its models write. ${text}\n`;
}

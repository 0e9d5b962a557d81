/** What a link shows of its host's logs: the host's own, which come with its events, and those of single models while somebody reads them. */
import type { Limits } from '../../model/limits.ts';
import type { HostFault } from '../../model/host/liveness.ts';
import type { Clock, HostPort, Random } from '../../model/seams.ts';
import { createLogLanes, type LogLane } from './log-lanes.ts';
import { createModelLogs } from './model-logs.ts';

export interface LinkLogsDeps {
  port: Pick<HostPort, 'open'>;
  clock: Clock;
  random: Random;
  limits: Pick<Limits, 'logs' | 'backoff'>;
  /** As PublisherHandle.log. */
  out(source: string, model: string | null, text: string, dropped: number): void;
  crash(error: unknown): void;
}

export interface LinkLogs {
  /** A new connection to the event stream: each source sends its history first. */
  connected(): void;
  /** Of the event stream. */
  text(source: string, text: string): void;
  /** The models of whose own logs somebody reads. */
  want(models: readonly string[]): void;
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
  const lanes = createLogLanes({ clock: deps.clock, limits: deps.limits.logs, out: (...text) => deps.out(...text), crash: deps.crash });
  const own = new Map<string, LogLane>();
  const models = createModelLogs({
    port: deps.port, clock: deps.clock, random: deps.random, limits: deps.limits.backoff,
    lane: (model) => lanes.open(OF_MODEL, model),
    refused: (model, fault) => deps.out('drover', model, refusal(fault), 0),
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
      lane.text(text);
    },
    want: (wanted) => models.want(wanted),
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
  return `This host gives no log of this model alone (it is a peer's, or the release is too old). ${text}\n`;
}

/** Streams on their way out: counted ones into their memory, lossy ones within their share of a tick. */
import type { ActivityRow } from '../../model/records/activity.ts';
import { logsTopic } from '../../model/frames.ts';
import type { CountedStream } from '../../model/counted-streams.ts';
import type { ServerFrameOf } from '../../model/frames.ts';
import type { Gap } from '../../model/records/gap.ts';
import type { LogChunk } from '../../model/host/log-memory.ts';
import type { Limits } from '../../model/limits.ts';
import type { PerfSample } from '../../model/records/perf.ts';
import type { Audiences } from './audiences.ts';
import { textFrame } from './frame-buffer.ts';
import { logFrame } from './log-frames.ts';
import { createStreamMemory } from './stream-memory.ts';
import type { StreamMemory } from './stream-memory.ts';

export interface Streams {
  readonly memory: Record<CountedStream, StreamMemory>;
  activity(host: string, rows: readonly ActivityRow[]): void;
  gap(gap: Gap): void;
  perf(host: string, samples: readonly PerfSample[]): void;
  log(host: string, model: string | null, chunk: LogChunk): void;
  lagged(stream: CountedStream): void;
  /** A tick is over: each lossy stream has its whole share again. */
  ticked(): void;
  /** Frames without content that tell one client what it did not get. */
  droppedFrames(dropped: ReadonlyMap<string, number>): Buffer;
}

/** Of one lossy stream. */
interface Lane { bytes: number; dropped: number }

export function createStreams(audiences: Audiences, limits: Pick<Limits, 'ws' | 'streamMemory'>): Streams {
  const memory: Streams['memory'] = {
    activity: createStreamMemory(limits.streamMemory),
    runs: createStreamMemory(limits.streamMemory),
    gaps: createStreamMemory(limits.streamMemory),
  };
  const lanes = new Map<string, Lane>();

  const counted = (stream: CountedStream, frame: ServerFrameOf<'activity' | 'gap' | 'run'>): void => {
    const text = JSON.stringify(frame);
    memory[stream].push(text);
    if (audiences.heard(stream)) audiences.publish(stream, textFrame(text));
  };
  const lossy = (topic: string, key: string, size: number, amount: number, before: number, encode: (dropped: number) => string): void => {
    if (!audiences.heard(topic)) return void lanes.delete(key);
    const lane = lanes.get(key) ?? { bytes: 0, dropped: 0 };
    lanes.set(key, lane);
    lane.dropped += before;
    if (lane.bytes + size > limits.ws.lossyBytes) {
      lane.dropped += amount;
      return;
    }
    lane.bytes += size;
    const data = textFrame(encode(lane.dropped));
    audiences.publishLossy(topic, data, key, amount + lane.dropped);
    lane.dropped = 0;
  };

  return {
    memory,
    activity(host, rows) {
      for (let i = 0; i < rows.length; i += limits.ws.rowsPerFrame) {
        counted('activity', { type: 'activity', n: memory.activity.next(), host, rows: rows.slice(i, i + limits.ws.rowsPerFrame) });
      }
    },
    gap: (gap) => counted('gaps', { type: 'gap', n: memory.gaps.next(), host: gap.hostId, gap }),
    perf(host, samples) {
      lossy('perf', `perf:${host}`, samples.length * SAMPLE_BYTES, samples.length, 0, (dropped) =>
        JSON.stringify({ type: 'perf', host, samples: samples as PerfSample[], ...(dropped > 0 ? { dropped } : {}) } satisfies ServerFrameOf<'perf'>));
    },
    log(host, model, chunk) {
      const topic = logsTopic(host, model);
      const size = Buffer.byteLength(chunk.text);
      lossy(topic, topic, size, size, chunk.dropped, (dropped) => logFrame(host, model, { ...chunk, dropped }));
    },
    lagged(stream) {
      memory[stream].forget();
      if (audiences.heard(stream)) audiences.publish(stream, textFrame(JSON.stringify({ type: 'lagged', topics: [stream] } satisfies ServerFrameOf<'lagged'>)));
    },
    ticked() {
      for (const [key, lane] of lanes) {
        if (lane.dropped === 0) lanes.delete(key);
        lane.bytes = 0;
      }
    },
    droppedFrames(dropped) {
      return Buffer.concat([...dropped].map(([key, amount]) => {
        if (key.startsWith('perf:')) {
          return textFrame(JSON.stringify({ type: 'perf', host: key.slice('perf:'.length), samples: [], dropped: amount } satisfies ServerFrameOf<'perf'>));
        }
        const slash = key.indexOf('/');
        const host = slash === -1 ? key.slice('logs:'.length) : key.slice('logs:'.length, slash);
        return textFrame(logFrame(host, slash === -1 ? null : key.slice(slash + 1), { source: 'drover', at: null, text: '', dropped: amount }));
      }));
    },
  };
}

const SAMPLE_BYTES = 400;

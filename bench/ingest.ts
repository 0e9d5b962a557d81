/**
 * What an event of a host costs, from its bytes to state, frame and queue, beside the bare decode of the same bytes (SSE parser, two
 * JSON.parse). Two ways to come: in a flood, many events a read and a tick, and one by one, a read and a tick each.
 */
import { createParser } from 'eventsource-parser';
import { createEventDecoder } from '../src/io/llama-swap/event-stream.ts';
import { createHostMemory } from '../src/model/host-memory.ts';
import { project } from '../src/model/project.ts';
import { createPublisher } from '../src/model/publish.ts';
import { applyEvent, contacted, rowsArrived, streamOpened } from '../src/model/reduce.ts';
import type { ServerFrameOf } from '../src/model/frames.ts';
import { report, type Figure } from './report.ts';
import { traffic } from './support/traffic.ts';

const ROUNDS = 15;

/** Decodes and does nothing else. */
function bare(reads: readonly Uint8Array[]): number {
  let events = 0;
  const utf8 = new TextDecoder();
  const parser = createParser({
    onEvent(message) {
      const envelope = JSON.parse(message.data) as { data: string };
      if (JSON.parse(envelope.data) !== undefined) events += 1;
    },
  });
  for (const read of reads) parser.feed(utf8.decode(read, { stream: true }));
  return events;
}

/** Decode, state, delta, frame. */
function whole(reads: readonly Uint8Array[]): { events: number; frames: number } {
  const at = { wall: Date.UTC(2026, 0, 1), mono: 0 };
  const decoder = createEventDecoder();
  const memory = createHostMemory({ name: 'gpu1', tags: [], enabled: true, source: 'config' }, { state: 'live', reason: null, since: '2026-01-01T00:00:00.000000Z', nextTryAt: null, lastContactAt: null });
  streamOpened(memory, at);
  const publisher = createPublisher(project(memory, at), at);
  let seq = 1;
  let frames = 0;
  for (const read of reads) {
    at.wall += 50;
    at.mono += 50;
    contacted(memory, at);
    for (const event of decoder.push(read)) {
      applyEvent(memory, event, at);
      if (event.type === 'rows') rowsArrived(memory, event.rows, 'live', at);
    }
    const ops = publisher.next(project(memory, at), at);
    if (ops === null) continue;
    seq += 1;
    const frame: ServerFrameOf<'fleet.delta'> = { type: 'fleet.delta', host: 'gpu1', epoch: 'e', seq, ops };
    frames += JSON.stringify(frame).length > 0 ? 1 : 0;
  }
  return { events: decoder.counters.events, frames };
}

/** CPU µs of `run`; the least of several rounds, taken in turns so that a noisy moment hits both. */
function compare(runs: (() => unknown)[]): number[] {
  const best = runs.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [i, run] of runs.entries()) {
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      if (round > 1) best[i] = Math.min(best[i]!, user + system);
    }
  }
  return best;
}

function inReads(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

const figures: Figure[] = [];
for (const generation of [1, 2, 3] as const) {
  const frames = traffic(generation, 2_000);
  const bytes = Buffer.concat(frames);
  const bursts = Array.from({ length: Math.ceil(frames.length / 10) }, (_, i) => Buffer.concat(frames.slice(i * 10, (i + 1) * 10)));
  const ways = { flood: inReads(bytes, 65_536), 'bursts of 10': bursts, 'one by one': frames };
  for (const [way, reads] of Object.entries(ways)) {
    const events = bare(reads);
    const made = whole(reads);
    if (made.events !== events) throw new Error(`generation ${generation}: ${made.events} events, bare ${events}`);
    const [ceiling, value] = compare([() => bare(reads), () => whole(reads)]) as [number, number];
    figures.push({ name: `generation ${generation}, ${way}`, value: value / events, ceiling: ceiling / events, unit: 'µs CPU/event', atMost: 2 });
  }
}
report('ingest', figures);

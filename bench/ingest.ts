/**
 * What an event of a host costs, from its bytes to state, frame and queue, beside the bare decode of the same bytes (SSE parser, two
 * JSON.parse; in generation 3 the JSON of the fetched rows too). The real link on a clock moved by hand, one read and one tick of
 * 50 ms at a time: in a flood, a socket's 64 KiB a read; in bursts, ten events; one by one, where each event makes a delta of its own.
 */
import { createParser } from 'eventsource-parser';
import { feedLink } from './support/fed-link.ts';
import { report, type Figure } from './report.ts';
import { traffic, type Traffic } from './support/traffic.ts';

const ROUNDS = 15;
const REQUESTS = 2_000;

interface Read { bytes: Uint8Array; announced: number }

/** Decodes and does nothing else. */
function bare(reads: readonly Read[], answers: readonly Uint8Array[]): number {
  let events = 0;
  const utf8 = new TextDecoder();
  const parser = createParser({
    onEvent(message) {
      const envelope = JSON.parse(message.data) as { data: string };
      if (JSON.parse(envelope.data) !== undefined) events += 1;
    },
  });
  for (const { bytes } of reads) parser.feed(utf8.decode(bytes, { stream: true }));
  for (const answer of answers) JSON.parse(new TextDecoder().decode(answer));
  return events;
}

/** CPU µs of the whole path, after the greeting. */
async function whole(made: Traffic, reads: readonly Read[]): Promise<{ micros: number; events: number; deltas: number; queued: number; answers: Uint8Array[] }> {
  const link = await feedLink(made);
  const before = { seq: link.seq(), queued: link.queued(), cpu: process.cpuUsage() };
  for (const { bytes, announced } of reads) {
    link.read(bytes, announced);
    // Only the rows of generation 3 come by a promise.
    if (made.rows.size > 0) await link.clock.run(50);
    else link.clock.advance(50);
  }
  await link.clock.run(1_000);
  const { user, system } = process.cpuUsage(before.cpu);
  const result = { micros: user + system, events: link.figures.events, deltas: link.seq() - before.seq, queued: link.queued() - before.queued, answers: link.answers };
  link.drop();
  return result;
}

function grouped({ frames, announced }: Traffic, size: (bytes: number, count: number) => boolean): Read[] {
  const reads: Read[] = [];
  let held: Uint8Array[] = [];
  let bytes = 0;
  for (const [i, frame] of frames.entries()) {
    held.push(frame);
    bytes += frame.length;
    if (!size(bytes, held.length) && i < frames.length - 1) continue;
    reads.push({ bytes: Buffer.concat(held), announced: announced[i]! });
    held = [];
    bytes = 0;
  }
  return reads;
}

/** For a profiler: `--only="generation 1, flood"`. */
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length) ?? '';

const WAYS: [string, number | null, (bytes: number, count: number) => boolean][] = [
  ['flood', 2, (bytes) => bytes >= 65_000],
  ['bursts of 10', null, (_bytes, count) => count === 10],
  ['one by one', null, () => true],
];

const figures: Figure[] = [];
const notes: string[] = [];
for (const generation of [1, 2, 3] as const) {
  const made = traffic(generation, REQUESTS);
  for (const [way, atMost, size] of WAYS) {
    if (!`generation ${generation}, ${way}`.startsWith(only)) continue;
    const reads = grouped(made, size);
    let [ceiling, value] = [Infinity, Infinity];
    let events = 0;
    let note = '';
    // The least of several rounds, taken in turns so that a noisy moment hits both.
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await whole(made, reads);
      const before = process.cpuUsage();
      events = bare(reads, run.answers);
      const { user, system } = process.cpuUsage(before);
      if (run.events !== events || run.queued < REQUESTS) throw new Error(`generation ${generation}, ${way}: ${run.events} of ${events} events, ${run.queued} of ${REQUESTS} rows queued`);
      note = `generation ${generation}, ${way}: ${events} events, ${run.deltas} deltas, ${run.queued} queued, ${run.answers.length} fetches`;
      if (round === 0) continue;
      ceiling = Math.min(ceiling, user + system);
      value = Math.min(value, run.micros);
    }
    figures.push({ name: `generation ${generation}, ${way}`, value: value / events, ceiling: ceiling / events, unit: 'µs CPU/event', ...(atMost === null ? {} : { atMost }) });
    notes.push(note);
  }
}
report('ingest', figures, notes);

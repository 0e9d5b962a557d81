/**
 * What an event of a host costs, from its bytes to state, frame and queue, beside the bare decode of the same bytes (SSE parser, two
 * JSON.parse; in generation 3 the JSON of the fetched rows too). The real link on a clock moved by hand, one read and one tick of
 * 50 ms at a time: in a flood, a socket's 64 KiB a read; in bursts, ten events; one by one, where each event makes a delta of its own;
 * and the flood with persisters and an embedded PostgreSQL until each row is stored (CPU of this process alone). Last, 50 hosts at
 * 1,000 events/s in all at the real program: does the lag grow? `--only=TEXT` runs what begins with it: a generation, or `lag`.
 */
import { createParser } from 'eventsource-parser';
import { openBenchDatabase, type BenchDatabase } from './support/bench-database.ts';
import { measureLag } from './support/lag.ts';
import { benchQueue, feedLink } from './support/fed-link.ts';
import { report, type Figure } from './report.ts';
import { START, traffic, type Traffic } from './support/traffic.ts';

/** Those of the bounded ways: after some 30 the compiler has done its work on both sides, as it has in a program that runs for days. */
const BOUNDED_ROUNDS = 50;
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

/** CPU µs of the whole path, after the greeting. With a database until all rows are in it. */
async function whole(made: Traffic, reads: readonly Read[], database: BenchDatabase | null): Promise<{ micros: number; events: number; deltas: number; queued: number; answers: Uint8Array[] }> {
  const queue = benchQueue();
  const link = await feedLink(made, `gpu${(links += 1)}`, queue);
  const persisters = database?.persist(queue);
  await persisters?.stored();
  const before = { seq: link.seq(), queued: link.queued(), cpu: process.cpuUsage() };
  for (const { bytes, announced } of reads) {
    link.read(bytes, announced);
    // Only the rows of generation 3 come by a promise.
    if (made.generation === 3) await link.clock.run(50);
    else link.clock.advance(50);
  }
  await link.clock.run(1_000);
  const queued = link.queued() - before.queued;
  await persisters?.stored();
  const { user, system } = process.cpuUsage(before.cpu);
  const result = { micros: user + system, events: link.figures.events, deltas: link.seq() - before.seq, queued, answers: link.answers };
  link.drop();
  persisters?.stop();
  return result;
}

let links = 0;

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

type Cut = (bytes: number, count: number) => boolean;
const flood: Cut = (bytes) => bytes >= 65_000;
const WAYS: { name: string; atMost?: number; cut: Cut; stored?: boolean }[] = [
  { name: 'flood', atMost: 2, cut: flood },
  { name: 'bursts of 10', cut: (_bytes, count) => count === 10 },
  { name: 'one by one', cut: () => true },
  { name: 'flood, with the stored row', atMost: 3.2, cut: flood, stored: true },
];

const figures: Figure[] = [];
const notes: string[] = [];
const database = await openBenchDatabase(START);
try {
  for (const generation of [1, 2, 3] as const) {
    const made = traffic(generation, { requests: REQUESTS });
    notes.push(`generation ${generation}: ${made.mix}`);
    for (const { name: way, atMost, cut, stored = false } of WAYS) {
      const name = `generation ${generation}, ${way}`;
      if (!name.startsWith(only)) continue;
      const reads = grouped(made, cut);
      let [ceiling, value] = [Infinity, Infinity];
      let events = 0;
      let note = '';
      // The least of several rounds, taken in turns so that a noisy moment hits both.
      for (let round = 0; round < (atMost === undefined ? ROUNDS : BOUNDED_ROUNDS); round += 1) {
        const run = await whole(made, reads, stored ? database : null);
        const before = process.cpuUsage();
        events = bare(reads, run.answers);
        const { user, system } = process.cpuUsage(before);
        if (run.events !== events || (!stored && run.queued < made.requests)) throw new Error(`${name}: ${run.events} of ${events} events, ${run.queued} of ${made.requests} rows queued`);
        note = `${name}: ${events} events, ${run.deltas} deltas, ${made.requests} rows, ${run.answers.length} fetches`;
        if (round === 0) continue;
        ceiling = Math.min(ceiling, user + system);
        value = Math.min(value, run.micros);
      }
      figures.push({ name, value: value / events, ceiling: ceiling / events, unit: 'µs CPU/event', ...(atMost === undefined ? {} : { atMost }) });
      notes.push(note);
    }
  }
} finally {
  await database.close();
}
if ('lag'.startsWith(only)) {
  const asked = { hosts: 50, events: 1_000, seconds: 30 };
  const { frame, row, records, lost, cpu } = await measureLag(asked);
  // A lag that grows is many times as long by then; twice may be another's load.
  for (const [where, { first, last }] of [['frame', frame], ['row', row]] as const) {
    figures.push(
      { name: `lag, record to ${where}, p50 of the last fifth beside the first`, value: last.p50, ceiling: first.p50, unit: 'ms', atMost: 2 },
      { name: `lag, record to ${where}, p99 of the last fifth beside the first`, value: last.p99, ceiling: first.p99, unit: 'ms' },
    );
  }
  figures.push({ name: 'lag, records without a frame or a row', value: lost.frames + lost.rows, unit: 'records', atMost: 0 });
  figures.push({ name: 'lag, CPU of the program', value: (cpu * 1e6) / asked.events, unit: 'µs CPU/event' });
  notes.push(`lag: ${asked.hosts} hosts of the three generations, ${asked.events} events/s in all for ${asked.seconds} s, ${records} records; one client of fleet and activity; rows looked for every 100 ms over HTTP`);
}
report('ingest', figures, notes);

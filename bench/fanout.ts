/**
 * How many dashboards a core feeds: deliveries for a second of the server's CPU, beside ws `send(string)` and beside one pre-framed
 * Buffer; latency beside a bare TCP write to as many clients; memory of an idle and of a stalled client. The clients are a
 * process of their own. CPU and not wall time, because on a small machine the clients take their share of the cores.
 */
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { row } from '../test/support/rows.ts';
import { report } from './report.ts';
import type { Figure } from './report.ts';
import { bufferRival, droverRival, startClients, stringRival, tcpRival } from './support/fanout-servers.ts';
import type { Clients, Rival } from './support/fanout-servers.ts';

const quick = process.argv.includes('--quick');
const SIZES = quick ? [100, 1_000] : [100, 1_000, 5_000];
const LATENCY_SIZES = [100, 1_000];
/** Fewer are over before the compiler has settled: 100 clients with ten frames a tick came out at 4.6 instead of 6.7 times. */
const DELIVERIES = quick ? 600_000 : 1_000_000;
const REPEATS = 3;
/** Short: a tick's cost does not depend on its length, and what an idle process does meanwhile is not to be counted. */
const TICK_MS = 5;
/** Frames a tick when they are coalesced. */
const FRAMES_A_TICK = 10;
const DELTAS_PER_SECOND = 50;
const LATENCY_S = quick ? 4 : 12;
const IDLE = quick ? 2_000 : 5_000;
const STALLED = 20;
const KIB = 1_024;

const collect = globalThis.gc ?? ((): void => {});
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const quantile = (values: readonly number[], q: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;

async function withClients<T>(clients: Clients, rival: Rival, order: Partial<Parameters<Clients['open']>[0]> & { count: number }, run: () => Promise<T>): Promise<T> {
  await clients.open({ port: rival.port, speak: 'ws', every: 0, deaf: false, subscribe: true, ...order });
  while (rival.clients() < order.count) await pause(5);
  await pause(100);
  const result = await run();
  await clients.close();
  return result;
}

/** Deliveries for a second of CPU. `batch`: frames published together, then a tick is awaited. */
async function throughput(clients: Clients, rival: Rival, count: number, batch: number, tickMs: number): Promise<number> {
  return withClients(clients, rival, { count }, async () => {
    const rounds = Math.max(batch * 4, Math.ceil(DELIVERIES / count / REPEATS / batch) * batch);
    const play = async (times: number): Promise<void> => {
      for (let sent = 0; sent < times; sent += batch) {
        for (let i = 0; i < batch; i++) rival.send();
        if (tickMs > 0) await pause(tickMs);
        else await turn();
      }
    };
    /** All frames of that many rounds have arrived. */
    const arrived = async (before: number, times: number): Promise<void> => {
      for (let waited = 0; waited < 200; waited++) {
        if ((await clients.tell()).frames - before >= times * count) return;
        await pause(50);
      }
      throw new Error(`not all of ${times * count} frames arrived`);
    };
    const { frames: first } = await clients.tell();
    // Until the compiler has settled.
    await play(rounds);
    await arrived(first, rounds);
    const { frames: before } = await clients.tell();
    collect();
    const cpu = process.cpuUsage();
    await play(rounds);
    await pause(tickMs);
    const { user, system } = process.cpuUsage(cpu);
    await arrived(before, rounds);
    return (rounds * count * 1e6) / (user + system);
  });
}

async function latency(clients: Clients, rival: Rival, count: number, speak: 'ws' | 'tcp'): Promise<number[]> {
  return withClients(clients, rival, { count, speak, every: Math.max(1, count / 100) }, async () => {
    const everyMs = 1_000 / DELTAS_PER_SECOND;
    for (let i = 0; i < DELTAS_PER_SECOND; i++) {
      rival.send();
      await pause(everyMs);
    }
    await clients.tell();
    for (let i = 0; i < LATENCY_S * DELTAS_PER_SECOND; i++) {
      rival.send();
      await pause(everyMs);
    }
    await pause(200);
    return (await clients.tell()).latencies;
  });
}

async function settled(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await pause(100);
  }
  return process.memoryUsage().rss;
}

async function idleMemory(clients: Clients): Promise<Figure> {
  const rival = await droverRival(TICK_MS);
  // What a process needs once, code and pools, is there after the first of them.
  await withClients(clients, rival, { count: 500 }, async () => {});
  const before = await settled();
  const each = await withClients(clients, rival, { count: IDLE }, async () => ((await settled()) - before) / IDLE / KIB);
  await rival.close();
  return { name: `memory an idle client (${IDLE})`, value: each, unit: 'KB', atMost: 12 };
}

async function stalledMemory(clients: Clients): Promise<Figure> {
  const rival = await droverRival(0);
  const host = rival.view.host('gpu2');
  const rows = Array.from({ length: 100 }, (_, upstreamId) => row({ hostId: 'gpu2', upstreamId, error: 'x'.repeat(500) }));
  const figure = await withClients(clients, rival, { count: STALLED, deaf: true }, async () => {
    const before = await settled();
    let most = 0;
    for (let i = 0; i < 2_000 && rival.view.gate.counts.stalled < STALLED; i++) {
      host.change({ tags: rows.map(({ error }) => `${i}${error}`) });
      await turn();
      if (i % 10 === 0) most = Math.max(most, Math.max(...rival.view.sockets.map((socket) => socket.writableLength)));
    }
    if (rival.view.gate.counts.stalled < STALLED) throw new Error('not every deaf client was found stalled');
    const each = ((await settled()) - before) / STALLED / KIB;
    return { name: `memory a stalled client (${STALLED})`, value: Math.max(each, most / KIB), unit: 'KB', atMost: 1_024 };
  });
  await rival.close();
  return figure;
}

const clients = startClients();
const figures: Figure[] = [await idleMemory(clients), await stalledMemory(clients)];

const RIVALS = {
  string: { start: stringRival, batch: 1, tickMs: 0 },
  buffer: { start: bufferRival, batch: 1, tickMs: 0 },
  single: { start: () => droverRival(0), batch: 1, tickMs: 0 },
  // The pause ends with the flush, whose timer is the older one: awakened twice a tick, the process would pay what the others do not.
  ticked: { start: () => droverRival(TICK_MS), batch: FRAMES_A_TICK, tickMs: TICK_MS },
};
type Name = keyof typeof RIVALS;

for (const count of SIZES) {
  // Taken in turns, so that a busy moment of the machine falls on all; the ratio is the median of the turns'.
  const turns: Record<Name, number>[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const found: Record<Name, number> = { string: NaN, buffer: NaN, single: NaN, ticked: NaN };
    for (const name of Object.keys(RIVALS) as Name[]) {
      const { start, batch, tickMs } = RIVALS[name];
      const rival = await start();
      found[name] = await throughput(clients, rival, count, batch, tickMs);
      await rival.close();
    }
    turns.push(found);
  }
  const figure = (name: string, value: Name, ceiling: Name): Figure => ({
    name: `${count} clients, ${name}`, unit: 'deliveries/s of CPU', value: median(turns.map((one) => one[value])), ceiling: median(turns.map((one) => one[ceiling])),
    ratio: median(turns.map((one) => one[value] / one[ceiling])),
  });
  figures.push(
    figure('one pre-framed Buffer', 'buffer', 'string'),
    { ...figure('frame by frame', 'single', 'string'), atLeast: 1.2 },
    figure('frame by frame beside the Buffer', 'single', 'buffer'),
    { ...figure(`${FRAMES_A_TICK} frames a tick`, 'ticked', 'string'), atLeast: 5 },
  );
}

for (const count of LATENCY_SIZES) {
  // Taken in turns, so that a busy moment of the machine falls on both.
  const bare: number[] = [];
  const ours: number[] = [];
  for (let i = 0; i < 2; i++) {
    const tcp = await tcpRival();
    bare.push(...(await latency(clients, tcp, count, 'tcp')));
    await tcp.close();
    const drover = await droverRival(0);
    ours.push(...(await latency(clients, drover, count, 'ws')));
    await drover.close();
  }
  for (const [name, q] of [['p50', 0.5], ['p99', 0.99]] as const) {
    figures.push({ name: `latency ${name}, ${count} clients, ${DELTAS_PER_SECOND} deltas/s`, value: quantile(ours, q), unit: 'ms', ceiling: quantile(bare, q), atMost: 1.5 });
  }
}
clients.end();
report('fanout', figures, [
  'beside ws send(string), unless it says otherwise; latency beside a bare TCP write to as many clients',
  `frames of 444 bytes; memory is resident memory after a collection; ${DELIVERIES} deliveries a figure, median of ${REPEATS}`,
]);

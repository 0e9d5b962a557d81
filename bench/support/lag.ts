/** How long a host's record takes to a client of `/ws` and to its row, in the real program, while many hosts send at a steady rate. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { openDataFolder, startProgram } from './program.ts';

export interface Lag {
  /** ms, of the records of the first and the last fifth of the time. */
  frame: { first: Quantiles; last: Quantiles };
  row: { first: Quantiles; last: Quantiles };
  records: number;
  /** Records that came to no frame, or no row, within `GRACE_MS`. */
  lost: { frames: number; rows: number };
  /** Of the program, in cores, PostgreSQL apart. */
  cpu: number;
}
export interface Quantiles { p50: number; p99: number }

const GRACE_MS = 5_000;
/** A row is seen by asking: its lag is that much too long, half of it on average. */
const POLL_MS = 100;

export async function measureLag({ hosts, events, seconds }: { hosts: number; events: number; seconds: number }): Promise<Lag> {
  const crowd = fork(join(import.meta.dirname, 'traffic-hosts.js'), [String(hosts), String(events)]);
  const sent = new Map<string, number>();
  const framed = new Map<string, number>();
  const stored = new Map<string, number>();
  const [{ urls }] = (await once(crowd, 'message')) as [{ urls: string[] }];
  crowd.on('message', ({ rows }: { rows: [number, number, number][] }) => {
    for (const [host, id, at] of rows) sent.set(`h${host}/${id}`, at);
  });
  const see = (seen: Map<string, number>, rows: readonly ActivityRow[]): void => {
    const now = Date.now();
    for (const { hostId, upstreamId } of rows) if (!seen.has(`${hostId}/${upstreamId}`)) seen.set(`${hostId}/${upstreamId}`, now);
  };
  const folder = openDataFolder();
  const program = await startProgram(folder.path, { hosts: urls.map((url, index) => ({ id: `h${index}`, url })) });
  try {
    while ((await program.readyz())?.hosts.live !== hosts) await pause(50);
    await pause(5_000);
    const socket = new WebSocket(`${program.url.replace('http', 'ws')}/ws`);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string; rows: ActivityRow[] };
      if (frame.type === 'activity') see(framed, frame.rows);
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', topics: ['fleet', 'activity'] }));
    const cpuBefore = program.cpuS();
    crowd.send('begin');
    const begun = Date.now();
    const look = async (): Promise<void> => {
      const { rows } = (await (await fetch(`${program.url}/api/activity?limit=500`)).json()) as { rows: ActivityRow[] };
      see(stored, rows);
      await pause(POLL_MS);
    };
    while (Date.now() < begun + seconds * 1_000) await look();
    const end = Date.now();
    const cpu = (program.cpuS() - cpuBefore) / seconds;
    while (Date.now() < end + GRACE_MS && [...sent].some(([key, at]) => at < end && !(framed.has(key) && stored.has(key)))) await look();
    socket.terminate();
    const of = [...sent].filter(([, at]) => at >= begun && at < end);
    const fifth = (seen: Map<string, number>, part: number): Quantiles => {
      const span = (end - begun) / 5;
      const lags = of.filter(([key, at]) => seen.has(key) && Math.floor((at - begun) / span) === part).map(([key, at]) => seen.get(key)! - at).sort((a, b) => a - b);
      return { p50: lags[Math.floor(lags.length / 2)] ?? NaN, p99: lags[Math.floor(lags.length * 0.99)] ?? NaN };
    };
    const missing = (seen: Map<string, number>): number => of.filter(([key]) => !seen.has(key)).length;
    return {
      frame: { first: fifth(framed, 0), last: fifth(framed, 4) },
      row: { first: fifth(stored, 0), last: fifth(stored, 4) },
      records: of.length, lost: { frames: missing(framed), rows: missing(stored) }, cpu,
    };
  } finally {
    crowd.disconnect();
    await program.stop();
    folder.remove();
  }
}

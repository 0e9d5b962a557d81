/** The real program in a process of its own, as its users start it; and a dashboard that holds what the reference client holds. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { closed, createClient, opened, received, type Client, type StreamFrame } from '../../src/model/client.ts';
import { seeded } from './wall.ts';

const CLI = fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url));

export interface Program {
  /** Where it listens. */
  url: string;
  pid: number;
  dataDir: string;
  /** All it wrote to stdout and stderr. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with its exit status (null: by a signal). */
  ended: Promise<number | null>;
  /** GET, JSON. Throws for a status that is not 2xx. */
  get<T = any>(path: string): Promise<T>;
  request(path: string, init?: RequestInit): Promise<Response>;
}

export interface ProgramOptions {
  env?: Record<string, string>;
  /** A folder that outlives the program, for a second start. Default: a new one. */
  dataDir?: string;
  args?: string[];
}

/** A new data folder, gone with `remove`. Open to PostgreSQL's own account, so that an embedded cluster lies in it and goes with it. */
export async function dataFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'drover-test-'));
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Resolves when it listens. */
export async function startProgram(options: ProgramOptions = {}): Promise<Program> {
  const dataDir = options.dataDir ?? (await dataFolder()).path;
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env;
  const child: ChildProcess = spawn(process.execPath, [CLI, 'start', ...(options.args ?? [])], {
    // Nothing of the tester's own settings gets in.
    env: { PATH, HOME, LANG, DROVER_LISTEN: '127.0.0.1:0', DROVER_DATA_DIR: dataDir, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found) resolve(found[0]);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    void ended.then((code) => reject(new Error(`drover ended with ${code} before it listened:\n${output}`)));
  });
  const request = (path: string, init?: RequestInit): Promise<Response> => fetch(url + path, init);
  return {
    url, dataDir, ended, request,
    pid: child.pid!,
    output: () => output,
    kill: (signal) => void child.kill(signal),
    async get(path) {
      const response = await request(path);
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
      return response.json() as any;
    },
  };
}

export interface Dashboard {
  /** What the reference client holds now. */
  client(): Client;
  /** Stream frames in order of delivery. */
  frames(): readonly StreamFrame[];
  /** Resolves as soon as the condition holds, looked at after every frame; rejects after `limitMs` with what is held. */
  until<T>(condition: (client: Client, frames: readonly StreamFrame[]) => T | false | null | undefined, what: string, limitMs?: number): Promise<T>;
  /** Comes back by itself when the server closes it. */
  close(): void;
}

/** A dashboard on the real socket: follows `/ws` with the reference client, reconnects as it says. */
export function openDashboard(url: string, topics: readonly string[] = ['fleet', 'actors', 'activity', 'gaps', 'perf']): Dashboard {
  let client = createClient(topics);
  const frames: StreamFrame[] = [];
  const watchers = new Set<() => void>();
  let open = true;
  let socket: WebSocket;
  let timer: NodeJS.Timeout | undefined;
  const random = seeded(1);
  const take = (step: ReturnType<typeof received>): void => {
    client = step.client;
    for (const frame of step.send) socket.send(JSON.stringify(frame));
    frames.push(...step.deliver);
    for (const watch of watchers) watch();
  };
  const connect = (): void => {
    let since = 0;
    socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    socket.on('open', () => {
      since = performance.now();
      client = opened(client);
    });
    socket.on('message', (data) => take(received(client, (data as Buffer).toString())));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const next = closed(client, since === 0 ? 0 : performance.now() - since, random);
      client = next.client;
      for (const watch of watchers) watch();
      if (open) timer = setTimeout(connect, Math.min(next.reconnectMs, 200));
    });
  };
  connect();
  return {
    client: () => client,
    frames: () => frames,
    until: (condition, what, limitMs = 30_000) => new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        watchers.delete(watch);
        const states = [...client.fleet.hosts].map(([id, { state }]) => `${id} ${state.liveness.state} ${state.liveness.reason?.text ?? ''}`);
        reject(new Error(`not within ${limitMs} ms: ${what}. Held: ${states.join('; ') || 'no host'}; ${frames.length} stream frames; ${client.connection}`));
      }, limitMs);
      const watch = (): void => {
        const found = condition(client, frames);
        if (found === false || found === null || found === undefined) return;
        clearTimeout(limit);
        watchers.delete(watch);
        resolve(found);
      };
      watchers.add(watch);
      watch();
    }),
    close() {
      open = false;
      clearTimeout(timer);
      socket.close();
    },
  };
}

/** Asks again until the answer is as wanted: for what the database shows and no event announces. A database that is still starting is no answer. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, what: string, limitMs = 30_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const late = performance.now() > end;
    const answer = await ask().catch((error: unknown) => {
      if (late || !String(error).includes('"database_away"')) throw error;
      return undefined;
    });
    if (answer !== undefined && wanted(answer)) return answer;
    if (late) throw new Error(`not within ${limitMs} ms: ${what}. Last answer: ${JSON.stringify(answer).slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

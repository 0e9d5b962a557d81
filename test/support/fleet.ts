/** The real program over simulated hosts on real sockets and a database of its own: what tests of the contract drive. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket, type ClientOptions } from 'ws';
import type { SimHost, SimHostOptions } from '../../src/demo/sim-types.ts';
import { createSimHost } from '../../src/demo/sim-host.ts';
import { createTestDatabase } from './database.ts';
import { dataFolder, eventually, startProgram, type Program } from './program.ts';
import { seeded, wallClock } from './wall.ts';

const CLI = fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url));

export type SimSpec = Omit<SimHostOptions, 'clock' | 'random'>;

export async function simHost(spec: SimSpec = {}, seed = 1): Promise<{ host: SimHost; url: string }> {
  const host = createSimHost({ clock: wallClock, random: seeded(seed), ...spec });
  return { host, url: await host.listen() };
}

export interface Fleet {
  program: Program;
  sims: Record<string, SimHost>;
  urls: Record<string, string>;
  /** The whole program anew, over the same database and folder. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** `{status, body, headers}` of a JSON answer. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: any; headers: Headers }>;
  /** The host's document, once its state is as wanted. */
  host(id: string, wanted: (state: any) => boolean, what: string): Promise<any>;
  close(): Promise<void>;
}

/** Resolves when the database is ready; hosts are connecting. */
export async function startFleet(options: { sims?: Record<string, SimSpec>; env?: Record<string, string>; token?: string } = {}): Promise<Fleet> {
  const sims: Record<string, SimHost> = {};
  const urls: Record<string, string> = {};
  for (const [id, spec] of Object.entries(options.sims ?? {})) ({ host: sims[id], url: urls[id] } = await simHost(spec, Object.keys(sims).length + 1) as { host: SimHost; url: string });
  const [database, data] = await Promise.all([createTestDatabase(), dataFolder()]);
  const declared = Object.entries(urls).map(([id, url]) => `${id}=${url}`).join(',');
  const start = async (): Promise<Program> => {
    const program = await startProgram({
      dataDir: data.path,
      env: { DATABASE_URL: database.url, DROVER_LOG_LEVEL: 'warn', ...(declared === '' ? {} : { DROVER_HOSTS: declared }), ...(options.token === undefined ? {} : { DROVER_TOKEN: options.token }), ...options.env },
    });
    await eventually(() => program.request('/readyz'), ({ status }) => status === 200, 'ready');
    return program;
  };
  const fleet: Fleet = {
    program: await start(), sims, urls,
    async restart(signal = 'SIGTERM') {
      fleet.program.kill(signal);
      await fleet.program.ended;
      fleet.program = await start();
    },
    async ask(method, path, body, headers = {}) {
      const answer = await fleet.program.request(path, {
        method, redirect: 'manual',
        headers: { ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: /json/.test(answer.headers.get('content-type') ?? '') && !/ndjson/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text };
    },
    async host(id, wanted, what) {
      const { body } = await eventually(() => fleet.ask('GET', `/api/hosts/${id}`), (answer) => answer.status === 200 && wanted(answer.body.state), `${id}: ${what}`);
      return body;
    },
    async close() {
      fleet.program.kill('SIGTERM');
      await fleet.program.ended;
      await Promise.all(Object.values(sims).map((host) => host.close()));
      await database.drop();
      await data.remove();
    },
  };
  return fleet;
}

/** Runs the command to its end. */
export async function drover(args: string[], options: { env?: Record<string, string>; cwd?: string } = {}): Promise<{ code: number | null; out: string; err: string }> {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], { cwd: options.cwd, env: { PATH, HOME, LANG, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); });
  const [code] = await once(child, 'close');
  return { code: code as number | null, out, err };
}

/** A socket that does nothing by itself: every frame in order, and what is sent as it is given. */
export interface RawSocket {
  frames: any[];
  send(frame: unknown): void;
  /** The first frame from `from` on that fits; looked at as frames come. */
  next(fits: (frame: any) => boolean, what: string, from?: number): Promise<any>;
  closed: Promise<number>;
  close(): void;
  ws: WebSocket;
}

export async function rawSocket(url: string, options: ClientOptions = {}): Promise<RawSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, options);
  const frames: any[] = [];
  const watchers = new Set<() => void>();
  ws.on('message', (data, isBinary) => {
    frames.push(isBinary ? { type: 'BINARY' } : JSON.parse((data as Buffer).toString()));
    for (const watch of watchers) watch();
  });
  const closed = new Promise<number>((resolve) => ws.on('close', (code) => resolve(code)));
  ws.on('error', () => undefined);
  await once(ws, 'open');
  return {
    ws, frames, closed,
    send: (frame) => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: (fits, what, from = 0) => new Promise((resolve, reject) => {
      let at = from;
      const limit = setTimeout(() => {
        watchers.delete(watch);
        reject(new Error(`no ${what}; came: ${JSON.stringify(frames.slice(from)).slice(0, 3_000)}`));
      }, 20_000);
      const watch = (): void => {
        for (; at < frames.length; at += 1) {
          if (!fits(frames[at])) continue;
          clearTimeout(limit);
          watchers.delete(watch);
          resolve(frames[at]);
          return;
        }
      };
      watchers.add(watch);
      watch();
    }),
    close: () => ws.close(),
  };
}

/** RFC 3339 in UTC with microseconds. */
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

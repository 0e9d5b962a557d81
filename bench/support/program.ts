/** The real program (`dist`) and crowds of simulated hosts, each in a process of its own, and what the kernel says of them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

const CLI = join(process.cwd(), 'dist', 'cli', 'index.js');
/** Linux counts a process's CPU in these (USER_HZ). */
const TICK_S = 0.01;

export interface Program {
  url: string;
  pid: number;
  /** Collects all garbage in that process, so that what remains is held. */
  collect(): Promise<void>;
  /** Bytes. */
  rss(): number;
  /** s of CPU since it began, user and system. */
  cpuS(): number;
  /** One sample of `/metrics`, by its name with labels. */
  metric(name: string): Promise<number>;
  /** Resolves when it is ready and so many hosts are live. */
  allLive(wanted: number): Promise<void>;
  readyz(): Promise<{ ready: boolean; hosts: { live: number; total: number } } | null>;
  stop(): Promise<void>;
}

/** A folder of its own under which PostgreSQL's user may look. */
export function openDataFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'drover-bench-'));
  chmodSync(path, 0o755);
  return { path: join(path, 'data'), remove: () => rmSync(path, { recursive: true, force: true }) };
}

const environment = (more: Record<string, string>): Record<string, string> => {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env;
  return { PATH, HOME, LANG, ...more };
};

/** Resolves when it listens. `inspect`: with the inspector, which `collect` speaks to. `DROVER_BENCH_NODE_ARGS`: for profiles. */
export async function startProgram(dataDir: string, options: { hosts?: readonly { id: string; url: string }[]; inspect?: boolean; databaseUrl?: string } = {}): Promise<Program> {
  const { hosts = [], inspect = false, databaseUrl } = options;
  const extra = (process.env['DROVER_BENCH_NODE_ARGS'] ?? '').split(' ').filter(Boolean);
  const child = spawn(process.execPath, [...(inspect ? ['--inspect=127.0.0.1:0'] : []), ...extra, CLI, 'start'], {
    env: environment({ DROVER_LISTEN: '127.0.0.1:0', DROVER_DATA_DIR: dataDir, DROVER_LOG_LEVEL: 'warn', ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }), DROVER_HOSTS: hosts.map(({ id, url }) => `${id}=${url}`).join(',') }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const found = await firstMatches(child, { url: /listens on (http:\S+)/, ...(inspect ? { inspector: /(ws:\/\/\S+)/ } : {}) });
  const { url } = found as { url: string };
  const program: Program = {
    url,
    pid: child.pid!,
    collect: () => collectGarbage((found as { inspector: string }).inspector),
    rss: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    cpuS() {
      // After the name in brackets: state is field 3, utime 14 and stime 15.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_S;
    },
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      if (line === undefined) throw new Error(`/metrics has no ${name}`);
      return Number(line.slice(name.length));
    },
    async readyz() {
      const { ready, checks } = (await (await fetch(`${url}/readyz`)).json()) as { ready: boolean; checks: { hosts: { live: number; total: number } } };
      return { ready, hosts: checks.hosts };
    },
    async allLive(wanted) {
      for (;;) {
        const state = await program.readyz();
        if (state?.ready && state.hosts.live === wanted) return;
        await pause(50);
      }
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
  return program;
}

/** The first capture of each pattern in what the process writes. */
function firstMatches(child: ChildProcess, patterns: Record<string, RegExp>): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    let output = '';
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = Object.entries(patterns).map(([name, pattern]) => [name, pattern.exec(output)?.[1]] as const);
      if (found.every(([, match]) => match !== undefined)) resolve(Object.fromEntries(found) as Record<string, string>);
    };
    child.stdout!.on('data', look);
    child.stderr!.on('data', look);
    child.once('exit', (code) => reject(new Error(`drover ended with ${code} before it listened:\n${output}`)));
  });
}

function collectGarbage(inspector: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(inspector);
    socket.once('error', reject);
    socket.once('open', () => socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' })));
    socket.once('message', () => {
      socket.close();
      resolve();
    });
  });
}

export interface SimHosts {
  hosts: { id: string; url: string }[];
  /** Activity rows a second and host. */
  rate(rows: number): void;
  served(): Promise<number>;
  stop(): Promise<void>;
}

/** `models`: of each host, whose rows are then whole requests. */
export async function startSimHosts(count: number, { models = 0 }: { models?: number } = {}): Promise<SimHosts> {
  const child = spawn(process.execPath, [CLI, 'sim-hosts', '--count', String(count), '--models', String(models)], { env: environment({}), stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T> => JSON.parse((await lines.next()).value as string) as T;
  const order = (what: object): void => void child.stdin.write(`${JSON.stringify(what)}\n`);
  const { hosts } = await next<{ hosts: SimHosts['hosts'] }>();
  return {
    hosts,
    rate: (rows) => order({ rate: rows }),
    async served() {
      order({ served: true });
      return (await next<{ served: number }>()).served;
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

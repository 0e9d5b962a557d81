/**
 * A bad day from a seed, in the real program: simulated hosts at work that restart, reload, drop events, wrap their rings and change
 * their release, while Drover is ended and started again and its database connections are killed. Afterwards PostgreSQL must hold
 * exactly the rows that the hosts served, less recorded gaps, none twice.
 */
import type { Release } from '../../src/demo/releases.ts';
import { createSimHost } from '../../src/demo/sim-host.ts';
import type { SimHost } from '../../src/demo/sim-types.ts';
import type { Random } from '../../src/model/seams.ts';
import { ask } from './embedded.ts';
import { lawTwo } from './law2.ts';
import { eventually, startProgram, type Program } from './program.ts';
import { seeded, wallClock } from './wall.ts';

export interface ChaosDay {
  seed: number;
  /** How often Drover is ended and started again. */
  ends: number;
  dataDir: string;
  /** null: the embedded server. */
  databaseUrl: string | null;
  /** Where the database is now. */
  url(): string;
}

export interface ChaosResult {
  served: number;
  stored: number;
  gaps: number;
  restarts: number;
  /** What happened, in order; for the reader of a failing seed. */
  history: readonly string[];
}

/** Quick to notice, so that a day is short. */
const HASTE = {
  DROVER_LOG_LEVEL: 'warn', DROVER_LIMITS_BACKOFF_BASE_MS: '50', DROVER_LIMITS_BACKOFF_CAP_MS: '400',
  DROVER_LIMITS_PROBE_EVERY_MS: '500', DROVER_LIMITS_PROBE_PERF_EVERY_MS: '500', DROVER_LIMITS_PROBE_TIMEOUT_MS: '500', DROVER_LIMITS_PROBE_FAILURES_MS: '1500',
};

const FLEET: { release: Release; ring: number; store?: boolean }[] = [
  { release: 'v170', ring: 200 }, { release: 'v208', ring: 30 }, { release: 'v220', ring: 1_000 }, { release: 'v235', ring: 40 },
  { release: 'v250', ring: 25 }, { release: 'v250', ring: 1_000, store: true }, { release: 'after-v250', ring: 1_000 },
];
const RELEASES: Release[] = ['v208', 'v220', 'v235', 'v250', 'after-v250'];

/** Rejects, naming the seed, with what is wrong. */
export async function runChaos(day: ChaosDay): Promise<ChaosResult> {
  const random = seeded(day.seed);
  const began = performance.now();
  const history: string[] = [];
  const note = (what: string): void => void history.push(`${(performance.now() - began).toFixed(0).padStart(6)} ms  ${what}`);
  const hosts = FLEET.map(({ release, ring, store }, index) => ({
    id: `h${index}`,
    host: createSimHost({ clock: wallClock, random: seeded(day.seed * 100 + index), release, metricsMaxInMemory: ring, store: store ?? false, models: [{ id: 'm', loadMs: 5, stopMs: 1 }] }),
  }));
  const urls = await Promise.all(hosts.map(({ host }) => host.listen()));
  /** No two rows of a day are alike. */
  let tokens = 0;
  const row = () => ({ inputTokens: ++tokens, outputTokens: 1 + Math.floor(random.next() * 500) });
  const stops: (() => void)[] = [];
  const env = { ...HASTE, DROVER_HOSTS: hosts.map(({ id }, index) => `${id}=${urls[index]}`).join(), ...(day.databaseUrl === null ? {} : { DATABASE_URL: day.databaseUrl }) };
  const start = async (): Promise<Program> => {
    const started = await within(startProgram({ dataDir: day.dataDir, env }), 'Drover listening');
    note('Drover listens');
    return started;
  };
  let program = await start();
  const law = (): ReturnType<typeof lawTwo> => within(lawTwo(hosts, day.url()), 'an answer of the database');
  try {
    for (const { host } of hosts) host.record(row());
    // From here on every row has to be accounted for.
    await eventually(() => program.request('/readyz'), ({ status }) => status === 200, 'ready');
    await eventually(law, ({ stored }) => stored >= hosts.length, 'the first rows stored');
    for (const one of hosts) stops.push(work(one.id, one.host, random, row, note));
    for (let end = 0; end < day.ends; end += 1) {
      await pause(200 + random.next() * 1_500);
      if (day.databaseUrl !== null && random.next() < 0.5) {
        note('a connection to the database is killed');
        await within(ask(day.url(), 'SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2) AS backends'), 'the kill of a connection');
        await pause(random.next() * 400);
      }
      const signal = random.next() < 0.6 ? 'SIGKILL' : 'SIGTERM';
      note(`${signal} to Drover`);
      program.kill(signal);
      const status = await within(program.ended, `Drover's end after ${signal}`);
      if (signal === 'SIGTERM' && status !== 0) throw new Error(`Drover ended with ${status} after SIGTERM:\n${program.output()}`);
      await pause(random.next() * 500);
      program = await start();
    }
    await pause(500 + random.next() * 1_000);
    for (const stop of stops.splice(0)) stop();
    note('the trouble is over');
    for (const { host } of hosts) {
      host.dropNext(0);
      host.doubleNext(0);
      host.reverseNext(0);
    }
    await eventually(() => Promise.resolve(hosts.every(({ host }) => host.running && host.inflight === 0)), (well) => well, 'every host well');
    await eventually(() => program.get('/api/hosts'), ({ hosts: known }) => known.every(({ state }: any) => state.liveness.state === 'live'), 'every host live');
    // A row whose event was dropped shows with the next.
    for (const { host } of hosts) host.record(row());
    const { stored, gaps } = await eventually(law, ({ wrong }) => wrong.length === 0, 'PostgreSQL holds what the hosts served', 45_000);
    if (day.databaseUrl !== null) {
      program.kill('SIGTERM');
      const status = await within(program.ended, "Drover's last end");
      if (status !== 0) throw new Error(`Drover ended with ${status} after SIGTERM:\n${program.output()}`);
      const { wrong } = await law();
      if (wrong.length > 0) throw new Error(`after the last drain: ${wrong.join('\n')}`);
    }
    return { stored, gaps, served: hosts.reduce((sum, { host }) => sum + host.servedCount, 0), restarts: day.ends, history };
  } catch (error) {
    const found = await law().then(({ wrong }) => wrong, (fault: unknown) => [`the database does not answer: ${String(fault)}`]);
    const now = await within(standing(program), 'what Drover says').catch((fault: unknown) => String(fault));
    throw new Error(`seed ${day.seed}: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}\n${found.slice(0, 40).join('\n')}\n\nNow:\n${now}\n\nWhat happened:\n${history.slice(-400).join('\n')}\n\nDrover said:\n${program.output().slice(-4_000)}`, { cause: error });
  } finally {
    for (const stop of stops) stop();
    program.kill('SIGTERM');
    await within(program.ended, '').catch(() => program.kill('SIGKILL'));
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}

/** Far more than it may take: what hangs says so, and where. */
const PATIENCE_MS = 30_000;
function within<T>(promise: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not within ${PATIENCE_MS} ms: ${what}`)), PATIENCE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What Drover says of itself, for the reader of a failing seed. */
async function standing(program: Program): Promise<string> {
  const [{ hosts }, { actors }, ready] = await Promise.all([program.get('/api/hosts'), program.get('/debug/actors'), program.request('/readyz').then((answer) => answer.text())]);
  return [
    ...hosts.map(({ id, state }: any) => `${id}: ${state.liveness.state} since ${state.liveness.since}, generation ${state.generation}, boot ${state.bootEpoch}`),
    ...actors.filter(({ kind }: any) => kind === 'worker').map(({ path, state, since, incarnation, queued, lastExit }: any) => `${path}: ${state} since ${since}, incarnation ${incarnation}, queued ${queued}, last exit ${lastExit?.reason ?? 'none'}`),
    ready,
  ].join('\n');
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A host at work and in trouble. Returns its end. */
function work(id: string, host: SimHost, random: Random, row: () => { inputTokens: number; outputTokens: number }, note: (what: string) => void): () => void {
  const upTo = (most: number): number => 1 + Math.floor(random.next() * most);
  let timer: NodeJS.Timeout | undefined;
  const trouble = (roll: number): void => {
    if (roll < 0.2) {
      const aftermath = random.next() < 0.3;
      note(`${id} drops events${aftermath ? ', as its release does' : ''}`);
      host.dropNext(upTo(5), { kinds: ['metrics', 'activity'], aftermath });
    } else if (roll < 0.3) host.doubleNext(upTo(4));
    else if (roll < 0.4) host.reverseNext(1 + upTo(4));
    else if (roll < 0.5) {
      note(`${id} ends its streams`);
      host.endStreams(random.next() < 0.5 ? 'cut' : 'complete');
    } else if (roll < 0.75) {
      const how = random.next() < 0.5 ? 'kill' : 'term';
      const downMs = random.next() < 0.3 ? 0 : upTo(400);
      note(`${id} restarts (${how}, ${downMs} ms)`);
      host.restart(how, { downMs });
    } else if (roll < 0.9) {
      note(`${id} reloads`);
      host.reload();
    } else {
      const release = RELEASES[Math.floor(random.next() * RELEASES.length)]!;
      note(`${id} becomes ${release}`);
      host.upgrade(release, { downMs: upTo(200) });
    }
  };
  const step = (): void => {
    const roll = random.next();
    if (roll < 0.9) host.record(row());
    else if (roll < 0.94) host.request({ ...row(), durationMs: upTo(60) });
    else if (roll < 0.95) for (let left = upTo(60); left > 0; left -= 1) host.record(row());
    else if (roll < 0.985) host.log('upstream', `slot ${upTo(1_000)} done\n`);
    else if (host.running) trouble(random.next());
    timer = setTimeout(step, random.next() * 50);
  };
  step();
  return () => clearTimeout(timer);
}

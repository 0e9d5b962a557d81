// The postgres actor over an embedded server on a small disk: `node disk-full-child.mjs <compiled sources> <folder>`.
// Says each change of its status, and what a command led to, in a line of JSON. Commands: fill, write, pause (many tries long), count, free, stop.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';

const [, , sources, folder] = process.argv;
const { createPostgres } = await import(join(sources, 'actors', 'database', 'postgres.js'));
const { classify } = await import(join(sources, 'io', 'postgres', 'errors.js'));
const { LIMITS } = await import(join(sources, 'model', 'limits.js'));

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const clock = { now: () => Date.now(), monotonic: () => performance.now(), setTimeout, clearTimeout };
const postgres = createPostgres({
  target: { kind: 'embedded', folder: join(folder, 'pg') },
  clock,
  random: { next: Math.random, id: () => 'id' },
  // Every change of the status is one line of the log.
  log: pino({ level: 'info' }, { write: (line) => say({ state: JSON.parse(line).state, reason: postgres.status().reason }) }),
  refused: () => undefined,
  limits: { database: { ...LIMITS.database, baseMs: 20, capMs: 100 }, drain: LIMITS.drain },
  embedded: { settings: { fsync: 'off' } },
});
const abort = new AbortController();
const { actor } = postgres.start({ path: 'postgres', incarnation: 1, signal: abort.signal, clock, probe: { state() {}, handled() {}, queued() {} } });
actor.subscribe({ complete: () => process.exit(0), error: (error) => say({ crash: String(error) }) });
actor.start();

const ballast = join(folder, 'ballast');
const commands = {
  fill() {
    const file = openSync(ballast, 'w');
    for (const size of [1 << 20, 4096, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      }
    }
    closeSync(file);
    return 'filled';
  },
  free() {
    rmSync(ballast);
    return 'freed';
  },
  async write() {
    const { generation } = postgres.current() ?? { generation: 0 };
    try {
      await postgres.pools.writers.unsafe('create table if not exists kept (text text); insert into kept select repeat(md5(n::text), 30) from generate_series(1, 3000) as n').simple();
      return 'written';
    } catch (error) {
      postgres.report(error, generation);
      return classify(error);
    }
  },
  pause: () => new Promise((resolve) => setTimeout(resolve, 600, 'paused')),
  async count() {
    return (await postgres.pools.reads`select count(*)::int as rows from kept`)[0].rows;
  },
  stop() {
    actor.send({ type: 'shutdown' });
    return 'stopping';
  },
};
for await (const command of createInterface({ input: process.stdin })) say({ did: await commands[command]() });

/** Runs the postgres actor as its supervisor would, and waits for what it says. */
import type { AnyActor } from 'xstate';
import { pino } from 'pino';
import { createPostgres, type Postgres, type PostgresDeps } from '../../src/actors/database/postgres.ts';
import type { DatabaseFault } from '../../src/io/postgres/fault.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { seeded, wallClock } from './wall.ts';

export interface RunningPostgres extends Postgres {
  refusals: DatabaseFault[];
  /** Errors that would be crashes. */
  crashes: unknown[];
  /** Resolves when the status, now or later, passes. Rejects after 20 s with the status of then. */
  until(passes: (status: ReturnType<Postgres['status']>) => boolean): Promise<void>;
  /** What a drain does. Resolves when the actor has ended. */
  shutdown(): Promise<void>;
  /** What brutal_kill does. */
  kill(): void;
  /** Another incarnation. */
  startAgain(): void;
}

/** Short waits, so that tests are quick; everything else as in the product. */
export const QUICK = { database: { ...LIMITS.database, healthMs: 100, answerMs: 500, connectMs: 2_000, lockWaitMs: 300, baseMs: 20, capMs: 100 }, drain: LIMITS.drain };

export function runPostgres(deps: Pick<PostgresDeps, 'target'> & Partial<PostgresDeps>): RunningPostgres {
  const refusals: DatabaseFault[] = [];
  const crashes: unknown[] = [];
  const postgres = createPostgres({ clock: wallClock, random: seeded(1), log: pino({ level: 'silent' }), limits: QUICK, refused: (fault) => refusals.push(fault), ...deps });
  let actor: AnyActor;
  let abort: AbortController;
  let incarnation = 0;
  const startAgain = (): void => {
    abort = new AbortController();
    const started = postgres.start({
      path: 'drover/database/postgres',
      incarnation: ++incarnation,
      signal: abort.signal,
      clock: wallClock,
      probe: { state: () => undefined, handled: () => undefined, queued: () => undefined },
    });
    if (started instanceof Promise || started.kind !== 'ok') throw new Error('expected an actor');
    actor = started.actor;
    actor.subscribe({ error: (error: unknown) => crashes.push(error) });
    actor.start();
  };
  startAgain();
  return {
    ...postgres,
    refusals,
    crashes,
    startAgain,
    async until(passes) {
      const deadline = performance.now() + 20_000;
      while (!passes(postgres.status())) {
        if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(postgres.status())}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    shutdown: () => new Promise<void>((resolve) => {
      const end = (): void => {
        abort.abort();
        resolve();
      };
      if (actor.getSnapshot().status !== 'active') return end();
      actor.subscribe({ complete: end, error: end });
      actor.send({ type: 'shutdown' });
    }),
    kill() {
      actor.stop();
      abort.abort();
    },
  };
}

/**
 * The database's life: the embedded server when it is ours, the connections, the lock of one Drover per database, migrations.
 *
 *   starting ──▶ migrating ──▶ ready ──▶ away ──▶ migrating …     what fails leads to `away`, which waits and tries again
 *      └───────────┴─▶ refused                                    only before the first ready of the process, and ends it
 *
 * Only a connection that holds the lock is ever offered: when the one of health and leases is lost, everything is away, and
 * another Drover may be the next to hold it.
 */
import { assign, fromPromise, setup } from 'xstate';
import type { Connection } from '../../io/postgres/connection.ts';
import { DatabaseFault } from '../../io/postgres/fault.ts';
import { backoffDelay } from '../../model/backoff.ts';
import { deferred } from '../../model/deferred.ts';
import type { Limits } from '../../model/limits.ts';
import type { Clock, Random } from '../../model/seams.ts';
import type { ShutdownEvent } from '../child.ts';

export type DatabaseState = 'starting' | 'away' | 'migrating' | 'ready' | 'refused';

export interface PostgresBody {
  clock: Clock;
  random: Random;
  limits: Limits['database'];
  connection: Connection;
  stopMs: number;
  /** False once the database has been ready in this process. */
  mayRefuse(): boolean;
  say(state: DatabaseState, fault: DatabaseFault | null): void;
  ready(): void;
  /** Whatever was offered is so no more. */
  leave(fault: DatabaseFault): void;
  refused(fault: DatabaseFault): void;
  /** Takes the way in which somebody who met an error makes us look; with a fault there is nothing left to look at. */
  onPoke(listener: (fault: DatabaseFault | null) => void): void;
}

interface Memory {
  fault: DatabaseFault | null;
  /** Failures since the last healthy stretch. */
  failures: number;
  /** null: it is not ready. */
  readySince: number | null;
}

export function createPostgresMachine(body: PostgresBody) {
  const { clock, limits, connection } = body;
  const wait = (ms: number, signal: AbortSignal): Promise<null> => new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve(null), ms);
    signal.addEventListener('abort', () => {
      clock.clearTimeout(timer);
      resolve(null);
    }, { once: true });
  });
  const open = fromPromise<void, Memory>(async ({ input, signal }) => {
    // The first try after a healthy stretch is made at once: a killed connection is back before anybody notices.
    if (input.failures > 0) await wait(backoffDelay(input.failures - 1, limits, body.random), signal);
    if (!signal.aborted) await connection.open({ signal, tryDisk: input.fault?.code === 'disk_full' });
  });
  const watch = fromPromise(async ({ signal }) => {
    while (!signal.aborted) {
      const poked = deferred<DatabaseFault | null>();
      body.onPoke((fault) => poked.resolve(fault));
      const pause = new AbortController();
      const found = await Promise.race([connection.lost(), poked.promise, wait(limits.healthMs, AbortSignal.any([signal, pause.signal]))]);
      pause.abort();
      if (found) throw found;
      if (!signal.aborted) await connection.ping();
    }
  });

  /** A fault is an outcome; any other error is a crash. */
  const faultOf = (error: unknown): DatabaseFault => {
    if (error instanceof DatabaseFault) return error;
    throw error;
  };
  const errorOf = (event: object): unknown => ('error' in event ? event.error : undefined);
  const failed = [
    { guard: 'refuses', target: 'refused', actions: 'refuse' },
    { target: 'away', reenter: true, actions: ['leave', 'countFailure'] },
  ] as const;

  return setup({
    types: { context: {} as Memory, events: {} as ShutdownEvent },
    actors: { open, watch, migrate: fromPromise(() => connection.migrate()), stop: fromPromise(() => connection.stop(body.stopMs)) },
    guards: {
      refuses({ event }) {
        const error = errorOf(event);
        return error instanceof DatabaseFault && error.refused && body.mayRefuse();
      },
    },
    actions: {
      refuse({ event }) {
        const fault = faultOf(errorOf(event));
        body.leave(fault);
        body.say('refused', fault);
        body.refused(fault);
      },
      leave: ({ event }) => body.leave(faultOf(errorOf(event))),
      countFailure: assign(({ context, event }) => {
        const healthy = context.readySince !== null && clock.monotonic() - context.readySince >= limits.healthyMs;
        return { fault: faultOf(errorOf(event)), failures: healthy ? 0 : context.failures + 1, readySince: null };
      }),
    },
  }).createMachine({
    id: 'postgres',
    initial: 'starting',
    context: { fault: null, failures: 0, readySince: null },
    on: { shutdown: '.stopping' },
    states: {
      starting: {
        invoke: {
          src: 'open',
          input: ({ context }) => context,
          onDone: 'migrating',
          onError: failed,
        },
      },
      migrating: {
        entry: () => body.say('migrating', null),
        invoke: {
          src: 'migrate',
          onDone: 'ready',
          onError: failed,
        },
      },
      ready: {
        entry: [assign({ readySince: () => clock.monotonic(), fault: null }), () => body.ready()],
        invoke: {
          src: 'watch',
          onError: failed,
        },
      },
      away: {
        entry: ({ context }) => body.say('away', context.fault),
        invoke: {
          src: 'open',
          input: ({ context }) => context,
          onDone: 'migrating',
          onError: failed,
        },
      },
      refused: {},
      stopping: {
        entry: () => {
          const fault = new DatabaseFault('stopping', 'Drover is going away');
          body.leave(fault);
          body.say('away', fault);
        },
        invoke: { src: 'stop', onDone: 'stopped', onError: 'stopped' },
        on: { shutdown: {} },
      },
      stopped: { type: 'final' },
    },
  });
}

/** The database as the rest of Drover sees it: ready with pools, or away with a reason. Its life is postgres-machine.ts. */
import type { Logger } from 'pino';
import { openConnection, type Connection, type EmbeddedServerOptions } from '../../io/postgres/connection.ts';
import { isDiskFull } from '../../io/postgres/errors.ts';
import { DatabaseFault } from '../../io/postgres/fault.ts';
import { createSwitchedPools, type Pools } from '../../io/postgres/pools.ts';
import type { DatabaseTarget } from '../../io/postgres/url.ts';
import { LIMITS, type Limits } from '../../model/limits.ts';
import type { Clock, Random } from '../../model/seams.ts';
import { timeOfMs } from '../../model/time.ts';
import type { ChildContext, Start } from '../child.ts';
import { startMachine } from '../observed.ts';
import { createPostgresMachine, type DatabaseState } from './postgres-machine.ts';

export interface PostgresDeps {
  target: DatabaseTarget;
  clock: Clock;
  random: Random;
  log: Logger;
  /** The first start was refused: end the process with this one line (it says what to do), exit status 1. Called at most once. */
  refused(fault: DatabaseFault): void;
  limits?: { database: Limits['database']; drain: Limits['drain'] };
  /** For tests: settings and binaries of the embedded server. */
  embedded?: EmbeddedServerOptions;
}

/** What is ready. Results of an older generation than `current()`'s are of connections that are gone. */
export interface DatabaseSession { readonly generation: number; readonly pools: Pools }

/** One per process; it outlives the actor's incarnations. */
export interface Postgres {
  /** The child `postgres` of `database`. It drains: on `shutdown` the embedded server is stopped. */
  readonly start: Start;
  /** The same objects for ever; while not ready every query on them rejects at once (`classify`: 'away'). */
  readonly pools: Pools;
  /** null: not ready. */
  current(): DatabaseSession | null;
  status(): { state: DatabaseState; reason: string | null; since: string };
  /** Called at each change to ready, and at once if it is. Returns the unsubscribe. A listener must not throw. */
  onReady(listener: (session: DatabaseSession) => void): () => void;
  /** Called at each change from ready. */
  onAway(listener: (fault: DatabaseFault) => void): () => void;
  /** A query of `generation` failed with an error of class 'away': the health is looked at now, not at the next tick. A full disk makes it 'away'. */
  report(error: unknown, generation: number): void;
  /** For the beginning of a drain: makes the embedded server's later stop short. Never rejects; does nothing else. */
  checkpoint(): Promise<void>;
}

export function createPostgres(deps: PostgresDeps): Postgres {
  const limits = deps.limits ?? LIMITS;
  const switched = createSwitchedPools();
  const onReady = new Set<(session: DatabaseSession) => void>();
  const onAway = new Set<(fault: DatabaseFault) => void>();
  let status: { state: DatabaseState; reason: string | null; since: string } = { state: 'starting', reason: null, since: timeOfMs(deps.clock.now()) };
  let session: DatabaseSession | null = null;
  let connection: Connection | null = null;
  let generation = 0;
  let everReady = false;
  let poke: (fault: DatabaseFault | null) => void = () => undefined;

  const say = (state: DatabaseState, fault: DatabaseFault | null): void => {
    const reason = fault === null ? null : faultLine(fault);
    if (state === status.state && reason === status.reason) return;
    status = { state, reason, since: state === status.state ? status.since : timeOfMs(deps.clock.now()) };
    if (fault && fault.code !== 'stopping') deps.log.warn({ err: fault, state }, 'database');
    else deps.log.info({ state }, 'database');
  };
  const becomeReady = (opened: Connection): void => {
    everReady = true;
    session = { generation: ++generation, pools: opened.pools };
    switched.switchTo(opened.pools);
    say('ready', null);
    for (const listener of onReady) listener(session);
  };
  /** Before the connections are cut, so that their queries' errors find it away. */
  const leave = (fault: DatabaseFault): void => {
    const was = session;
    session = null;
    switched.switchTo(null);
    connection?.close();
    if (was) for (const listener of onAway) listener(fault);
  };

  const start: Start = (context: ChildContext) => {
    const opened = openConnection({ target: deps.target, limits: limits.database, embedded: deps.embedded });
    connection = opened;
    const machine = createPostgresMachine({
      clock: context.clock,
      random: deps.random,
      limits: limits.database,
      connection: opened,
      stopMs: limits.drain.databaseMs,
      mayRefuse: () => !everReady,
      say,
      ready: () => becomeReady(opened),
      leave,
      refused: (fault) => deps.refused(fault),
      onPoke: (listener) => {
        poke = listener;
      },
    });
    context.signal.addEventListener('abort', () => {
      if (connection === opened) leave(new DatabaseFault('lost', 'the database actor was stopped'));
      opened.close();
    }, { once: true });
    return startMachine(context, machine, { drains: true });
  };

  return {
    start,
    pools: switched,
    current: () => session,
    status: () => status,
    onReady(listener) {
      onReady.add(listener);
      if (session) listener(session);
      return () => onReady.delete(listener);
    },
    onAway(listener) {
      onAway.add(listener);
      return () => onAway.delete(listener);
    },
    report(error, of) {
      if (session?.generation === of) poke(isDiskFull(error) ? new DatabaseFault('disk_full', "the database's disk is full", { cause: error }) : null);
    },
    async checkpoint() {
      if (session) await connection?.checkpoint();
    },
  };
}

/** One line for people: the code, what is the matter, and what to do. */
export function faultLine(fault: DatabaseFault): string {
  return `${fault.code}: ${fault.message}`;
}

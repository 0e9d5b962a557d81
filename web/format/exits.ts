/** How an actor ended, for people. */
import type { ActorStatus } from '../../src/model/status.ts';
import { msOfTime } from '../../src/model/time.ts';

const ORDERED = new Set(['normal', 'shutdown', 'killed']);

/** An end that nobody ordered. */
export function isCrash(exit: ActorStatus['lastExit']): exit is NonNullable<ActorStatus['lastExit']> {
  return exit !== null && !ORDERED.has(exit.reason);
}

/** Whether it crashed after the time, ms since 1970. */
export function crashedSince({ lastExit }: Pick<ActorStatus, 'lastExit'>, ms: number): boolean {
  return isCrash(lastExit) && msOfTime(lastExit.at) > ms;
}

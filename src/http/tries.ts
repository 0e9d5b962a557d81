/**
 * Failed tries by address: after so many within a window no more are judged, the right one neither, or guessing would go on.
 * The address is the connection's: a header such as X-Forwarded-For could be given by whoever guesses. So those who come through the
 * same proxy share their tries. Sessions are no tries: who is signed in stays so.
 */
import type { Clock } from '../model/seams.ts';

export interface Tries {
  /** Seconds until this address may try again; 0: now. */
  waitS(address: string): number;
  failed(address: string): void;
}

/** Addresses remembered; beyond, the one that failed first goes. */
const MOST = 10_000;

export function createTries(clock: Pick<Clock, 'monotonic'>, { most, windowMs }: { most: number; windowMs: number }): Tries {
  /** In the order of their first failure; a window begins with it. */
  const addresses = new Map<string, { since: number; failures: number }>();
  const known = (address: string): { since: number; failures: number } | undefined => {
    const found = addresses.get(address);
    if (found === undefined || clock.monotonic() < found.since + windowMs) return found;
    addresses.delete(address);
    return undefined;
  };
  return {
    waitS(address) {
      const found = known(address);
      return found === undefined || found.failures < most ? 0 : Math.ceil((found.since + windowMs - clock.monotonic()) / 1000);
    },
    failed(address) {
      const found = known(address);
      if (found !== undefined) {
        found.failures += 1;
        return;
      }
      const [oldest] = addresses.keys();
      if (addresses.size >= MOST && oldest !== undefined) addresses.delete(oldest);
      addresses.set(address, { since: clock.monotonic(), failures: 1 });
    },
  };
}

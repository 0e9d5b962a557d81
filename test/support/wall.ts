/** The real clock and a seeded chance, for tests that drive real sockets. */
import type { Clock, Random } from '../../src/model/seams.ts';

export const wallClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
};

export function seeded(seed: number): Random {
  let state = seed % 2_147_483_646 + 1;
  const next = (): number => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return { next, id: () => Array.from({ length: 22 }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[Math.floor(next() * 36)]).join('') };
}

/** The machine's own clock and chance: the real ones behind the seams. */
import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../model/seams.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
};

export const systemRandom: Random = {
  next: () => Math.random(),
  id: () => randomBytes(16).toString('base64url'),
};

import type { Random } from '../../src/model/seams.ts';

/** Chance that repeats: ids count up, `next` is always the middle. */
export function counterRandom(): Random {
  let ids = 0;
  return {
    next: () => 0.5,
    id: () => `id-${(ids += 1)}`,
  };
}

/** Runs a history, and makes a failing one shorter. */
import type { History } from './history.ts';
import { brokenLaws } from './laws.ts';
import { createWorld } from './world.ts';

export async function runHistory(history: History): Promise<string[]> {
  const world = createWorld(history);
  try {
    for (const event of history.events) {
      if (event.at > world.clock.monotonic()) await world.clock.run(event.at - world.clock.monotonic());
      world.act(event);
    }
    await world.clock.run(Math.max(0, history.lengthMs - world.clock.monotonic()));
    await world.heal();
    return brokenLaws(world);
  } finally {
    world.end();
  }
}

/** Leaves out events, first many, then single ones, as long as it still fails; at most so many runs. */
export async function shrink(history: History, runs = 300): Promise<History> {
  let best = history;
  let left = runs;
  for (let size = Math.ceil(best.events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.events.length && left > 0; ) {
      left -= 1;
      const shorter = { ...best, events: best.events.filter((_, index) => index < from || index >= from + size) };
      if ((await runHistory(shorter)).length > 0) best = shorter;
      else from += size;
    }
  }
  return best;
}

/** Law 2 over histories drawn from seeds; `npm run sim` runs thousands. */
import { expect, test } from 'vitest';
import { describe as describeHistory, drawHistory } from './sim/history.ts';
import { runHistory, shrink } from './sim/run.ts';

const SEEDS = 200;
const GROUP = 20;

test.each(Array.from({ length: SEEDS / GROUP }, (_, group) => 1 + group * GROUP))(`rows stored are rows served minus recorded gaps, none twice: ${GROUP} seeds from %i`, async (from) => {
  for (let seed = from; seed < from + GROUP; seed++) {
    const history = drawHistory(seed);
    if ((await runHistory(history)).length === 0) continue;
    const shortest = await shrink(history, 100);
    expect.fail(`${describeHistory(shortest)}\n${(await runHistory(shortest)).slice(0, 20).join('\n')}`);
  }
}, 300_000);

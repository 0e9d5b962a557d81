/** `npm run sim -- [--seed N] [--seeds K] [--days D]`: K histories from seed N on (the one of a seed that is named, else 1,000 from seed 1); exit status 1 and the shortest history found at the first that fails. */
import { parseArgs } from 'node:util';
import { describe, drawHistory } from './history.ts';
import { runHistory, shrink } from './run.ts';

const { values } = parseArgs({ options: { seed: { type: 'string' }, seeds: { type: 'string' }, days: { type: 'string', default: '0.01' }, all: { type: 'boolean', default: false } } });
const first = Number(values.seed ?? 1);
const count = Number(values.seeds ?? (values.seed === undefined ? 1_000 : 1));
const days = Number(values.days);
let failed = 0;
const began = process.hrtime.bigint();
for (let seed = first; seed < first + count; seed++) {
  const history = drawHistory(seed, days);
  const wrong = await runHistory(history);
  if (wrong.length === 0) continue;
  failed += 1;
  if (values.all) {
    console.log(`seed ${seed}: ${wrong.length} broken: ${wrong[0]}`);
    continue;
  }
  const shortest = await shrink(history);
  console.error(`${describe(shortest)}\n${(await runHistory(shortest)).slice(0, 20).join('\n')}`);
  break;
}
console.log(`${failed === 0 ? `${count} histories from seed ${first} hold` : `${failed} failed`} (${Number((process.hrtime.bigint() - began) / 1_000_000n)} ms)`);
process.exitCode = failed === 0 ? 0 : 1;

// `npm run bench -- NAME [--json]`: builds `.cache/tools`, then runs bench/NAME.ts in a process of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => name !== 'report')
  .sort();
const [name, ...args] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run bench -- NAME [--json]\nNAME is one of: ${names.join(', ')}`);
  process.exit(1);
}
const run = (file, rest) => spawnSync(process.execPath, ['--expose-gc', file, ...rest], { cwd: root, stdio: 'inherit' }).status ?? 1;
const built = run(join(root, 'tools', 'build.mjs'), ['tools']);
if (built !== 0) process.exit(built);
const file = join(root, '.cache', 'tools', 'bench', `${name}.js`);
if (!existsSync(file)) {
  console.error(`bench: ${file} was not built`);
  process.exit(1);
}
process.exit(run(file, args));

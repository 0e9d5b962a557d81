// Compiles what is stale and nothing else. `node tools/build.mjs [tools]`: `dist/` from src/, `web/dist/` (the cockpit) from web/
// and src/model/, and with `tools` also `.cache/tools/` (benchmarks and the simulation). A stamp holds a hash of every input's
// path, size and time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const targets = [
  { tool: 'tsc', args: ['-p', 'tsconfig.build.json'], project: 'tsconfig.build.json', out: 'dist', inputs: ['src'] },
  { tool: 'vite', args: ['build', 'web', '--logLevel', 'warn'], project: 'web/vite.config.ts', out: 'web/dist', inputs: ['web', 'src/model'] },
];
if (process.argv.includes('tools')) {
  targets.push({ tool: 'tsc', args: ['-p', 'tsconfig.tools.json'], project: 'tsconfig.tools.json', out: '.cache/tools', inputs: ['src', 'bench', 'test'] });
}

/** @param {string} folder */
function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'fixtures', 'dist'].includes(entry.name)) yield* files(path);
    } else if (/\.(ts|tsx|js|css|html|svg|sql|json)$/.test(entry.name)) yield path;
  }
}

for (const { tool, args, project, out, inputs } of targets) {
  const hash = createHash('sha256').update(process.version);
  for (const file of ['tsconfig.json', project, 'package-lock.json']) hash.update(readFileSync(join(root, file)));
  for (const input of inputs) {
    if (!existsSync(join(root, input))) continue;
    for (const path of [...files(join(root, input))].sort((a, b) => (a < b ? -1 : 1))) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${path}\0${size}\0${mtimeMs}\n`);
    }
  }
  const want = hash.digest('hex');
  const stamp = join(root, out, '.stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) continue;
  const compiler = join(root, 'node_modules', '.bin', tool);
  if (!existsSync(compiler)) {
    // `npm ci --omit=dev` runs `prepare` without compilers: what was finished before is then all there is.
    if (existsSync(join(root, out))) continue;
    console.error(`drover: ${out}/ is missing and ${tool} is not installed: run "npm ci" first.`);
    process.exit(1);
  }
  rmSync(join(root, out), { recursive: true, force: true });
  // A test's NODE_ENV would bundle React for development.
  const { status } = spawnSync(compiler, args, { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'production' } });
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, want);
}

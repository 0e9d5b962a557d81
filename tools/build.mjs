// Compiles what is stale and nothing else. `node tools/build.mjs [tools]`: `dist/` from src/, and with `tools` also
// `.cache/tools/` (benchmarks and the simulation). A stamp holds a hash of every input's path, size and time.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const targets = { dist: { project: 'tsconfig.build.json', out: 'dist', inputs: ['src'] } };
if (process.argv.includes('tools')) {
  targets.tools = { project: 'tsconfig.tools.json', out: '.cache/tools', inputs: ['src', 'bench', 'test'] };
}

/** @param {string} folder */
function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'fixtures') yield* files(path);
    } else if (/\.(ts|tsx|js|css|html|svg|sql|json)$/.test(entry.name)) yield path;
  }
}

for (const [name, { project, out, inputs }] of Object.entries(targets)) {
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
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  if (!existsSync(tsc)) {
    // `npm ci --omit=dev` runs `prepare` without a compiler: a finished dist/ is then all there is.
    if (existsSync(join(root, out))) continue;
    console.error(`drover: ${out}/ is missing and TypeScript is not installed: run "npm ci" first.`);
    process.exit(1);
  }
  rmSync(join(root, out), { recursive: true, force: true });
  const { status } = spawnSync(tsc, ['-p', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  // What tsc leaves: the page's own files.
  const page = join('src', 'http', 'page');
  cpSync(join(root, page), join(root, out, name === 'dist' ? join('http', 'page') : page), { recursive: true });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, want);
}

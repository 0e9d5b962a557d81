/** The sources as a plain Node process can run them: Node 20 reads no TypeScript. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A folder like dist/, freshly made (unchecked: quick). Remove it afterwards. It lies inside the package, so that imports and migrations are found. */
export function compileSource(): string {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache', 'test-dist-'));
  chmodSync(folder, 0o755);
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json', '--outDir', folder, '--sourceMap', 'false', '--noCheck'], { cwd: ROOT });
  return folder;
}

/** What `npm run build` makes; what is not stale is left as it is. Returns what it said. */
export async function buildProgram(): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, 'tools', 'build.mjs')]);
  return stdout + stderr;
}

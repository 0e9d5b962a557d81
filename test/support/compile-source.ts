/** The sources as a plain Node process can run them: Node 20 reads no TypeScript. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A folder like dist/, freshly made (unchecked: quick). Remove it afterwards. It lies inside the package, so that imports and migrations are found. */
export function compileSource(): string {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache', 'test-dist-'));
  chmodSync(folder, 0o755);
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json', '--outDir', folder, '--sourceMap', 'false', '--noCheck'], { cwd: ROOT });
  return folder;
}

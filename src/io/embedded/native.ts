/** Makes the binaries usable: the links that an install script would have made, and a copy where the package's folder will not do. */
import { chmodSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { canReach, canUse } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { Place } from './place.ts';

/**
 * The folder to run from: the package's own, else a copy beside the cluster (60 MB, made once for a version): where the
 * package's folder cannot be written and lacks its links, or is closed to the account that runs the server.
 */
export async function prepareNative(binaries: Binaries, place: Place): Promise<string> {
  const native = realpathSync(binaries.native);
  if (isOpen(native, place) && makeLinks(native)) return native;
  const copy = place.beside(`native-${binaries.version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  try {
    await copyTree(native, draft);
    makeLinks(draft);
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another Drover that starts at the same moment was first.
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

/** Copies of versions that are no longer used. */
export function dropOldCopies(binaries: Binaries, place: Place): void {
  const prefix = basename(place.beside('native-'));
  const folder = dirname(place.beside('native-'));
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix) && !name.startsWith(prefix + binaries.version)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether the server's account may read and run what it needs. */
function isOpen(native: string, place: Place): boolean {
  const { account } = place;
  if (account === null) return true;
  const folders = ['', 'bin', 'lib', 'share', join('share', 'postgresql'), join('lib', 'postgresql')];
  const files = [join('bin', 'postgres'), join('bin', 'initdb')];
  const libraries = readdirSync(join(native, 'lib')).filter((name) => name.includes('.so') || name.includes('.dylib'));
  return canReach(native, account)
    && folders.every((name) => !existsSync(join(native, name)) || canUse(join(native, name), account, 5))
    && files.every((name) => canUse(join(native, name), account, 5))
    && [join('share', 'postgresql', 'postgres.bki'), ...libraries.map((name) => join('lib', name))].every((name) => !existsSync(join(native, name)) || canUse(join(native, name), account, 4));
}

/** False: a link is missing and cannot be made there. */
function makeLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(native, '..', target.replace(/^native\//, `${basename(native)}/`));
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      throw error;
    }
  }
  return true;
}

/** Static libraries and headers are of no use here. Modes are set apart: umask takes bits away. */
async function copyTree(from: string, to: string): Promise<void> {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== 'include' && entry.name !== 'pkgconfig') await copyTree(source, target);
    } else if (entry.isSymbolicLink()) {
      symlinkSync(basename(realpathSync(source)), target);
    } else if (!entry.name.endsWith('.a')) {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}

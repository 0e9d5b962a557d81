/** The data folder and the small secrets in it. */
import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.ts';

/** Makes the folder and makes sure that it can be written. 0711: as root, PostgreSQL runs as another user inside it; what is secret in it is 0600. */
export function prepareDataDir(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([`the data folder ${folder} cannot be written (${code}): set DROVER_DATA_DIR to a folder of your own`]);
  }
}

/** 32 random bytes kept in a file that nobody else can read; made at the first call. Two that make it at once agree on one. */
export function keyFile(folder: string, name: string): Uint8Array {
  const path = join(folder, name);
  try {
    return read(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, randomBytes(32), { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(path);
}

function read(path: string): Uint8Array {
  const key = readFileSync(path);
  if (key.length !== 32) throw new ConfigError([`${path}: expected 32 bytes, found ${key.length}: put the right file back, or remove it (what was made with it is then lost)`]);
  chmodSync(path, 0o600);
  return key;
}

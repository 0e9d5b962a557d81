/** The data folder. */
import { accessSync, constants, mkdirSync } from 'node:fs';
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

/** The flags that every command with a configuration takes, and how they become one. */
import { homedir } from 'node:os';
import type { Command } from 'commander';
import { loadConfig, type Config } from '../io/config.ts';

const collect = (value: string, before: string[]): string[] => [...before, value];

/** Flags are named as the settings are; what is absent is left to the environment, the file and the default. */
export function addConfigFlags(command: Command): Command {
  return command
    .option('--config <file>', 'YAML file of settings (DROVER_CONFIG; else ./drover.yaml)')
    .option('--listen <address>', 'host:port (DROVER_LISTEN; 127.0.0.1:4747)')
    .option('--data-dir <folder>', 'embedded database and key files (DROVER_DATA_DIR)')
    .option('--database-url <url>', 'postgres://… or a folder (DATABASE_URL; embedded in the data folder)')
    .option('--hosts <list>', 'id=url,id=url (DROVER_HOSTS)')
    .option('--token <secret>', 'who shows it may use the API (DROVER_TOKEN; the environment keeps it out of the process list)')
    .option('--public-url <url>', 'the URL that browsers use (DROVER_PUBLIC_URL)')
    .option('--allowed-hosts <names>', 'further Host names (DROVER_ALLOWED_HOSTS)')
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal, silent (DROVER_LOG_LEVEL)')
    .option('--flush-ms <ms>', 'pause between flushes to a socket (DROVER_FLUSH_MS)')
    .option('--limit <path=number>', 'any number of src/model/limits.ts, such as ws.pingMs=20000; repeatable', collect, []);
}

/** Throws a ConfigError. */
export function configOf(flags: Record<string, unknown>): Config {
  return loadConfig({ flags, env: process.env, cwd: process.cwd(), home: homeFolder() });
}

function homeFolder(): string | null {
  try {
    return homedir() || null;
  } catch {
    return null;
  }
}

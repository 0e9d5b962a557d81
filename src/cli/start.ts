/** `drover start` and `drover demo`: the whole program in the foreground. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../io/config.ts';
import { isLostTypeFetch } from '../io/postgres/errors.ts';
import { systemClock, systemRandom } from '../io/system.ts';
import type { Running } from '../main.ts';
import { addConfigFlags, configOf } from './flags.ts';

export function addStartCommand(program: Command): void {
  addConfigFlags(program.command('start').description('start Drover')).action(async (flags: Record<string, unknown>) => {
    const config = configOf(flags);
    await run(config, (running) => {
      console.log(`Drover listens on ${running.url}`);
      if (config.hosts.length === 0) console.log('The configuration declares no host: set DROVER_HOSTS=gpu1=http://…, or run "npm run drover -- hosts add gpu1 http://…".');
    });
  });
}

export function addDemoCommand(program: Command): void {
  addConfigFlags(program.command('demo').description('start Drover over a simulated fleet, with a database of its own'))
    .option('--count <hosts>', 'how many simulated hosts', Number)
    .action(async (flags: Record<string, unknown> & { count?: number }) => {
      const config = configOf(flags);
      const { startDemoFleet } = await import('../demo/fleet.ts');
      const fleet = await startDemoFleet({ clock: systemClock, random: systemRandom, ...(flags.count === undefined ? {} : { hosts: flags.count }) });
      try {
        await run(demoConfig(config, flags, fleet.hosts), (running) => {
          console.log(`The demo of Drover, with ${fleet.hosts.length} simulated hosts, is at ${running.url}`);
          console.log('Ctrl-C ends it.');
        });
      } finally {
        await fleet.stop();
      }
    });
}

/** Nothing of the real fleet: its own hosts and folder, and no database that the environment names. */
function demoConfig(config: Config, flags: Record<string, unknown>, hosts: readonly { id: string; name: string; url: string; apiKey: string | null; tags: string[] }[]): Config {
  return {
    ...config,
    dataDir: typeof flags['dataDir'] === 'string' ? config.dataDir : join(config.dataDir, 'demo'),
    databaseUrl: typeof flags['databaseUrl'] === 'string' ? config.databaseUrl : null,
    logLevel: config.origins['logLevel'] === undefined ? 'warn' : config.logLevel,
    hosts: hosts.map(({ id, name, url, apiKey, tags }) => ({ id, name, baseUrl: url, tags, enabled: true, apiKey, apiKeyOrigin: null, ca: null })),
  };
}

/** Runs to the end: a first signal drains, a second one forces. An error that reaches the process is told whole and ends it by the same drain. */
async function run(config: Config, ready: (running: Running) => void): Promise<void> {
  let running: Running | null = null;
  let signalled = 0;
  let crashed = false;
  const stop = (): void => {
    signalled += 1;
    if (signalled > 2 || running === null) process.exit(1);
    // Its failure shows in `done` too.
    void running.stop().catch(() => undefined);
  };
  const crash = (error: unknown): void => {
    console.error('drover: an error reached the process; it drains and ends.', error);
    if (!crashed) stop();
    crashed = true;
  };
  process.on('SIGTERM', stop).on('SIGINT', stop).on('uncaughtException', crash);
  process.on('unhandledRejection', (reason) => {
    if (!isLostTypeFetch(reason)) crash(reason);
  });
  // Loaded when it is wanted: the other commands start four times as fast without it.
  const { startDrover } = await import('../main.ts');
  running = await startDrover(config);
  ready(running);
  await running.done;
  if (crashed) process.exitCode = 1;
}

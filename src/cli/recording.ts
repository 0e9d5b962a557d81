/** `drover record` and `drover replay`: a bug report is a folder. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../io/system.ts';
import { addConfigFlags, configOf } from './flags.ts';

/** Fires at the first Ctrl-C or SIGTERM. */
function untilSignal(): AbortSignal {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());
  return abort.signal;
}

const aborted = (signal: AbortSignal): Promise<void> => new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));

export function addRecordingCommands(program: Command): void {
  addConfigFlags(program.command('record').description('write down what a host says, byte for byte, until Ctrl-C').argument('<host>', 'the id of a declared host, or a URL').argument('[folder]', 'to be made; default recording-<host>'))
    .option('--api-key-env <variable>', 'environment variable that holds the host\'s API key')
    .action(async (host: string, folder: string | undefined, flags: Record<string, unknown> & { apiKeyEnv?: string }) => {
      const declared = configOf(flags).hosts.find(({ id }) => id === host);
      if (declared === undefined && !/^https?:\/\//.test(host)) throw new Error(`${host} is no declared host: give its URL, such as http://192.168.1.20:8080`);
      const apiKey = flags.apiKeyEnv === undefined ? (declared?.apiKey ?? null) : (process.env[flags.apiKeyEnv] ?? null);
      const target = resolve(folder ?? `recording-${declared?.id ?? new URL(host).host.replace(/[^\w.-]/g, '-')}`);
      const { recordHost } = await import('../demo/recordings/record.ts');
      const told = await recordHost({ clock: systemClock, baseUrl: declared?.baseUrl ?? host, apiKey, folder: target, signal: untilSignal(), print: (line) => console.error(line) });
      console.log(`${target}: ${told.connections} connections, ${told.bytes} bytes of events, ${told.exchanges} exchanges`);
    });

  program.command('replay').description('serve a recording again as a host').argument('<path>', 'folder of a scenario')
    .option('--port <port>', 'default: any free one', Number).option('--connection <number>', 'of several recorded ones', Number).option('--speed <factor>', 'times the recorded pace', Number, 1)
    .action(async (path: string, flags: { port?: number; connection?: number; speed: number }) => {
      if (!(flags.speed > 0)) throw new Error('--speed: expected a number above 0');
      const { readScenario } = await import('../demo/recordings/recording.ts');
      const { startReplay } = await import('../demo/recordings/replay-host.ts');
      const { port, connection, speed } = flags;
      const host = await startReplay(readScenario(resolve(path)), { clock: systemClock, ...(port === undefined ? {} : { port }), ...(connection === undefined ? {} : { connection }) });
      console.log(`the recording is served at ${host.url} until Ctrl-C`);
      const stop = aborted(untilSignal());
      await Promise.race([host.play(speed).then(() => stop), stop]);
      await host.close();
    });
}

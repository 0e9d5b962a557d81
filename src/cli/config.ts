/** `drover config`. */
import type { Command } from 'commander';
import { printConfig, shownConfig } from '../io/config-print.ts';
import { addConfigFlags, configOf } from './flags.ts';

export function addConfigCommand(program: Command): void {
  addConfigFlags(program.command('config').description('print the configuration in effect, without secrets, and where each value comes from'))
    .option('--json', 'as JSON')
    .action((flags: { json?: boolean }) => {
      const config = configOf(flags);
      process.stdout.write(flags.json === true ? `${JSON.stringify(shownConfig(config), null, 2)}\n` : printConfig(config));
    });
}

/** The command `drover` with all its subcommands, and how failures are told. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../io/config.ts';
import { addActorsCommand } from './actors.ts';
import { addConfigCommand } from './config.ts';
import { addHostsCommand } from './hosts.ts';
import { addRecordingCommands } from './recording.ts';
import { addSimHostsCommand } from './sim-hosts.ts';
import { addDemoCommand, addStartCommand } from './start.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

function createProgram(complain: (line: string) => void): Command {
  const program = new Command('drover')
    .description('Watches a fleet of llama-swap hosts under supervision.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: (text) => complain(text.trimEnd()), outputError: (text) => complain(text.trim().replace(/^error: /, 'drover: ').replace(/\n\((Did you mean [^\n]+)\)/, ' ($1)')) });
  for (const add of [addStartCommand, addDemoCommand, addConfigCommand, addHostsCommand, addActorsCommand, addRecordingCommands, addSimHostsCommand]) add(program);
  for (const command of program.commands) inherit(command);
  return program;

  /** commander copies these to subcommands only at their creation. */
  function inherit(command: Command): void {
    command.copyInheritedSettings(program);
    for (const inner of command.commands) inherit(inner);
  }
}

function problemLines(error: unknown): string[] {
  if (error instanceof ConfigError) return [...error.problems];
  return [(error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''];
}

/** Runs a command line (without node and script) and gives the exit status. Every failure is one line for `complain`. */
export async function runProgram(args: readonly string[], complain: (line: string) => void): Promise<number> {
  try {
    await createProgram(complain).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    for (const line of problemLines(error)) complain(`drover: ${line}`);
    return 1;
  }
}

/** `drover actors`: the live actor tree in a terminal. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { ACTOR_SORTS } from '../model/actor-tree.ts';
import { addApiFlags, apiOf, ApiFailure, type Api } from './api.ts';

interface Flags { watch?: boolean; q?: string; state?: string[]; kind?: string; sort?: string; order?: string; top?: string; json?: boolean; restart?: boolean }

const EVERY_MS = 1_000;

export function addActorsCommand(program: Command): void {
  addApiFlags(program.command('actors').description('the live actor tree, or one actor with its recent transitions').argument('[path]', 'such as drover/fleet/keeper'))
    .option('-w, --watch', 'keep it up to date, once a second')
    .option('--q <text>', 'only paths that hold the text')
    .option('--state <state...>', 'only these states')
    .option('--kind <kind>', 'supervisor or worker')
    .option('--sort <by>', ACTOR_SORTS.join(', '))
    .option('--order <order>', 'asc or desc')
    .option('--top <count>', 'at most so many')
    .option('--restart', 'restart the actor at the path')
    .option('--json', 'as JSON')
    .action(async (path: string | undefined, flags: Flags) => {
      const api = apiOf(flags as Record<string, unknown>);
      if (flags.restart === true) return restart(api, path);
      const target = pathOf(path, flags);
      if (flags.watch === true) return watch(api, target);
      process.stdout.write(await api.text(target));
    });
}

function pathOf(path: string | undefined, flags: Flags): string {
  const query = new URLSearchParams();
  if (flags.json !== true || flags.watch === true) query.set('format', 'text');
  if (path !== undefined) return `${actorUrl(path)}?${query.toString()}`;
  for (const [name, value] of [['q', flags.q], ['kind', flags.kind], ['sort', flags.sort], ['order', flags.order], ['limit', flags.top]] as const) if (value !== undefined) query.set(name, value);
  for (const state of flags.state ?? []) query.append('state', state);
  return `/debug/actors?${query.toString()}`;
}

const actorUrl = (path: string): string => `/debug/actors/${path.split('/').map(encodeURIComponent).join('/')}`;

async function restart(api: Api, path: string | undefined): Promise<void> {
  if (path === undefined) throw new Error('--restart wants a path, such as drover/fleet/keeper');
  const { incarnation } = (await api.json('POST', `${actorUrl(path)}?do=restart`)) as { incarnation: number };
  console.log(`${path} is restarted: incarnation ${incarnation}.`);
}

/** Drover away is shown and waited out; an answer that says no ends it. */
async function watch(api: Api, target: string): Promise<never> {
  process.on('SIGINT', () => process.exit(0));
  for (;;) {
    let text: string;
    try {
      text = await api.text(target);
    } catch (error) {
      if (error instanceof ApiFailure && error.status < 500) throw error;
      text = `${(error as Error).message}\n`;
    }
    draw(`${api.url}  ${new Date().toISOString().slice(11, 19)}Z\n\n${text}`);
    await pause(EVERY_MS);
  }
}

/** Over the last picture, cut to the screen, so that nothing scrolls or wraps. */
function draw(text: string): void {
  const { columns, rows, isTTY } = process.stdout;
  if (!isTTY) process.stdout.write(`${text}\n`);
  else process.stdout.write(`\u001b[H${text.trimEnd().split('\n').slice(0, rows - 1).map((line) => `${line.slice(0, columns)}\u001b[K`).join('\n')}\u001b[J`);
}

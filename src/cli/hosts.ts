/** `drover hosts …`: which hosts Drover watches, over its API. */
import type { Command } from 'commander';
import type { HostConfig, HostState } from '../model/host/state.ts';
import { addApiFlags, apiOf } from './api.ts';
import { table } from './table.ts';

type HostDocument = HostConfig & { state: HostState };

export function addHostsCommand(program: Command): void {
  const hosts = program.command('hosts').description('list, add, remove, enable and disable hosts');

  addApiFlags(hosts.command('list', { isDefault: true }).description('all hosts')).option('--json', 'as JSON').action(async (flags: { json?: boolean }) => {
    const { hosts: found } = (await apiOf(flags).json('GET', '/api/hosts')) as { hosts: HostDocument[] };
    if (flags.json === true) return console.log(JSON.stringify(found, null, 2));
    process.stdout.write(table(['HOST', 'LIVENESS', 'WHY', 'MODELS', 'BUILD', 'URL'], found.map(({ id, baseUrl, state }) => [
      id, state.liveness.state, state.liveness.reason?.text ?? '',
      Object.entries(state.models).filter(([, model]) => model.state === 'ready').map(([key]) => key).join(' '), state.build?.version ?? '', baseUrl,
    ])));
  });

  addApiFlags(hosts.command('add').description('watch a host').argument('<id>').argument('<base-url>'))
    .option('--name <name>').option('--tag <tag>', 'repeatable', (tag: string, before: string[]) => [...before, tag], [] as string[])
    .option('--api-key-env <variable>', 'environment variable that holds the host\'s API key')
    .action(async (id: string, baseUrl: string, flags: { name?: string; tag: string[]; apiKeyEnv?: string }) => {
      const apiKey = flags.apiKeyEnv === undefined ? undefined : process.env[flags.apiKeyEnv];
      if (flags.apiKeyEnv !== undefined && (apiKey ?? '') === '') throw new Error(`--api-key-env: the environment variable ${flags.apiKeyEnv} is not set`);
      await apiOf(flags).json('POST', '/api/hosts', { id, baseUrl, name: flags.name, tags: flags.tag, apiKey });
      console.log(`${id} is watched.`);
    });

  addApiFlags(hosts.command('remove').description('stop watching a host; its history stays').argument('<id>')).action(async (id: string, flags: Record<string, unknown>) => {
    await apiOf(flags).json('DELETE', `/api/hosts/${encodeURIComponent(id)}`);
    console.log(`${id} is removed; its history stays.`);
  });

  for (const [name, enabled] of [['enable', true], ['disable', false]] as const) {
    addApiFlags(hosts.command(name).description(`${name} a host`).argument('<id>')).action(async (id: string, flags: Record<string, unknown>) => {
      await apiOf(flags).json('PATCH', `/api/hosts/${encodeURIComponent(id)}`, { enabled });
      console.log(`${id} is ${name}d.`);
    });
  }
}

/** The hosts that the configuration declares, with their secrets read. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { nearest } from '../model/nearest.ts';
import type { declaredHost } from './settings.ts';

export interface DeclaredHost {
  id: string;
  name: string;
  baseUrl: string;
  tags: string[];
  /** Until somebody switches it over the API: that is kept in PostgreSQL and wins. */
  enabled: boolean;
  apiKey: string | null;
  /** Where the key came from, for `drover config`. */
  apiKeyOrigin: string | null;
  /** PEM of the authorities to trust for this host. */
  ca: string | null;
}

export interface HostsInput {
  env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  base: string;
  origin: string;
  problems: string[];
}

export const apiKeyVariable = (id: string): string => `DROVER_HOST_${id.toUpperCase().replaceAll('-', '_')}_API_KEY`;

export function readHosts(declared: readonly z.output<typeof declaredHost>[], input: HostsInput): DeclaredHost[] {
  const { env, origin, problems } = input;
  const seen = new Set<string>();
  const hosts = declared.map((host): DeclaredHost => {
    if (seen.has(host.id)) problems.push(`${origin}: the id ${host.id} is there twice: give each host its own`);
    seen.add(host.id);
    return {
      id: host.id,
      name: host.name ?? host.id,
      baseUrl: host.baseUrl,
      tags: host.tags ?? [],
      enabled: host.enabled ?? true,
      ...readKey(host, input),
      ca: host.caFile === undefined ? null : readFile(host.caFile, `${origin}: ${host.id}.caFile`, input),
    };
  });
  const variables = hosts.map(({ id }) => apiKeyVariable(id));
  for (const name of Object.keys(env)) {
    if (!/^DROVER_HOST_[A-Z0-9_]+_API_KEY$/.test(name) || variables.includes(name)) continue;
    const meant = nearest(name, variables);
    problems.push(`${name}: no host of that id is declared; ${meant === null ? 'declare one in DROVER_HOSTS or the file' : `did you mean ${meant}?`}`);
  }
  return hosts;
}

type Key = Pick<DeclaredHost, 'apiKey' | 'apiKeyOrigin'>;

function readKey(host: z.output<typeof declaredHost>, input: HostsInput): Key {
  const { env, origin, problems } = input;
  const at = `${origin}: ${host.id}`;
  const given = (['apiKey', 'apiKeyFile', 'apiKeyEnv'] as const).filter((name) => host[name] !== undefined);
  if (given.length > 1) problems.push(`${at}: ${given.join(' and ')} are both there: keep one`);
  const own = apiKeyVariable(host.id);
  if ((env[own] ?? '') !== '') return check(env[own] ?? '', own, problems);
  if (host.apiKey !== undefined) return check(host.apiKey, `${at}.apiKey`, problems);
  if (host.apiKeyEnv !== undefined) {
    const value = env[host.apiKeyEnv] ?? '';
    if (value === '') problems.push(`${at}.apiKeyEnv: the environment variable ${host.apiKeyEnv} is not set`);
    return check(value, `${at}.apiKeyEnv (${host.apiKeyEnv})`, problems);
  }
  if (host.apiKeyFile !== undefined) return check(readFile(host.apiKeyFile, `${at}.apiKeyFile`, input)?.trim() ?? '', `${at}.apiKeyFile`, problems);
  return { apiKey: null, apiKeyOrigin: null };
}

/** It goes into a header. */
function check(apiKey: string, apiKeyOrigin: string, problems: string[]): Key {
  if (!/^[\x21-\x7e]*$/.test(apiKey)) problems.push(`${apiKeyOrigin}: expected printable ASCII without spaces`);
  return { apiKey, apiKeyOrigin };
}

function readFile(path: string, where: string, { base, problems }: HostsInput): string | null {
  const full = resolve(base, path);
  try {
    return readFileSync(full, 'utf8');
  } catch (error) {
    problems.push(`${where}: ${full} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return null;
  }
}

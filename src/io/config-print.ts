/** `drover config`: the configuration in effect, as YAML that can be read again once its secrets are put back; each line says where its value came from. */
import { stringify } from 'yaml';
import type { Config } from './config.ts';
import { urlHost } from './listen-address.ts';
import { limitPaths, SETTING_NAMES } from './settings.ts';

const MASK = '********';

/** A password in a URL never shows. */
export function maskUrl(url: string): string {
  const masked = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_, scheme: string, user: string) => `${scheme}${user.split(':')[0]}:${MASK}@`);
  return masked.replace(/([?&][^=&]*(?:pass|pwd|secret|token)[^=&]*=)[^&]*/gi, `$1${MASK}`);
}

/** The values as they are shown: flat, by path. */
export function shownConfig(config: Config): { path: string; value: unknown; origin: string }[] {
  const values: Record<string, unknown> = {
    listen: `${urlHost(config.listen.host)}:${config.listen.port}`,
    dataDir: config.dataDir,
    databaseUrl: config.databaseUrl === null ? null : maskUrl(config.databaseUrl),
    hosts: config.hosts.map(({ id, name, baseUrl, tags, enabled, apiKey, apiKeyOrigin, ca }) => ({
      id, name, baseUrl, tags, enabled,
      ...(apiKey === null ? {} : { apiKey: `${MASK} (${apiKeyOrigin})` }),
      ...(ca === null ? {} : { caFile: '(read)' }),
    })),
    token: config.token === null ? null : MASK,
    publicUrl: config.publicUrl,
    allowedHosts: config.allowedHosts,
    logLevel: config.logLevel,
    flushMs: config.limits.ws.flushMs,
  };
  for (const path of limitPaths()) values[`limits.${path}`] = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], config.limits);
  const names = [...SETTING_NAMES.filter((name) => name !== 'limits'), ...limitPaths().map((path) => `limits.${path}`)];
  return names.map((path) => ({ path, value: values[path], origin: config.origins[path] ?? (path === 'limits.ws.flushMs' ? config.origins['flushMs'] : undefined) ?? 'default' }));
}

export function printConfig(config: Config): string {
  const lines: string[] = [];
  let above: string[] = [];
  for (const { path, value, origin } of shownConfig(config)) {
    const parts = path.split('.');
    const folders = parts.slice(0, -1);
    for (let depth = 0; depth < folders.length; depth++) {
      if (above.slice(0, depth + 1).join('.') !== folders.slice(0, depth + 1).join('.')) lines.push(`${'  '.repeat(depth)}${folders[depth]}:`);
    }
    above = folders;
    const indent = '  '.repeat(folders.length);
    const text = stringify({ [parts.at(-1) ?? '']: value }, { lineWidth: 0 }).trimEnd().split('\n').map((line) => indent + line);
    text[0] = `${text[0]}  # ${origin}`;
    lines.push(...text);
  }
  return `${lines.join('\n')}\n`;
}

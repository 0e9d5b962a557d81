/**
 * The configuration in effect: flags over environment over file over default, per key. Everything is checked here, once; what is
 * wrong comes as one line each, with the cure.
 */
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { z } from 'zod';
import type { Limits } from '../model/limits.ts';
import { nearest } from '../model/nearest.ts';
import { readHosts, type DeclaredHost } from './declared-hosts.ts';
import { readConfigFile } from './config-file.ts';
import { isLoopback, urlHost, type ListenAddress } from './listen-address.ts';
import { DatabaseUrlError, parseDatabaseUrl } from './postgres/url.ts';
import { ENVIRONMENT, HOST_FIELDS, limitPaths, OTHER_ENVIRONMENT, settings, SETTING_NAMES, type Settings } from './settings.ts';

/** Whatever is wrong with the configuration: one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface Config {
  listen: ListenAddress;
  /** Absolute. */
  dataDir: string;
  /** As it was given; which form it has is decided where it is opened. null: embedded under the data folder. */
  databaseUrl: string | null;
  hosts: DeclaredHost[];
  token: string | null;
  publicUrl: string | null;
  allowedHosts: string[];
  logLevel: Settings['logLevel'];
  limits: Limits;
  /** Path of a setting (`listen`, `limits.ws.pingMs`) → where its value came from. What is not here is the default. */
  origins: Record<string, string>;
}

export interface ConfigInput {
  /** By name of the setting; `limit`: `path=number` each; `config`: path of the file. */
  flags: Record<string, unknown>;
  env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of flags and environment start here; those of the file start at its folder. */
  cwd: string;
  /** null: unknown; then the data folder must be named. */
  home: string | null;
}

interface Layer { values: Map<string, unknown>; origin(path: string): string; base: string }

export function loadConfig(input: ConfigInput): Config {
  const problems: string[] = [];
  const path = text(input.flags['config']) ?? set(input.env['DROVER_CONFIG']);
  const file = readConfigFile(path === undefined ? null : resolve(input.cwd, path), input.cwd, problems);
  const layers = [fileLayer(file.document, file.path, problems), environmentLayer(input, problems), flagLayer(input, problems)];

  const raw: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  const bases: Record<string, string> = {};
  for (const layer of layers) {
    for (const [key, value] of layer.values) {
      put(raw, key.split('.'), value);
      origins[key] = layer.origin(key);
      bases[key] = layer.base;
    }
  }
  const parsed = settings.safeParse(raw);
  if (!parsed.success) for (const issue of parsed.error.issues) problems.push(...issueLines(issue, origins));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const found = parsed.data;

  const hosts = readHosts(found.hosts, { env: input.env, base: bases['hosts'] ?? input.cwd, origin: origins['hosts'] ?? 'hosts', problems });
  const dataDir = found.dataDir === undefined ? defaultDataDir(input, problems) : resolve(bases['dataDir'] ?? input.cwd, withHome(found.dataDir, input.home));
  if (found.token === null && !isLoopback(found.listen.host)) {
    problems.push(`listening on ${urlHost(found.listen.host)}:${found.listen.port} lets others in: set DROVER_TOKEN=<a long secret>, or listen on 127.0.0.1`);
  }
  problems.push(...databaseProblems(found.databaseUrl, dataDir, input.cwd));
  if (problems.length > 0) throw new ConfigError(problems);
  const { flushMs, ...rest } = found;
  const limits = flushMs === undefined ? found.limits : { ...found.limits, ws: { ...found.limits.ws, flushMs } };
  return { ...rest, hosts, dataDir, limits, origins };
}

const set = (value: string | undefined): string | undefined => (value === undefined || value.trim() === '' ? undefined : value);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function put(target: Record<string, unknown>, path: string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) target[key] = value;
  else put((target[key] ??= {}) as Record<string, unknown>, rest, value);
}

function fileLayer(document: Record<string, unknown>, path: string | null, problems: string[]): Layer {
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(document)) {
    if (!(SETTING_NAMES as string[]).includes(key)) problems.push(`${path}: ${unknownName(key, SETTING_NAMES)}`);
    else if (key === 'limits') flatten(value, '', (leaf, number) => {
      if (limitPaths().includes(leaf)) values.set(`limits.${leaf}`, number);
      else problems.push(`${path}: ${unknownName(`limits.${leaf}`, limitPaths().map((known) => `limits.${known}`))}`);
    });
    else if (value !== null) values.set(key, value);
  }
  return { values, origin: (key) => `${path}: ${key}`, base: path === null ? '/' : dirname(path) };
}

function flatten(value: unknown, above: string, each: (path: string, value: unknown) => void): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, above === '' ? key : `${above}.${key}`, each);
  } else if (value !== null && value !== undefined) each(above, value);
}

function environmentLayer({ env, cwd }: ConfigInput, problems: string[]): Layer {
  const values = new Map<string, unknown>();
  const names = new Map<string, string>();
  const known = [...ENVIRONMENT.keys(), ...OTHER_ENVIRONMENT];
  for (const [name, value] of Object.entries(env)) {
    const path = ENVIRONMENT.get(name);
    if (path !== undefined) {
      names.set(path, name);
      if (set(value) !== undefined) values.set(path, value);
    } else if (name.startsWith('DROVER_') && !known.includes(name) && !/^DROVER_HOST_[A-Z0-9_]+_API_KEY$/.test(name)) {
      problems.push(unknownName(name, [...known, 'DROVER_HOST_<ID>_API_KEY']));
    }
  }
  return { values, origin: (path) => names.get(path) ?? path, base: cwd };
}

function flagLayer({ flags, cwd }: ConfigInput, problems: string[]): Layer {
  const values = new Map<string, unknown>();
  for (const name of SETTING_NAMES) {
    if (flags[name] !== undefined && name !== 'limits') values.set(name, flags[name]);
  }
  for (const limit of Array.isArray(flags['limit']) ? (flags['limit'] as unknown[]) : []) {
    const [path = '', value = ''] = String(limit).split('=', 2);
    if (limitPaths().includes(path)) values.set(`limits.${path}`, value);
    else problems.push(`--limit: ${unknownName(path, limitPaths())}`);
  }
  return { values, origin: (path) => (path.startsWith('limits.') ? `--limit ${path.slice(7)}` : `--${path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`), base: cwd };
}

export function unknownName(name: string, known: Iterable<string>): string {
  return `"${name}" is not a setting; did you mean "${nearest(name, known)}"?`;
}

function issueLines(issue: z.core.$ZodIssue, origins: Record<string, string>): string[] {
  const path = issue.path.map(String);
  const key = path[0] === 'limits' ? path.join('.') : (path[0] ?? '');
  const inside = path[0] === 'limits' ? [] : path.slice(1);
  const where = `${origins[key] ?? key}${inside.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('')}`;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => `${where}: "${name}" is no field of a host; did you mean "${nearest(name, HOST_FIELDS)}"?`);
  return [`${where}: ${issue.message}`];
}

function databaseProblems(url: string | null, dataDir: string, cwd: string): string[] {
  try {
    parseDatabaseUrl(url, dataDir, cwd);
    return [];
  } catch (error) {
    if (error instanceof DatabaseUrlError) return [error.message];
    throw error;
  }
}

function withHome(path: string, home: string | null): string {
  return home !== null && /^~(\/|$)/.test(path) ? join(home, path.slice(1)) : path;
}

/** The XDG base directory specification: a relative XDG_DATA_HOME is to be ignored. */
function defaultDataDir({ env, home }: ConfigInput, problems: string[]): string {
  const xdg = set(env['XDG_DATA_HOME']);
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'drover');
  if (home !== null) return join(home, '.local', 'share', 'drover');
  problems.push('there is no home folder to keep data in: set DROVER_DATA_DIR=/path/to/a/folder');
  return '';
}

/** Every setting of Drover as one zod schema: what a key may hold, its default, and the sentence that documents it. */
import { z } from 'zod';
import { HOST_ID } from '../model/host/host-id.ts';
import { LIMITS, type Limits } from '../model/limits.ts';
import { parseListen } from './listen-address.ts';
import { checkBaseUrl } from './llama-swap/address-guard.ts';

/** The environment says numbers and booleans as text. */
const number = z.union([z.number(), z.string().trim().regex(/^\d+(\.\d+)?$/).transform(Number)], { error: 'expected a number of 0 or more' })
  .pipe(z.number().nonnegative({ error: 'expected a number of 0 or more' }));

const baseUrl = z.string({ error: 'expected a URL such as http://192.168.1.20:8080' }).transform((text, context) => {
  const check = checkBaseUrl(text);
  if (check.kind === 'ok') return check.url;
  context.addIssue({ code: 'custom', message: check.text });
  return z.NEVER;
});

const listen = z.string({ error: 'expected host:port in quotes, such as "127.0.0.1:4747"' }).transform((text, context) => {
  const address = parseListen(text);
  if (address !== null) return address;
  context.addIssue({ code: 'custom', message: 'expected host:port, such as 127.0.0.1:4747 or [::1]:4747' });
  return z.NEVER;
});

const publicUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '') return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  context.addIssue({ code: 'custom', message: 'expected the URL that browsers use, such as https://drover.example' });
  return z.NEVER;
});

/** A host of the file or of DROVER_HOSTS: the fields of the API, and three ways to keep secrets out of the file. */
export const declaredHost = z.strictObject({
  id: z.string({ error: 'expected an id' }).regex(HOST_ID, 'expected an id of lower-case letters, digits and "-", at most 63, such as gpu1'),
  baseUrl,
  name: z.string().min(1).max(200).optional(),
  tags: z.array(z.string().min(1).max(100)).max(50).optional(),
  enabled: z.boolean({ error: 'expected true or false' }).optional(),
  apiKey: z.string().min(1).optional().describe('The host\'s API key, in plain text.'),
  apiKeyFile: z.string().min(1).optional().describe('A file that holds the API key alone.'),
  apiKeyEnv: z.string().min(1).optional().describe('The environment variable that holds the API key.'),
  caFile: z.string().min(1).optional().describe('A PEM file of the authorities to trust for this host.'),
});

/** The text form `id=url,id=url`. */
function hostList(value: unknown, context: z.RefinementCtx): unknown {
  if (typeof value !== 'string') return value;
  const parts = value.split(/[,\n]/).map((part) => part.trim()).filter((part) => part !== '');
  return parts.map((part) => {
    const at = part.indexOf('=');
    if (at > 0) return { id: part.slice(0, at).trim(), baseUrl: part.slice(at + 1).trim() };
    context.addIssue({ code: 'custom', message: 'expected id=url,id=url, such as gpu1=http://192.168.1.20:8080', fatal: true });
    return z.NEVER;
  });
}

/** Where a value beyond would stop Drover, or turn it against its hosts. Others are 0 or more. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'reconnect.underWay': [1, 1_000], 'reconnect.perSecond': [1, 1_000], 'probe.stepMs': [1, 60_000], 'throughputWindowS': [1, 86_400],
  // Hosts answer any other page with 400.
  'ring.pageSize': [1, 999],
  'ring.missingFetches': [1, 1_000], 'batch.rows': [1, 100_000], 'ws.rowsPerFrame': [1, 10_000],
};
/** A timer that is set for longer fires at once. */
const LONGEST_MS = 2_147_483_647;

function limit(path: string): typeof number {
  const bounds = BOUNDS[path];
  if (bounds !== undefined) {
    const [least, most] = bounds;
    const error = `expected a whole number from ${least} to ${most}`;
    return number.refine((value) => Number.isInteger(value) && value >= least && value <= most, { error });
  }
  return /ms$/i.test(path) ? number.refine((value) => value <= LONGEST_MS, { error: `expected at most ${LONGEST_MS} ms` }) : number;
}

function limitsOf(numbers: object, above = ''): z.ZodType {
  const shape: Record<string, z.ZodType> = {};
  for (const [key, value] of Object.entries(numbers)) shape[key] = typeof value === 'number' ? limit(above + key).default(value) : limitsOf(value as object, `${above}${key}.`).prefault({});
  return z.strictObject(shape);
}

const names = z.union([z.array(z.string().min(1)), z.string().transform((text) => text.split(',').map((name) => name.trim()).filter((name) => name !== ''))], { error: 'expected names, separated by commas' });

export const settings = z.strictObject({
  listen: listen.prefault('127.0.0.1:4747').describe('Address and port. Beyond loopback a token is needed.'),
  dataDir: z.string().min(1).optional().describe('Folder of the embedded database and of the key files.'),
  databaseUrl: z.string().min(1).nullable().default(null).describe('postgres://… for an external server, or a folder; unset: embedded under the data folder.'),
  hosts: z.preprocess(hostList, z.array(declaredHost, { error: 'expected a list of hosts' })).default([]).describe('The declared hosts.'),
  token: z.string().regex(/^[\x21-\x7e]+$/, 'expected printable ASCII without spaces').nullable().default(null).describe('Who shows it may use the API.'),
  publicUrl: publicUrl.nullable().default(null).describe('The URL under which browsers reach Drover, behind a proxy.'),
  allowedHosts: names.default([]).describe('Further names that the Host header may hold.'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { error: 'expected trace, debug, info, warn, error, fatal or silent' }).default('info').describe('What is logged.'),
  flushMs: number.optional().describe('Pause between two flushes to a socket, ms; the same as limits.ws.flushMs.'),
  limits: limitsOf(LIMITS).prefault({}).transform((value) => value as Limits).describe('Every number that decides something.'),
});
export type Settings = z.output<typeof settings>;
export type SettingName = keyof Settings;

export const SETTING_NAMES = Object.keys(settings.shape) as SettingName[];
export const HOST_FIELDS = Object.keys(declaredHost.shape);
/** Never printed. */
export const SECRETS: ReadonlySet<string> = new Set(['token', 'apiKey']);

/** Paths of all limits, such as `ws.pingMs`. */
export function limitPaths(numbers: object = LIMITS, above = ''): string[] {
  return Object.entries(numbers).flatMap(([key, value]) => (typeof value === 'number' ? [above + key] : limitPaths(value as object, `${above}${key}.`)));
}

const snake = (name: string): string => name.replace(/\./g, '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();

/** Environment name → path of the setting. */
export const ENVIRONMENT: ReadonlyMap<string, string> = new Map([
  ...SETTING_NAMES.filter((name) => name !== 'limits').map((name): [string, string] => [name === 'databaseUrl' ? 'DATABASE_URL' : `DROVER_${snake(name)}`, name]),
  ...limitPaths().map((path): [string, string] => [`DROVER_LIMITS_${snake(path)}`, `limits.${path}`]),
]);

/** Known, and no settings of the running program. */
export const OTHER_ENVIRONMENT = ['DROVER_CONFIG', 'DROVER_TEST_DATABASE_URL', 'DROVER_OTP_VECTORS', 'DROVER_RECORDINGS', 'DROVER_CHROMIUM'] as const;

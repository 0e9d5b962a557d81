import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { maskUrl, printConfig } from '../src/io/config-print.ts';
import { ConfigError, loadConfig, type Config, type ConfigInput } from '../src/io/config.ts';
import { prepareDataDir } from '../src/io/data-dir.ts';
import { parseListen } from '../src/io/listen-address.ts';
import { LIMITS } from '../src/model/limits.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function yaml(text: string): string {
  const path = join(folder, `config-${++files}.yaml`);
  writeFileSync(path, text);
  return path;
}

const load = (input: Partial<ConfigInput> = {}): Config => loadConfig({ flags: {}, env: {}, cwd: folder, home: '/home/ann', ...input });
function problems(input: Partial<ConfigInput>): readonly string[] {
  try {
    load(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('precedence', () => {
  test('without anything: the defaults', () => {
    expect(load()).toEqual({
      listen: { host: '127.0.0.1', port: 4747 }, dataDir: '/home/ann/.local/share/drover', databaseUrl: null, hosts: [], token: null,
      publicUrl: null, allowedHosts: [], logLevel: 'info', limits: LIMITS, origins: {},
    });
  });

  test('flags over environment over file, per key', () => {
    const config = yaml('listen: 127.0.0.1:1\nlogLevel: warn\npublicUrl: https://drover.example/\nlimits: {ws: {pingMs: 1, pongMs: 2}, retentionDays: {activity: 30}}\n');
    const found = load({
      env: { DROVER_CONFIG: config, DROVER_LISTEN: '127.0.0.1:2', DROVER_LOG_LEVEL: 'error', DROVER_LIMITS_WS_PING_MS: '3' },
      flags: { listen: '127.0.0.1:3', limit: ['ws.pingMs=4'] },
    });
    expect(found).toMatchObject({ listen: { port: 3 }, logLevel: 'error', publicUrl: 'https://drover.example' });
    expect(found.limits.ws).toEqual({ ...LIMITS.ws, pingMs: 4, pongMs: 2 });
    expect(found.limits.retentionDays.activity).toBe(30);
    expect(found.origins).toEqual({
      listen: '--listen', logLevel: 'DROVER_LOG_LEVEL', publicUrl: `${config}: publicUrl`,
      'limits.ws.pingMs': '--limit ws.pingMs', 'limits.ws.pongMs': `${config}: limits.ws.pongMs`, 'limits.retentionDays.activity': `${config}: limits.retentionDays.activity`,
    });
  });

  test('an empty variable is an unset one', () => {
    expect(load({ env: { DROVER_TOKEN: '', DROVER_LISTEN: ' ', DATABASE_URL: '' } })).toMatchObject({ token: null, listen: { port: 4747 }, databaseUrl: null });
  });

  test('drover.yaml in the working folder is read if it is there; a named file must be', () => {
    const cwd = mkdtempSync(join(folder, 'cwd-'));
    expect(load({ cwd }).logLevel).toBe('info');
    writeFileSync(join(cwd, 'drover.yaml'), 'logLevel: debug\n');
    expect(load({ cwd }).logLevel).toBe('debug');
    expect(problems({ cwd, env: { DROVER_CONFIG: 'other.yaml' } })).toEqual([`${join(cwd, 'other.yaml')}: cannot be read (ENOENT): check DROVER_CONFIG and the file's permissions`]);
  });

  test('a limit that would stop Drover, or turn it against its hosts, is refused', () => {
    expect(problems({ env: { DROVER_LIMITS_RING_PAGE_SIZE: '1000' } })).toEqual(['DROVER_LIMITS_RING_PAGE_SIZE: expected a whole number from 1 to 999']);
    for (const [name, value] of [['RING_PAGE_SIZE', '0'], ['RING_PAGE_SIZE', '10.5'], ['BATCH_ROWS', '0'], ['RECONNECT_UNDER_WAY', '0'], ['THROUGHPUT_WINDOW_S', '0'], ['PROBE_EVERY_MS', '2147483648']]) {
      expect(problems({ env: { [`DROVER_LIMITS_${name}`]: value } }), `${name}=${value}`).toHaveLength(1);
    }
    expect(load({ env: { DROVER_LIMITS_RING_PAGE_SIZE: '999', DROVER_LIMITS_PROBE_EVERY_MS: '2147483647' } }).limits).toMatchObject({ ring: { pageSize: 999 }, probe: { everyMs: 2_147_483_647 } });
  });

  test('DROVER_FLUSH_MS is the pause between flushes', () => {
    expect(load({ env: { DROVER_FLUSH_MS: '0' } }).limits.ws.flushMs).toBe(0);
  });

  test('the data folder: DROVER_DATA_DIR, else XDG_DATA_HOME when absolute, else below home', () => {
    expect(load({ env: { DROVER_DATA_DIR: 'here', XDG_DATA_HOME: '/xdg' } }).dataDir).toBe(join(folder, 'here'));
    expect(load({ env: { XDG_DATA_HOME: '/xdg' } }).dataDir).toBe('/xdg/drover');
    expect(load({ env: { XDG_DATA_HOME: 'xdg' } }).dataDir).toBe('/home/ann/.local/share/drover');
    expect(problems({ home: null })[0]).toContain('DROVER_DATA_DIR');
  });
});

describe('hosts', () => {
  test('DROVER_HOSTS with keys in the environment', () => {
    const { hosts } = load({ env: { DROVER_HOSTS: 'gpu1=http://10.0.0.1:8080/, big-box=https://box.example/swap', DROVER_HOST_BIG_BOX_API_KEY: 'k1' } });
    expect(hosts).toEqual([
      { id: 'gpu1', name: 'gpu1', baseUrl: 'http://10.0.0.1:8080', tags: [], enabled: true, apiKey: null, apiKeyOrigin: null, ca: null },
      { id: 'big-box', name: 'big-box', baseUrl: 'https://box.example/swap', tags: [], enabled: true, apiKey: 'k1', apiKeyOrigin: 'DROVER_HOST_BIG_BOX_API_KEY', ca: null },
    ]);
  });

  test('of the file: keys from a file beside it, from the environment, inline; authorities', () => {
    writeFileSync(join(folder, 'gpu1.key'), 'from-file\n');
    writeFileSync(join(folder, 'ca.pem'), 'PEM');
    const config = yaml(`hosts:
  - {id: gpu1, baseUrl: "http://a:1", apiKeyFile: gpu1.key, caFile: ca.pem, tags: [big], name: One, enabled: false}
  - {id: gpu2, baseUrl: "http://a:2", apiKeyEnv: SECRET_OF_TWO}
  - {id: gpu3, baseUrl: "http://a:3", apiKey: inline}
`);
    const { hosts } = load({ env: { DROVER_CONFIG: config, SECRET_OF_TWO: 'from-env', DROVER_HOST_GPU3_API_KEY: 'wins' }, cwd: '/' });
    expect(hosts.map(({ apiKey, ca }) => [apiKey, ca])).toEqual([['from-file', 'PEM'], ['from-env', null], ['wins', null]]);
    expect(hosts[0]).toMatchObject({ name: 'One', tags: ['big'], enabled: false });
  });

  test.each([
    ['gpu1', 'expected id=url,id=url'],
    ['GPU1=http://a', 'expected an id of lower-case'],
    ['a=ftp://a', 'must be http or https'],
  ['a=http://169.254.169.254', 'does not connect to 169.254.169.254'],
    ['a=http://u:secret@a', 'must not hold user info'],
    ['a=http://a/?key=secret', 'no query'],
    ['a=http://a,a=http://b', 'the id a is there twice'],
  ])('DROVER_HOSTS=%s is refused in one line', (value, cure) => {
    const found = problems({ env: { DROVER_HOSTS: value } });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^DROVER_HOSTS/);
    expect(found[0]).toContain(cure);
    expect(found[0]).not.toContain('secret');
  });

  test('a key for nobody names the variable that was meant', () => {
    expect(problems({ env: { DROVER_HOSTS: 'gpu1=http://a', DROVER_HOST_GPU_1_API_KEY: 'k' } })).toEqual(['DROVER_HOST_GPU_1_API_KEY: no host of that id is declared; did you mean DROVER_HOST_GPU1_API_KEY?']);
  });
});

describe('mistakes are one line each and name the cure', () => {
  test.each([
    ['DROVER_LISTN', 'DROVER_LISTEN'],
    ['DROVER_DATADIR', 'DROVER_DATA_DIR'],
    ['DROVER_HOST', 'DROVER_HOSTS'],
    ['DROVER_LIMITS_WS_PNG_MS', 'DROVER_LIMITS_WS_PING_MS'],
  ])('%s → %s', (name, meant) => {
    expect(problems({ env: { [name]: '1' } })).toEqual([`"${name}" is not a setting; did you mean "${meant}"?`]);
  });

  test('unknown keys of the file, at every depth', () => {
    const path = yaml('listn: 1\nlimits: {ws: {pingM: 1}}\nhosts: [{id: a, url: "http://a", baseUrl: "http://a"}]\n');
    expect(problems({ env: { DROVER_CONFIG: path } })).toEqual([
      `${path}: "listn" is not a setting; did you mean "listen"?`,
      `${path}: "limits.ws.pingM" is not a setting; did you mean "limits.ws.pingMs"?`,
      `${path}: hosts[0]: "url" is no field of a host; did you mean "baseUrl"?`,
    ]);
  });

  test('an unknown limit on the command line', () => {
    expect(problems({ flags: { limit: ['ws.ping=3'] } })).toEqual(['--limit: "ws.ping" is not a setting; did you mean "ws.pingMs"?']);
  });

  test.each([
    [{ DROVER_LISTEN: 'here' }, 'DROVER_LISTEN: expected host:port'],
    [{ DROVER_LISTEN: '127.0.0.1:99999' }, 'DROVER_LISTEN: expected host:port'],
    [{ DROVER_LOG_LEVEL: 'loud' }, 'DROVER_LOG_LEVEL: expected trace, debug'],
    [{ DROVER_FLUSH_MS: 'soon' }, 'DROVER_FLUSH_MS: expected a number'],
    [{ DROVER_TOKEN: 'two words' }, 'DROVER_TOKEN: expected printable ASCII'],
    [{ DATABASE_URL: 'mysql://u:two words@h/d' }, 'DATABASE_URL: expected postgres://'],
    [{ DROVER_PUBLIC_URL: 'drover' }, 'DROVER_PUBLIC_URL: expected the URL'],
  ])('%o', (env, line) => {
    const found = problems({ env });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(line);
    expect(found[0]).not.toContain('two words');
  });

  test('a file that is not YAML, or no settings', () => {
    expect(problems({ env: { DROVER_CONFIG: yaml('a: [1\nb: 2') } })[0]).toMatch(/:\d+: not valid YAML: /);
    expect(problems({ env: { DROVER_CONFIG: yaml('- 1') } })[0]).toContain('expected settings');
  });

  test.each(['0.0.0.0:4747', ':4747', '[::]:4747', '192.168.1.2:80', 'drover.example:80'])('listening on %s without a token is refused, naming DROVER_TOKEN', (listen) => {
    expect(problems({ env: { DROVER_LISTEN: listen } })).toEqual([expect.stringContaining('DROVER_TOKEN=')]);
    expect(problems({ env: { DROVER_LISTEN: listen, DROVER_TOKEN: 'abc' } })).toEqual([]);
  });
});

test.each([
  ['4747', { host: '127.0.0.1', port: 4747 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  [':80', { host: '::', port: 80 }],
  ['::1:80', null],
  ['[gpu1]:80', null],
  ['127.0.0.1', null],
])('listen %s', (text, address) => {
  expect(parseListen(text)).toEqual(address);
});

test('the printed configuration is YAML, says where each value came from, and shows no secret', () => {
  const path = yaml('hosts: [{id: gpu1, baseUrl: "http://a:1", apiKey: hush-inline}]\nlimits: {ws: {pingMs: 7}}\n');
  expect(maskUrl('postgres://u:hu@sh@db/x?pass=hush&sslmode=require&SSLPASSWORD=hush')).toBe('postgres://u:********@db/x?pass=********&sslmode=require&SSLPASSWORD=********');
  const config = load({ env: { DROVER_CONFIG: path, DROVER_TOKEN: 'hush-token', DATABASE_URL: 'postgres://drover:hush-pass@db/drover?sslpassword=hush-ssl', DROVER_FLUSH_MS: '5' } });
  const text = printConfig(config);
  expect(text).not.toContain('hush');
  expect(text).toContain('# DROVER_TOKEN');
  expect(text).toMatch(/^listen: .*# default$/m);
  expect(text).toMatch(new RegExp(`^ {4}pingMs: 7 {2}# ${path}: limits.ws.pingMs$`, 'm'));
  expect(text).toMatch(/^ {4}flushMs: 5 {2}# DROVER_FLUSH_MS$/m);
  expect(parse(text)).toMatchObject({ listen: '127.0.0.1:4747', databaseUrl: 'postgres://drover:********@db/drover?sslpassword=********', limits: { ...LIMITS, ws: { ...LIMITS.ws, pingMs: 7, flushMs: 5 } } });
});

test('the data folder is made; one that cannot be is one line with the cure', () => {
  const path = join(folder, 'deep', 'data');
  prepareDataDir(path);
  expect(existsSync(path)).toBe(true);
  const file = yaml('');
  expect(() => prepareDataDir(join(file, 'data'))).toThrow(/^the data folder .* cannot be written \(E\w+\): set DROVER_DATA_DIR/);
});

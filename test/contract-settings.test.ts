/** The contract's chapter on settings, against the real command: precedence, forms, refusals of one line with status 1. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTo } from '../src/io/postgres/pools.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { drover, simHost } from './support/fleet.ts';
import { dataFolder, eventually, startProgram } from './support/program.ts';

let cwd = '';
let database: TestDatabase;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'drover-settings-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
  rmSync(cwd, { recursive: true, force: true });
});

/** One line each, beginning with the program's name; status 1; nothing on stdout. */
async function refusal(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { code, out, err } = await drover(args, { cwd, env });
  expect([code, out], err).toEqual([1, '']);
  for (const line of err.trimEnd().split('\n')) expect(line).toMatch(/^drover: \S/);
  return err.trimEnd();
}
const config = async (args: string[] = [], env: Record<string, string> = {}): Promise<string> => {
  const { code, out, err } = await drover(['config', ...args], { cwd, env });
  expect([code, err]).toEqual([0, '']);
  return out;
};

describe('drover config', () => {
  it('flags over environment over file over default, per key; secrets masked', async () => {
    const file = join(cwd, 'drover.yaml');
    writeFileSync(file, [
      'listen: 127.0.0.1:1111', 'logLevel: warn', 'allowedHosts: [file.lan]', 'token: file-token-secret', 'dataDir: ./data',
      'hosts:', '  - { id: gpu1, baseUrl: "http://10.0.0.1:8080", apiKey: key-in-file, tags: [a], name: One, enabled: false }', '',
    ].join('\n'));
    const plain = await config();
    expect(plain).toMatch(/listen: 127\.0\.0\.1:1111\b/);
    expect(plain).toContain('gpu1');
    expect(plain).toContain(join(cwd, 'data'));
    expect(plain).not.toMatch(/file-token-secret|key-in-file/);
    const mixed = await config(['--listen', '127.0.0.1:3333'], { DROVER_LISTEN: '127.0.0.1:2222', DROVER_LOG_LEVEL: 'error', DROVER_HOSTS: 'gpu2=http://10.0.0.2:8080', DROVER_HOST_GPU2_API_KEY: 'key-in-env' });
    expect(mixed).toMatch(/listen: 127\.0\.0\.1:3333\b/);
    expect(mixed).toMatch(/logLevel: error\b/);
    expect(mixed).toContain('file.lan');
    expect(mixed).toContain('gpu2');
    expect(mixed).not.toContain('gpu1');
    expect(mixed).not.toMatch(/file-token-secret|key-in-env/);
    const json = JSON.parse(await config(['--json']));
    expect(JSON.stringify(json)).not.toMatch(/file-token-secret|key-in-file/);
    rmSync(file);
    expect(await config()).toMatch(/listen: 127\.0\.0\.1:4747\b/);
    writeFileSync(join(cwd, 'other.yaml'), 'logLevel: debug\n');
    expect(await config([], { DROVER_CONFIG: 'other.yaml' })).toMatch(/logLevel: debug\b/);
    expect(await config([], { XDG_DATA_HOME: '/x' })).toContain('/x/drover');
    expect(await config([], { HOME: '/h' })).toContain('/h/.local/share/drover');
  });

  it('an unknown key names the nearest one; all mistakes at once, a line each', async () => {
    expect(await refusal(['config'], { DROVER_LISTN: 'x' })).toContain('DROVER_LISTEN');
    writeFileSync(join(cwd, 'bad.yaml'), 'listn: 127.0.0.1:1\nhosts: [{ id: gpu1, baseUrl: "http://10.0.0.1", apikey: x }]\n');
    const lines = (await refusal(['config'], { DROVER_CONFIG: 'bad.yaml' })).split('\n');
    expect(lines).toEqual([expect.stringContaining('"listen"'), expect.stringContaining('"apiKey"')]);
    expect(await refusal(['config', '--lisen', 'x'])).toContain('--listen');
    expect(await refusal(['config'], { DROVER_CONFIG: 'missing.yaml' })).toContain('missing.yaml');
    const badHosts = ['gpu1', 'GPU1=http://10.0.0.1', 'gpu1=ftp://10.0.0.1', 'gpu1=http://169.254.169.254', 'gpu1=http://u:p@10.0.0.1', 'gpu1=http://10.0.0.1,gpu1=http://10.0.0.2'];
    for (const said of await Promise.all(badHosts.map((hosts) => refusal(['config'], { DROVER_HOSTS: hosts })))) {
      expect(said).toContain('DROVER_HOSTS');
      expect(said).not.toContain('u:p');
    }
  });

  it('DATABASE_URL: anything but its forms is an error that names them', async () => {
    const said = await Promise.all(['mysql://x', 'relative/path', 'pg', 'http://x', 'sqlite:x'].map((url) => refusal(['start'], { DATABASE_URL: url })));
    for (const line of said) for (const form of ['postgres://', 'postgresql://', 'file:', './', '../']) expect(line).toContain(form);
  });
});

describe('drover start refuses with one line', () => {
  const start = (env: Record<string, string>): Promise<string> => refusal(['start'], { DROVER_DATA_DIR: join(cwd, 'd'), DROVER_LOG_LEVEL: 'silent', DATABASE_URL: database.url, ...env });

  it('beyond loopback without a token', async () => {
    const said = await Promise.all(['0.0.0.0:0', '[::]:0', ':0', '192.168.1.2:0', 'example.org:0'].map((listen) => start({ DROVER_LISTEN: listen })));
    for (const line of said) expect(line).toContain('DROVER_TOKEN');
  });

  it('a busy port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const said = await start({ DROVER_LISTEN: `127.0.0.1:${port}` });
    expect(said.split('\n')).toHaveLength(1);
    expect(said).toContain(`127.0.0.1:${port} is in use`);
    expect(said).toContain('DROVER_LISTEN');
    taken.close();
  });

  it('a folder that cannot be written', async () => {
    writeFileSync(join(cwd, 'a-file'), '');
    const said = await start({ DROVER_DATA_DIR: join(cwd, 'a-file', 'data'), DROVER_LISTEN: '127.0.0.1:0' });
    expect(said.split('\n')).toHaveLength(1);
    expect(said).toContain('DROVER_DATA_DIR');
    const file = await start({ DROVER_DATA_DIR: join(cwd, 'a-file'), DROVER_LISTEN: '127.0.0.1:0' });
    expect(file).toContain('DROVER_DATA_DIR');
    if (process.getuid?.() !== 0) {
      mkdirSync(join(cwd, 'locked'));
      chmodSync(join(cwd, 'locked'), 0o500);
      expect(await start({ DROVER_DATA_DIR: join(cwd, 'locked'), DROVER_LISTEN: '127.0.0.1:0' })).toContain('DROVER_DATA_DIR');
    }
  });

  it('a newer schema, and a wrong password', async () => {
    const newer = await createTestDatabase();
    const sql = connectTo(newer.url, { max: 1 });
    try {
      const [table] = await sql<{ name: string }[]>`SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name LIKE '%migration%' LIMIT 1`;
      expect(table).toBeDefined();
      await sql.unsafe(`INSERT INTO ${table!.name} SELECT (jsonb_populate_record(m, '{"version": 9999, "id": 9999, "name": "9999-future"}'::jsonb)).* FROM ${table!.name} m LIMIT 1`);
      const { code, err } = await drover(['start'], { cwd, env: { DROVER_DATA_DIR: join(cwd, 'd2'), DROVER_LOG_LEVEL: 'silent', DATABASE_URL: newer.url, DROVER_LISTEN: '127.0.0.1:0' } });
      expect([code, err.trimEnd().split('\n').length], err).toEqual([1, 1]);
      expect(err).toMatch(/^drover: .*newer/);
    } finally {
      await sql.end();
      await newer.drop();
    }
    const wrong = new URL(database.url);
    wrong.username = 'nobody-of-that-name';
    wrong.password = 'a-secret-password';
    const { code, err } = await drover(['start'], { cwd, env: { DROVER_DATA_DIR: join(cwd, 'd3'), DROVER_LOG_LEVEL: 'silent', DATABASE_URL: wrong.href, DROVER_LISTEN: '127.0.0.1:0' } });
    expect([code, err.trimEnd().split('\n').length], err).toEqual([1, 1]);
    expect(err).not.toContain('a-secret-password');
  });
});

describe('a second start', () => {
  it('on one database waits, then refuses: database_in_use, status 1, one line; the first goes on', async () => {
    const first = await startProgram({ env: { DATABASE_URL: database.url, DROVER_LOG_LEVEL: 'silent' } });
    const data = await dataFolder();
    try {
      await eventually(() => first.request('/readyz'), ({ status }) => status === 200, 'ready');
      const { code, err } = await drover(['start'], { env: { DATABASE_URL: database.url, DROVER_LOG_LEVEL: 'silent', DROVER_DATA_DIR: data.path, DROVER_LISTEN: '127.0.0.1:0', DROVER_LIMITS_DATABASE_LOCK_WAIT_MS: '500' } });
      expect(code).toBe(1);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
      expect(err).toContain('database_in_use');
      expect((await first.request('/readyz')).status).toBe(200);
    } finally {
      first.kill('SIGTERM');
      expect(await first.ended).toBe(0);
      await data.remove();
    }
  });

  it('on one folder with its own server: the same', async () => {
    const first = await startProgram({ env: { DROVER_LOG_LEVEL: 'silent' } });
    try {
      await eventually(() => first.request('/readyz'), ({ status }) => status === 200, 'ready');
      const { code, err } = await drover(['start'], { env: { DROVER_LOG_LEVEL: 'silent', DROVER_DATA_DIR: first.dataDir, DROVER_LISTEN: '127.0.0.1:0', DROVER_LIMITS_DATABASE_LOCK_WAIT_MS: '500' } });
      expect([code, err.trimEnd().split('\n').length], err).toEqual([1, 1]);
      expect(err).toMatch(/in_use/);
      expect((await first.request('/readyz')).status).toBe(200);
    } finally {
      first.kill('SIGTERM');
      expect(await first.ended).toBe(0);
      rmSync(first.dataDir, { recursive: true, force: true });
    }
  });
});

describe('the same host in the configuration and over the API', () => {
  it('the configuration wins, with a warning', async () => {
    const { host, url } = await simHost({ release: 'v250' });
    const data = await dataFolder();
    const env = { DATABASE_URL: database.url, DROVER_LOG_LEVEL: 'warn' };
    const first = await startProgram({ dataDir: data.path, env });
    try {
      await eventually(() => first.request('/readyz'), ({ status }) => status === 200, 'ready');
      const added = await first.request('/api/hosts', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: 'both', baseUrl: 'http://127.0.0.1:1', name: 'Of the API' }) });
      expect(added.status).toBe(201);
    } finally {
      first.kill('SIGTERM');
      await first.ended;
    }
    const second = await startProgram({ dataDir: data.path, env: { ...env, DROVER_HOSTS: `both=${url}` } });
    try {
      const { hosts } = await eventually(() => second.get('/api/hosts'), (answer: any) => answer.hosts[0]?.state.liveness.state === 'live', 'live');
      expect(hosts).toEqual([expect.objectContaining({ id: 'both', name: 'both', baseUrl: url, source: 'config' })]);
      expect(second.output()).toMatch(/"host":"both".*the configuration wins/);
    } finally {
      second.kill('SIGTERM');
      await second.ended;
      await host.close();
      await data.remove();
    }
  });
});

describe('the demo', () => {
  it('starts a fleet of its own, says where it is, and ends by a signal', async () => {
    const data = await dataFolder();
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [fileURLToPath(new URL('../dist/cli/index.js', import.meta.url)), 'demo', '--count', '3', '--data-dir', data.path], {
      env: { PATH, HOME, DROVER_LISTEN: '127.0.0.1:0', DATABASE_URL: 'postgres://never:used@127.0.0.1:1/none' }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
    try {
      let out = '';
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString();
          const found = /at (http:\/\/127\.0\.0\.1:\d+)\n/.exec(out);
          if (found) resolve(found[1]!);
        });
        child.once('exit', () => reject(new Error(`the demo ended: ${out}`)));
      });
      await eventually(async () => (await fetch(`${url}/readyz`)).json() as any, (answer) => answer.ready && answer.checks.hosts.live === 3, 'ready, with its hosts', 50_000);
      expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
    } finally {
      child.kill('SIGINT');
      expect((await ended)[0]).toBe(0);
      // An orderly end is no fault of the database.
      expect(errors).not.toContain('DatabaseFault');
      await data.remove();
    }
  });
});

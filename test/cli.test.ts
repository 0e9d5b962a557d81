import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runProgram } from '../src/cli/program.ts';
import { createWorld, startHttp, status, type Running, type World } from './support/http-deps.ts';

const TOKEN = 'a-long-secret';
let world: World;
let http: Running;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drover-cli-'));
  world = createWorld({ token: TOKEN });
  http = await startHttp(world);
});
afterAll(() => {
  http.kill();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  world.hosts.clear();
  world.actors.length = 0;
});

/** Runs the command in this process; `drover` looks at nothing but its arguments and these variables. */
async function drover(args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith('DROVER_') || name === 'DATABASE_URL') delete process.env[name];
  Object.assign(process.env, env);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => { out.push(String(text)); return true; });
  const log = vi.spyOn(console, 'log').mockImplementation((text: unknown) => void out.push(`${String(text)}\n`));
  try {
    return { code: await runProgram(args, (line) => void err.push(line)), out: out.join(''), err };
  } finally {
    write.mockRestore();
    log.mockRestore();
    process.env = before;
  }
}

const remote = (...args: string[]) => drover([...args, '--url', http.url], { DROVER_TOKEN: TOKEN });

test('--version, --help, an unknown command, an unknown flag', async () => {
  expect((await drover(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await drover(['--help'])).out).toContain('actors');
  expect((await drover(['--help'])).out).not.toContain('sim-hosts');
  expect(await drover(['actor'])).toEqual({ code: 1, out: '', err: ["drover: unknown command 'actor' (Did you mean actors?)"] });
  expect(await drover(['start', '--listn', 'x'])).toEqual({ code: 1, out: '', err: ["drover: unknown option '--listn' (Did you mean --listen?)"] });
});

describe('config', () => {
  test('prints what is in effect', async () => {
    writeFileSync(join(folder, 'drover.yaml'), 'logLevel: warn\n');
    const { code, out } = await drover(['config', '--listen', '127.0.0.1:1', '--limit', 'ws.pingMs=5'], { DROVER_CONFIG: join(folder, 'drover.yaml'), DROVER_TOKEN: 'hush' });
    expect(code).toBe(0);
    expect(out).toContain('listen: 127.0.0.1:1  # --listen');
    expect(out).toContain(`logLevel: warn  # ${join(folder, 'drover.yaml')}: logLevel`);
    expect(out).toContain('    pingMs: 5  # --limit ws.pingMs');
    expect(out).not.toContain('hush');
  });

  test('mistakes are one line each, status 1', async () => {
    expect(await drover(['config'], { DROVER_LISTN: '1', DROVER_LOG_LEVEL: 'loud' })).toEqual({
      code: 1, out: '', err: ['drover: "DROVER_LISTN" is not a setting; did you mean "DROVER_LISTEN"?', 'drover: DROVER_LOG_LEVEL: expected trace, debug, info, warn, error, fatal or silent'],
    });
    expect((await drover(['start', '--listen', '0.0.0.0:1'])).err).toEqual([expect.stringContaining('DROVER_TOKEN=')]);
  });
});

test('start: a data folder that cannot be written is one line with the cure', async () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  const { code, err } = await drover(['start', '--data-dir', join(path, 'data')]);
  expect([code, err]).toEqual([1, [expect.stringMatching(/^drover: the data folder .* set DROVER_DATA_DIR/)]]);
});

test('hosts: add, list, disable, remove', async () => {
  expect(await remote('hosts', 'add', 'gpu1', 'http://127.0.0.1:9', '--tag', 'big')).toEqual({ code: 0, out: 'gpu1 is watched.\n', err: [] });
  expect(world.hosts.get('gpu1')).toMatchObject({ baseUrl: 'http://127.0.0.1:9', tags: ['big'] });
  expect((await remote('hosts', 'list')).out).toMatch(/^HOST +LIVENESS .*\ngpu1 +live +.*http:\/\/127\.0\.0\.1:9\n$/);
  expect((await remote('hosts', 'disable', 'gpu1')).out).toBe('gpu1 is disabled.\n');
  expect(world.hosts.get('gpu1')?.enabled).toBe(false);
  expect((await remote('hosts', 'add', 'gpu1', 'http://127.0.0.1:9')).err).toEqual([expect.stringMatching(/^drover: A host of this id exists\. .*\(host_exists\)$/)]);
  expect((await remote('hosts', 'remove', 'gpu1')).code).toBe(0);
  expect(world.hosts.size).toBe(0);
});

test('actors: the tree, one of them, a restart', async () => {
  for (const path of ['drover', 'drover/fleet', 'drover/fleet/keeper']) world.actors.push(status(path));
  expect((await remote('actors')).out).toContain('└─ fleet');
  expect((await remote('actors', '--q', 'keeper')).out).not.toContain('└─ fleet');
  expect((await remote('actors', 'drover/fleet/keeper')).out).toContain('Recent transitions:');
  expect((await remote('actors', 'drover/fleet/keeper', '--restart')).out).toBe('drover/fleet/keeper is restarted: incarnation 2.\n');
  expect((await remote('actors', 'drover/nobody')).err).toEqual([expect.stringContaining('(no_such_actor)')]);
});

test('nobody there, and no token, are one line each', async () => {
  const gone = await startHttp(createWorld());
  gone.kill();
  expect((await drover(['hosts', '--url', gone.url])).err).toEqual([`drover: nobody answers at ${gone.url} (ECONNREFUSED): start Drover, or give --url`]);
  expect((await drover(['hosts', '--url', http.url])).err).toEqual([expect.stringContaining('(unauthorized)')]);
});

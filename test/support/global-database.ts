/**
 * vitest's globalSetup: offers one PostgreSQL to the whole run, started when a test first asks, the program built once and the sources
 * compiled once. Tests
 * run in other processes, so they ask over a loopback socket. `DROVER_TEST_DATABASE_URL` names an external server instead.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { isAlive } from '../../src/io/embedded/postmaster.ts';
import { startEmbedded, type EmbeddedServer } from '../../src/io/embedded/server.ts';
import { migrate } from '../../src/io/postgres/migrate.ts';
import { readMigrations } from '../../src/io/postgres/migration-files.ts';
import { connectTo } from '../../src/io/postgres/pools.ts';
import { buildProgram, compileSource } from './compile-source.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where createTestDatabase, builtProgram and compiledSources ask. */
    office: string;
  }
}

const PREFIX = 'drover-test-pg-';

/** What lives no longer than a test run needs not survive a crash. */
const TEST_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200', shared_buffers: '128MB' };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let embedded: EmbeddedServer | null = null;
  let folder: string | null = null;
  let admin: Promise<string> | null = null;
  let template: Promise<string> | null = null;
  let sources: string | null = null;
  let built: Promise<string> | null = null;
  let next = 0;
  const made = new Set<string>();

  const startServer = async (): Promise<string> => {
    const external = process.env['DROVER_TEST_DATABASE_URL'];
    if (external) return external;
    await sweep();
    folder = mkdtempSync(join(tmpdir(), PREFIX));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'owner'), String(process.pid));
    embedded = await startEmbedded({ folder: join(folder, 'pg'), settings: TEST_SETTINGS, signal: new AbortController().signal });
    return embedded.url;
  };
  const server = (): Promise<string> => (admin ??= startServer());
  const on = async (url: string, statement: string): Promise<void> => {
    const sql = connectTo(url, { max: 1, fetch_types: false });
    try {
      await sql.unsafe(statement);
    } finally {
      await sql.end();
    }
  };
  const create = async (options: string): Promise<string> => {
    const name = `drover_test_${process.pid}_${next++}`;
    const url = await server();
    await on(url, `create database ${name} ${options}`);
    made.add(name);
    return name;
  };
  const makeTemplate = async (): Promise<string> => {
    const name = await create('');
    await migrate(databaseUrl(await server(), name), readMigrations());
    return name;
  };
  const answer = async (request: IncomingMessage): Promise<string> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://office');
    if (pathname === '/create') {
      const name = await create(searchParams.has('empty') ? '' : `template ${await (template ??= makeTemplate())} strategy file_copy`);
      return databaseUrl(await server(), name);
    }
    if (pathname === '/build') return (built ??= buildProgram());
    if (pathname === '/sources') return (sources ??= compileSource());
    const name = searchParams.get('name') ?? '';
    if (!made.delete(name)) throw new Error(`no such test database: ${name}`);
    await on(await server(), `drop database ${name} with (force)`);
    return '';
  };
  const office = createServer((request: IncomingMessage, response: ServerResponse) => {
    answer(request).then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => office.listen(0, '127.0.0.1', resolve));
  const address = office.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  project.provide('office', `http://127.0.0.1:${address.port}`);

  return async () => {
    office.closeAllConnections();
    office.close();
    if (sources) rmSync(sources, { recursive: true, force: true });
    if (embedded && folder) {
      await embedded.stop(500);
      rmSync(folder, { recursive: true, force: true });
    } else if (admin) {
      for (const name of made) await on(await admin, `drop database if exists ${name} with (force)`);
    }
  };
}

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Servers of runs that were killed. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(PREFIX) || !existsSync(join(folder, 'owner')) || isAlive(Number(readFileSync(join(folder, 'owner'), 'utf8')))) continue;
    if (existsSync(join(folder, 'pg', 'postmaster.pid'))) {
      const left = await startEmbedded({ folder: join(folder, 'pg'), signal: new AbortController().signal });
      await left.stop(500);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

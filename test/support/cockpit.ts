/** The cockpit for its tests: the real program over simulated hosts and a database of its own, looked at by a real Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { createSimHost } from '../../src/demo/sim-host.ts';
import type { SimHost } from '../../src/demo/sim-types.ts';
import { loadConfig, type Config } from '../../src/io/config.ts';
import { systemClock, systemRandom } from '../../src/io/system.ts';
import { startDrover, type Running } from '../../src/main.ts';
import type { Tree } from '../../src/supervisors/supervision-tree.ts';
import { launchChromium, type TestBrowser } from './chromium.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import type { SimSpec } from './fleet.ts';
import { builtProgram } from './office.ts';

export interface CockpitOptions {
  /** By id; each with one model `tiny` unless told otherwise. */
  hosts?: Record<string, SimSpec>;
  /** Hosts that somebody else runs, instead of `hosts`. */
  declared?: Config['hosts'];
  token?: string;
  /** `none`: it stays away. */
  database?: 'real' | 'none';
  /** Further settings, as the environment gives them. */
  env?: Record<string, string>;
}

export interface Cockpit {
  readonly url: string;
  readonly hosts: Readonly<Record<string, SimHost>>;
  /** Drover's own live tree, as it runs now. */
  readonly tree: Tree;
  /** A page of its own at the path. */
  open(path?: string, options?: BrowserContextOptions): Promise<Page>;
  /** What pages complained of, and what they asked of others than Drover; a test ends by expecting none. */
  readonly complaints: string[];
  /** Stops Drover and starts it again at the same port and with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** With another token, or with none, from then on. */
  start(token?: string | null): Promise<void>;
  close(): Promise<void>;
}

export async function openCockpit({ declared, hosts: specs = declared === undefined ? { gpu1: {} } : {}, token, database = 'real', env = {} }: CockpitOptions = {}): Promise<Cockpit> {
  await builtProgram();
  const folder = mkdtempSync(join(tmpdir(), 'drover-cockpit-'));
  const hosts: Record<string, SimHost> = {};
  const urls: string[] = [];
  for (const [id, spec] of Object.entries(specs)) {
    const host = createSimHost({ clock: systemClock, random: systemRandom, models: [{ id: 'tiny', name: 'Tiny' }], ...spec });
    hosts[id] = host;
    urls.push(`${id}=${await host.listen()}`);
  }
  const db: TestDatabase | null = database === 'real' ? await createTestDatabase() : null;
  const chromium: TestBrowser = await launchChromium();
  const complaints: string[] = [];
  let listen = '127.0.0.1:0';
  let drover: Running | null = null;
  let held = token ?? null;
  const cockpit: Cockpit = {
    get url() { return `http://${listen}`; },
    hosts,
    get tree() {
      if (drover === null) throw new Error('Drover is stopped');
      return drover.tree;
    },
    complaints,
    async open(path = '/', options = {}) {
      // The bundled Chromium's own locale is one that Intl refuses.
      const context = await chromium.browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 }, ...options });
      const page = await context.newPage();
      page.on('console', (message) => {
        // A refused connection or an error status is said by the browser itself, whatever the page makes of it.
        if (message.type() === 'error' && !/Failed to load resource|WebSocket connection to|ERR_CONNECTION/.test(message.text())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        if (!request.url().startsWith(cockpit.url) && !/^(?:data|blob):/.test(request.url())) complaints.push(`asked ${request.url()}`);
      });
      await page.goto(path.startsWith('/') ? `${cockpit.url}${path}` : path);
      return page;
    },
    async start(now = held) {
      held = now;
      const config = loadConfig({
        flags: { listen, dataDir: folder, hosts: urls.join(','), databaseUrl: db?.url ?? 'postgres://nobody@127.0.0.1:1/none', ...(held === null ? {} : { token: held }) },
        env, cwd: folder, home: null,
      });
      drover = await startDrover(declared === undefined ? config : { ...config, hosts: [...declared] }, { log: pino({ level: 'silent' }) });
      listen = new URL(drover.url).host;
    },
    async stop() {
      await drover?.stop();
      drover = null;
    },
    async restart() {
      await cockpit.stop();
      await cockpit.start();
    },
    async close() {
      await chromium.close();
      await cockpit.stop();
      for (const host of Object.values(hosts)) await host.close();
      await db?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await cockpit.start();
  return cockpit;
}

/** Resolves when the expression holds in the page, looked at with each of its frames. Playwright's own wait evaluates text anew each time, which the page's policy refuses. */
export async function until(page: Page, expression: string): Promise<void> {
  await page.evaluate(`new Promise((resolve) => { const look = () => ((${expression}) ? resolve() : requestAnimationFrame(look)); look(); })`);
}

/** Builds the bare list (bare-list/) and serves it with the rows that it is to show. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import type { ActivityRow } from '../../src/model/records/activity.ts';

const ROOT = join(process.cwd(), 'bench', 'support', 'bare-list');
const BUILT = join(process.cwd(), '.cache', 'bare-list');
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

export interface BareList {
  url: string;
  close(): void;
}

/** `rows`: in the order in which they are shown. */
export async function serveBareList(rows: readonly ActivityRow[]): Promise<BareList> {
  await build({ root: ROOT, configFile: false, logLevel: 'warn', plugins: [react()], build: { target: 'es2023', outDir: BUILT, emptyOutDir: true, modulePreload: { polyfill: false } } });
  const body = JSON.stringify(rows);
  const server = createServer(({ url = '/' }, response) => {
    if (url === '/rows.json') response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    else if (url === '/' || /^\/assets\/[\w.-]+$/.test(url)) response.writeHead(200, { 'content-type': TYPES[extname(url) || '.html'] ?? '' }).end(readFileSync(join(BUILT, url === '/' ? 'index.html' : url)));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}

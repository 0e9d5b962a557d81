/**
 * Hosts that send recorded traffic at a steady rate, in a process of their own: `fork(this, [hosts, events a second in all])`. Sends
 * the parent `{urls}`, begins at its first message, then tells `{rows: [host, id, wall ms][]}` of each record that goes out.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { traffic } from './traffic.ts';

const count = Number(process.argv[2]);
const perHost = Number(process.argv[3]) / count;
const TICK_MS = 10;
const SECONDS = 120;

const made = ([1, 2, 3] as const).map((generation) => traffic(generation, { requests: (SECONDS * perHost) / 6, start: Date.now(), stepMs: 1_000 / perHost }));

const hosts = await Promise.all(Array.from({ length: count }, async (_, index) => {
  const { generation, greeting, frames, announced, ids, rows } = made[index % made.length]!;
  let reader: ServerResponse | null = null;
  let next = 0;
  const last = (): number => (next === 0 ? 0 : announced[next - 1]!);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
    const json = (body: string): void => void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    if (pathname === '/api/events') {
      reader = response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(greeting);
    } else if (pathname === '/health') response.end('OK');
    else if (pathname === '/running') json('{"running":[]}');
    else if (pathname === '/api/metrics' && generation < 3) json('[]');
    else if (pathname === '/api/metrics/activity' && generation === 3) {
      const [limit, page] = [Number(searchParams.get('limit')), Number(searchParams.get('page') ?? 1)];
      const from = last() - (page - 1) * limit;
      const found = Array.from({ length: Math.max(0, Math.min(limit, from)) }, (_, i) => rows.get(from - i));
      json(`{"data":[${found.join(',')}],"page":${page},"limit":${limit},"total":${last()},"total_pages":${Math.ceil(last() / limit)}}`);
    } else response.writeHead(404).end('404 page not found');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Sends what is due by now. */
    send(due: number, now: number, sent: [number, number, number][]): void {
      const from = next;
      next = Math.min(frames.length, due);
      if (from === next) return;
      for (let i = from; i < next; i += 1) if (ids[i] !== null) sent.push([index, ids[i]!, now]);
      reader?.write(Buffer.concat(frames.slice(from, next)));
    },
  };
}));

process.send!({ urls: hosts.map(({ url }) => url) });
process.once('message', () => {
  const begun = performance.now();
  setInterval(() => {
    const sent: [number, number, number][] = [];
    // Each host at a moment of its own.
    const due = ((performance.now() - begun) / 1_000) * perHost;
    for (const [index, host] of hosts.entries()) host.send(Math.floor(due + index / count), Date.now(), sent);
    if (sent.length > 0) process.send!({ rows: sent });
  }, TICK_MS);
});
process.once('disconnect', () => process.exit());

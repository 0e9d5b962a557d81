/**
 * The cockpit's own files, as Vite built them into web/dist: open to everyone, since what they show asks for a session. Each view has
 * an address of its own; all of them are the one page. What lies under /assets/ carries a hash in its name and may be kept for ever.
 */
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { App } from './route.ts';

// The same from src/http and from dist/http.
const PAGE = fileURLToPath(new URL('../../web/dist/', import.meta.url));
const VIEWS = ['/', '/matrix', '/hosts/:id', '/models/*', '/activity', '/performance', '/logs', '/actors', '/settings'];

export async function registerPage(app: App): Promise<void> {
  await app.register(fastifyStatic, { root: PAGE, serve: false, cacheControl: false, preCompressed: true });
  const open = { config: { open: true }, schema: { hide: true } };
  for (const view of VIEWS) app.get(view, open, (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html'));
  for (const icon of ['/favicon.ico', '/icon.svg']) app.get(icon, open, (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('icon.svg'));
  app.get('/assets/*', open, (request, reply) => {
    const name = (request.params as { '*': string })['*'];
    return /^[\w.-]+$/.test(name) ? reply.header('cache-control', 'public, max-age=31536000, immutable').sendFile(`assets/${name}`) : reply.callNotFound();
  });
}

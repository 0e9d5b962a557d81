/**
 * The cockpit's own files, as Vite built them into web/dist: open to everyone, since what they show asks for a session. Each view has
 * an address of its own; all of them are the one page, which also says so of an address that is none. What lies under /assets/ carries
 * a hash in its name and may be kept for ever.
 */
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './route.ts';

// The same from src/http and from dist/http.
const PAGE = fileURLToPath(new URL('../../web/dist/', import.meta.url));
const VIEWS = ['/', '/matrix', '/hosts/:id', '/models/*', '/activity', '/performance', '/logs', '/actors', '/settings'];
/** Below these nobody looks for a page. */
const NO_PAGES = ['/api/', '/debug/'];

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

/** A browser that was given an address which is none. */
export function isLostReader({ is404, method, url, headers }: FastifyRequest): boolean {
  return is404 && method === 'GET' && headers.accept?.includes('text/html') === true && !NO_PAGES.some((path) => url.startsWith(path));
}

/** Without validators, so that no later answer to the same address is an empty 304. */
export function sendLostReader(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('cache-control', 'no-store').header('vary', 'accept').sendFile('index.html', { etag: false, lastModified: false });
}

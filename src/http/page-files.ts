/** `/` and its files: one plain live page that works without any request to elsewhere. The modules of src/model come as they were compiled. */
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { App } from './route.ts';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));
const MODULES = fileURLToPath(new URL('../../dist/model/', import.meta.url));

export async function registerPage(app: App): Promise<void> {
  await app.register(fastifyStatic, { root: PAGE, serve: false, cacheControl: false });
  const open = { config: { open: true }, schema: { hide: true } };
  app.get('/', open, (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html'));
  app.get('/favicon.ico', open, (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('icon.svg'));
  app.get('/assets/*', open, (request, reply) => reply.header('cache-control', 'no-cache').sendFile((request.params as { '*': string })['*']));
  app.get('/assets/model/*', open, (request, reply) => {
    const name = (request.params as { '*': string })['*'];
    return /^[\w/-]+\.js$/.test(name) ? reply.header('cache-control', 'no-cache').sendFile(name, MODULES) : reply.callNotFound();
  });
}

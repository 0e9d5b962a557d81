/** `/openapi.json` and `/docs`, made from the same zod schemas that check requests. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { ERRORS } from '../model/errors.ts';
import type { App } from './route.ts';

interface Document { paths?: Record<string, Record<string, { parameters?: { name: string }[] }>> }

/** OpenAPI has no wildcard in a path: it becomes a parameter `path`. */
function nameWildcards<T extends Document>(document: T): T {
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    if (!path.includes('{*}')) continue;
    for (const { parameters } of Object.values(operations)) for (const parameter of parameters ?? []) if (parameter.name === '*') parameter.name = 'path';
    delete document.paths?.[path];
    Object.assign(document.paths ?? {}, { [path.replace('{*}', '{path}')]: operations });
  }
  return document;
}

/** swagger-ui writes one style attribute of its own into its page: that one, by its hash, and no other. */
const DOCS_STYLE = "style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";

const errorTable = (): string => Object.entries(ERRORS).map(([code, { status, message, cure }]) => `| \`${code}\` | ${status} | ${message} | ${cure} |`).join('\n');

export async function registerOpenApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Drover', version,
        description: `A supervised fleet of llama-swap hosts.\n\nUnknown values are \`null\`. Times are RFC 3339 in UTC with microseconds. Methods that change something take JSON.\nLive state comes over \`/ws\`.\n\n## Errors\n\n| code | status | meaning | cure |\n|---|---|---|---|\n${errorTable()}`,
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'DROVER_TOKEN, where one is set.' },
          session: { type: 'apiKey', in: 'cookie', name: 'drover_session' },
        },
      },
      security: [{ token: [] }, { session: [] }, {}],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => nameWildcards(jsonSchemaTransformObject(document) as Document),
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.routeOptions.url?.startsWith('/docs') === true) void reply.header('content-security-policy', String(reply.getHeader('content-security-policy')).replace("style-src 'self'", DOCS_STYLE));
  });
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { deepLinking: true, tryItOutEnabled: false }, theme: { title: 'Drover: the API' } });
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => reply.type('application/json').serializer(JSON.stringify).send(app.swagger()));
}

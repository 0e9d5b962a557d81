/** `POST /api/hosts/test`: tries a host before it is added. */
import { z } from 'zod';
import { generationDocument, reasonDocument } from '../../model/documents.ts';
import type { App, RouteContext } from '../route.ts';
import { errors } from '../responses.ts';
import { tryHost } from '../try-host.ts';

const trialDocument = z.object({
  ok: z.boolean(), reason: z.nullable(reasonDocument), generation: z.nullable(generationDocument),
  build: z.object({ version: z.string(), commit: z.string() }).nullable(),
  models: z.array(z.string()).nullable().meta({ description: 'Keys of the configured models.' }),
}).meta({ id: 'HostTrial' });

export async function registerHostTest(app: App, { deps }: RouteContext): Promise<void> {
  app.post('/api/hosts/test', {
    schema: {
      tags: ['hosts'], summary: 'Try a host without adding it', description: 'Answers within 10 s. A host that cannot be reached, or may not be (`address_refused`), is `ok: false` with its reason.',
      body: z.strictObject({ baseUrl: z.string().max(2_048), apiKey: z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'expected printable ASCII without spaces').nullable().optional() }),
      response: { 200: trialDocument, ...errors('bad_request', 'bad_base_url', 'unauthorized', 'foreign_origin', 'not_json') },
    },
  }, async ({ body }) => tryHost({ baseUrl: body.baseUrl, apiKey: body.apiKey ?? null }, deps));
}

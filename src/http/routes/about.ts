/** `/api/about`: what this process is, where its data lies, and every setting in effect. Secrets are masked before they come here. */
import { z } from 'zod';
import { timeDocument } from '../../model/documents.ts';
import type { App, RouteContext } from '../route.ts';
import { errors } from '../responses.ts';

export const aboutDocument = z.object({
  version: z.string(), node: z.string(), platform: z.string(), pid: z.int(), startedAt: timeDocument, dataDir: z.string(),
  database: z.object({ kind: z.enum(['embedded', 'external']), where: z.string().meta({ description: 'A folder, or an address without its password.' }) }),
  settings: z.array(z.object({ path: z.string(), value: z.unknown(), origin: z.string().meta({ description: '`default`, or where the value was read.' }) })),
}).meta({ id: 'About' });
export type About = z.infer<typeof aboutDocument>;

export async function registerAbout(app: App, { deps }: RouteContext): Promise<void> {
  app.get('/api/about', {
    schema: { tags: ['health'], summary: 'This process and its settings', response: { 200: aboutDocument, ...errors('unauthorized') } },
  }, async () => deps.about);
}

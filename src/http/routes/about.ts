/** `/api/about`: what this process is, where its data lies, and every setting in effect. Secrets are masked before they come here. */
import { aboutDocument } from '../about-document.ts';
import type { App, RouteContext } from '../route.ts';
import { errors } from '../responses.ts';

export async function registerAbout(app: App, { deps }: RouteContext): Promise<void> {
  app.get('/api/about', {
    schema: { tags: ['health'], summary: 'This process and its settings', response: { 200: aboutDocument, ...errors('unauthorized') } },
  }, async () => deps.about);
}

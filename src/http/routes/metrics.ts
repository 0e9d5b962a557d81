/** `/metrics`: Prometheus text. */
import { z } from 'zod';
import type { App, RouteContext } from '../route.ts';
import { errors } from '../responses.ts';

export async function registerMetrics(app: App, { metrics }: RouteContext): Promise<void> {
  app.get('/metrics', {
    schema: {
      tags: ['health'], summary: 'Prometheus metrics',
      response: { 200: { description: 'Prometheus text format.', content: { 'text/plain': { schema: z.string() } } }, ...errors('unauthorized') },
    },
  }, async (_request, reply) => reply.type(metrics.registry.contentType).serializer((text: unknown) => text as string).send(await metrics.registry.metrics()));
}

/** `/healthz`: the event loop turns. `/readyz`: the database and the tree are there too. Hosts that are down do not count. */
import { z } from 'zod';
import { timeDocument } from '../../model/documents.ts';
import type { App, RouteContext } from '../route.ts';

const readyDocument = z.object({
  ready: z.boolean(),
  since: timeDocument,
  checks: z.object({
    database: z.object({ state: z.enum(['starting', 'away', 'migrating', 'ready', 'refused']), reason: z.string().nullable(), since: timeDocument }),
    writers: z.object({ queued: z.int(), queuedBytes: z.int(), refused: z.int() }),
    hosts: z.object({ live: z.int(), total: z.int() }),
  }),
}).meta({ id: 'Readiness' });

export async function registerHealth(app: App, { deps, access }: RouteContext): Promise<void> {
  app.get('/healthz', {
    config: { open: true },
    schema: { tags: ['health'], summary: 'The process is alive', response: { 200: z.object({ ok: z.literal(true) }) } },
  }, async () => ({ ok: true as const }));

  app.get('/readyz', {
    config: { open: true },
    schema: {
      tags: ['health'], summary: 'The database is ready and the tree runs', description: 'With a token set, reasons show only to those who have it.',
      response: { 200: readyDocument, 503: readyDocument },
    },
  }, async (request, reply) => {
    const database = deps.vitals.database();
    const tree = deps.vitals.tree();
    const ready = database.state === 'ready' && tree.state === 'running';
    const published = deps.fleet.list();
    const { queued, queuedBytes, refused } = deps.vitals.writers();
    const later = database.since > tree.since ? database.since : tree.since;
    const since = ready ? later : tree.state !== 'running' ? tree.since : database.since;
    return reply.code(ready ? 200 : 503).header('cache-control', 'no-store').send({
      ready, since,
      checks: {
        database: { state: database.state, reason: access.authenticated(request.headers, true) ? database.reason : null, since: database.since },
        writers: { queued, queuedBytes, refused },
        hosts: { live: published.filter(({ state }) => state.liveness.state === 'live').length, total: published.length },
      },
    });
  });
}

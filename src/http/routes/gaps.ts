/** `/api/gaps`: what is lost, or may be. */
import { z } from 'zod';
import { gapDocument } from '../../model/documents.ts';
import type { App, RouteContext } from '../route.ts';
import { rangeParameters, timeRange } from '../query.ts';
import { errors } from '../responses.ts';

export async function registerGaps(app: App, { deps }: RouteContext): Promise<void> {
  app.get('/api/gaps', {
    schema: {
      tags: ['history'], summary: 'Stretches of activity known, or only possibly, lost',
      description: '`fromId` and `toId` are the first and last id lost, null when open; `fromTs` and `toTs` the times between which those requests ended. `lostMin` 0: only possible; `lostMax` null: unbounded. Over all gaps of a host no row is counted twice.',
      querystring: z.object(rangeParameters), response: { 200: z.object({ gaps: z.array(gapDocument) }), ...errors('bad_request', 'unauthorized', 'database_away') },
    },
  }, async ({ query }) => ({ gaps: await deps.history.gaps(timeRange(query)) }));
}

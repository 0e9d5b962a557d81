/** `/api/host-events`: when and why a host's liveness, boot, build or models changed. */
import { z } from 'zod';
import { timeDocument } from '../../model/documents.ts';
import { HOST_EVENT_KINDS } from '../../model/records/history.ts';
import type { App, RouteContext } from '../route.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { limitParameter, plainText, rangeParameters, repeatable, timeRange } from '../query.ts';
import { errors } from '../responses.ts';

const kind = z.enum(HOST_EVENT_KINDS);
const eventDocument = z.object({
  hostId: z.string(), ts: timeDocument, kind, from: z.string().nullable(), to: z.string().nullable(),
  reason: z.string().nullable().meta({ description: 'Of a model event: the model\'s key.' }),
}).meta({ id: 'HostEvent' });
const cursorKey = z.tuple([timeDocument, plainText(63), kind, plainText(5_000)]);

export async function registerHostEvents(app: App, { deps }: RouteContext): Promise<void> {
  app.get('/api/host-events', {
    schema: {
      tags: ['history'], summary: 'What happened to hosts, newest first',
      querystring: z.object({
        ...rangeParameters, kind: repeatable(kind).meta({ description: 'Only these kinds; repeatable.' }),
        limit: limitParameter(1_000, 100), cursor: z.string().max(10_000).optional(),
      }),
      response: { 200: z.object({ events: z.array(eventDocument), nextCursor: z.string().nullable() }), ...errors('bad_request', 'bad_cursor', 'unauthorized', 'database_away') },
    },
  }, async ({ query }) => {
    const at = query.cursor === undefined ? null : readCursor(query.cursor, cursorKey);
    const after = at === null ? null : { ts: at[0], hostId: at[1], kind: at[2], id: at[3] };
    const found = await deps.history.hostEvents({ ...timeRange(query), kinds: query.kind, limit: query.limit + 1, after });
    const page = found.slice(0, query.limit);
    const last = found.length > query.limit ? page.at(-1)?.key : undefined;
    return {
      events: page.map(({ hostId, ts, kind, from, to, reason }) => ({ hostId, ts, kind, from, to, reason })),
      nextCursor: last === undefined ? null : writeCursor([last.ts, last.hostId, last.kind, last.id]),
    };
  });
}

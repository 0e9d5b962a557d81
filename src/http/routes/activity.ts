/** `/api/activity`: every request that hosts served, by keyset pages or as one export. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { activityDocument, timeDocument } from '../../model/documents.ts';
import { exportName } from '../../model/export-name.ts';
import type { StoredRow } from '../../model/records/activity.ts';
import type { ActivityFilter } from '../../model/records/history.ts';
import type { App, RouteContext } from '../route.ts';
import { CSV_HEADER, csvLine } from '../csv.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { limitParameter, plainText, rangeParameters, repeatable, timeRange } from '../query.ts';
import { errors } from '../responses.ts';

const status = z.string().regex(/^[1-9](\d\d|xx)$/, 'expected a status such as 404, or a class such as 4xx');
const cursorKey = z.tuple([timeDocument, plainText(63), z.int32(), z.int()]);

const querystring = z.object({
  ...rangeParameters,
  model: repeatable(plainText(1_000)).meta({ description: 'Model ids; repeatable.' }),
  status: repeatable(status).meta({ description: '`404` or `4xx`; repeatable.' }),
  path: plainText(1_000).optional().meta({ description: 'The request\'s path on the host.' }),
  limit: limitParameter(1_000, 100),
  cursor: z.string().max(1_000).optional().meta({ description: '`nextCursor` of the page before.' }),
  format: z.enum(['json', 'csv', 'ndjson']).default('json').meta({ description: '`csv` and `ndjson` stream everything that passes the filters, without a limit.' }),
});

export async function registerActivity(app: App, { deps, ending }: RouteContext): Promise<void> {
  app.get('/api/activity', {
    schema: {
      tags: ['history'], summary: 'Requests that hosts served, newest first', description: 'Ordered by (ts, hostId, bootEpoch, upstreamId).',
      querystring,
      response: {
        200: { description: 'A page, or the whole as a file.', content: {
          'application/json': { schema: z.object({ rows: z.array(activityDocument), nextCursor: z.string().nullable() }) },
          'text/csv': { schema: z.string() },
          'application/x-ndjson': { schema: z.string() },
        } },
        ...errors('bad_request', 'bad_cursor', 'unauthorized', 'database_away'),
      },
    },
  }, async ({ query }, reply) => {
    const filter: ActivityFilter = {
      ...timeRange(query),
      models: query.model,
      statuses: query.status.filter((text) => !text.endsWith('xx')).map(Number),
      statusClasses: query.status.filter((text) => text.endsWith('xx')).map((text) => Number(text[0])),
      path: query.path ?? null,
    };
    if (query.format !== 'json') {
      const pages = deps.history.activityPages(filter)[Symbol.asyncIterator]();
      // The first page decides between an answer and an error; after it only the connection can fail.
      const first = await pages.next();
      const lines = query.format === 'csv' ? csvLine : (row: StoredRow): string => `${JSON.stringify(row)}\n`;
      const body = Readable.from(exported(first, pages, lines, query.format === 'csv' ? CSV_HEADER : '', ending), { objectMode: false });
      return reply.type(query.format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson')
        .header('content-disposition', `attachment; filename="${exportName('activity', query.host, deps.clock.now(), query.format)}"`).send(body as never);
    }
    const key = query.cursor === undefined ? null : readCursor(query.cursor, cursorKey);
    const after = key === null ? null : { ts: key[0], hostId: key[1], bootEpoch: key[2], upstreamId: key[3] };
    const rows = await deps.history.activity({ ...filter, limit: query.limit + 1, after });
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : undefined;
    return reply.send({ rows: page, nextCursor: last === undefined ? null : writeCursor([last.ts, last.hostId, last.bootEpoch, last.upstreamId]) } as never);
  });
}

async function* exported(first: IteratorResult<StoredRow[]>, pages: AsyncIterator<StoredRow[]>, line: (row: StoredRow) => string, header: string, ending: AbortSignal): AsyncGenerator<string> {
  try {
    if (header !== '') yield header;
    for (let page = first; page.done !== true; page = await pages.next()) {
      // A thrown error cuts the connection: a file that ends early must not look whole.
      ending.throwIfAborted();
      if (page.value.length > 0) yield page.value.map(line).join('');
    }
  } finally {
    await pages.return?.();
  }
}

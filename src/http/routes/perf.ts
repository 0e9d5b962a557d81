/** `/api/perf`: performance samples, raw or in steps. */
import { z } from 'zod';
import { perfDocument, PERF_METRICS, timeDocument } from '../../model/documents.ts';
import { ApiError } from '../../model/errors.ts';
import { ROLLUP_S } from '../../model/records/perf.ts';
import type { App, RouteContext } from '../route.ts';
import { rangeParameters, timeRange } from '../query.ts';
import { errors } from '../responses.ts';

/** What one answer holds at most: some 10 MB of JSON. */
const MOST = 20_000;

const DESCRIPTION = `Without \`step\` every sample, with it minimum, average and maximum of each bucket. At most ${MOST} of either.

Samples are kept for \`limits.retentionDays.perf\` days, summed up by ${ROLLUP_S} s for \`limits.retentionDays.perfRollups\`. Where a range reaches back beyond the samples, the step is raised to the next multiple of ${ROLLUP_S} s; the answer's \`step\` is the one that it has. A bucket is there only if something was told in it.`;

const spread = z.object({ min: z.number().nullable(), avg: z.number().nullable(), max: z.number().nullable() }).meta({ id: 'Spread' });
const pointDocument = z.object({
  hostId: z.string(), ts: timeDocument, gpu: z.string().nullable(),
  ...(Object.fromEntries(PERF_METRICS.map((metric) => [metric, spread])) as Record<(typeof PERF_METRICS)[number], typeof spread>),
}).meta({ id: 'PerfPoint', description: 'One bucket; `ts` is where it begins.' });

const step = z.coerce.number({ error: 'expected whole seconds' }).int('expected whole seconds').min(1, 'expected at least 1 s').max(86_400, 'expected at most 86,400 s')
  .optional().meta({ description: 'Seconds in a bucket.' });

export async function registerPerf(app: App, { deps }: RouteContext): Promise<void> {
  app.get('/api/perf', {
    schema: {
      tags: ['history'], summary: 'Performance of hosts and GPUs, oldest first', description: DESCRIPTION,
      querystring: z.object({ ...rangeParameters, step }),
      response: {
        200: z.union([z.object({ samples: z.array(perfDocument) }), z.object({ step: z.int().meta({ description: 'Seconds in a bucket: as asked, or longer.' }), points: z.array(pointDocument) })]),
        ...errors('bad_request', 'range_too_large', 'unauthorized', 'database_away'),
      },
    },
  }, async ({ query }) => {
    const range = { ...timeRange(query), limit: MOST + 1 };
    if (query.step === undefined) {
      const samples = await deps.history.perf(range);
      if (samples.length > MOST) throw new ApiError('range_too_large');
      return { samples };
    }
    const { stepS, points } = await deps.history.perfSteps({ ...range, stepS: query.step });
    if (points.length > MOST) throw new ApiError('range_too_large', undefined, { details: { step: stepS } });
    return { step: stepS, points };
  });
}

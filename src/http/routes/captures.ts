/** `/api/hosts/:id/captures/:activityId`: one request and its answer, fetched from the host's memory. */
import { z } from 'zod';
import { fetchCapture } from '../../io/llama-swap/captures.ts';
import { ApiError } from '../../model/errors.ts';
import type { App, RouteContext } from '../route.ts';
import { errors } from '../responses.ts';

const body = z.object({ text: z.string(), bytes: z.int().meta({ description: 'Before the cut.' }), cut: z.boolean() }).nullable();
const captureDocument = z.object({
  hostId: z.string(), bootEpoch: z.int(), upstreamId: z.int(), reqPath: z.string(),
  reqHeaders: z.record(z.string(), z.string()), reqBody: body, respHeaders: z.record(z.string(), z.string()), respBody: body,
}).meta({ id: 'Capture', description: 'Authorisation, cookies and keys are masked; bodies are cut at 1 MiB.' });

const whole = z.string().regex(/^\d{1,15}$/, 'expected a whole number').transform(Number);

export async function registerCaptures(app: App, { deps, ending }: RouteContext): Promise<void> {
  app.get('/api/hosts/:id/captures/:activityId', {
    schema: {
      tags: ['hosts'], summary: 'A captured request and its answer',
      description: 'Captures live in the host\'s memory. Ids begin again with each boot, so only those of the boot that runs can be had.',
      params: z.object({ id: z.string(), activityId: whole.meta({ description: '`upstreamId` of the row.' }) }),
      querystring: z.object({ boot: whole.meta({ description: '`bootEpoch` of the row.' }) }),
      response: { 200: captureDocument, ...errors('bad_request', 'unauthorized', 'no_such_host', 'capture_gone', 'host_unavailable') },
    },
  }, async ({ params: { id, activityId }, query: { boot } }) => {
    const port = deps.hostPort(id);
    const published = deps.fleet.get(id);
    if (port === null || published === null) throw new ApiError('no_such_host');
    /** Asked before and after: the host may restart meanwhile. */
    const assertRuns = (): void => {
      const now = deps.fleet.get(id)?.state;
      if (now?.bootEpoch !== boot) throw new ApiError('capture_gone', `Boot ${boot} of ${id} is not the one that runs.`);
      if (now.liveness.state !== 'live' && now.liveness.state !== 'stale') {
        throw new ApiError('host_unavailable', `${id} is ${now.liveness.state}, so nobody can tell whether boot ${boot} still runs.`, { details: { reason: now.liveness.reason } });
      }
    };
    assertRuns();
    const answer = await fetchCapture(port, activityId, ending);
    assertRuns();
    switch (answer.kind) {
      case 'capture': return { hostId: id, bootEpoch: boot, ...answer.capture };
      case 'gone': throw new ApiError('capture_gone');
      case 'fault': throw new ApiError('host_unavailable', answer.fault.text, { details: { reason: answer.fault } });
      default: return answer satisfies never;
    }
  });
}

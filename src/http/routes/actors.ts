/** `/debug/actors`: the live actor tree. Reads are of what the registry holds: none of them can block or crash an actor. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ACTOR_SORTS, drawActors, selectActors } from '../../model/actor-tree.ts';
import { actorDetailDocument, statusDocument } from '../../model/documents.ts';
import { ApiError } from '../../model/errors.ts';
import type { ActorDetail } from '../../model/status.ts';
import type { App, RouteContext } from '../route.ts';
import { limitParameter, repeatable } from '../query.ts';
import { errors } from '../responses.ts';

const format = z.enum(['json', 'text']).default('json').meta({ description: '`text`: a tree for a terminal.' });
const params = z.object({ '*': z.string() });
const planDocument = z.object({ path: z.string(), restarts: z.array(z.string()) });

function detailText(detail: ActorDetail, nowMs: number): string {
  const { lastExit, recent, children } = detail;
  const parts = [drawActors([detail, ...children], nowMs)];
  if (lastExit?.stack) parts.push(`Last exit, ${lastExit.at}:\n${lastExit.stack}\n`);
  if (recent.length > 0) parts.push(`Recent transitions:\n${recent.map(({ at, from, event, to }) => `  ${at}  ${from} → ${to}  (${event})`).join('\n')}\n`);
  return parts.join('\n');
}

export async function registerActors(app: App, { deps }: RouteContext): Promise<void> {
  const { actors, clock } = deps;
  const sendText = (reply: FastifyReply, text: string): FastifyReply => reply.type('text/plain; charset=utf-8').serializer((payload: unknown) => payload as string).send(text);

  app.get('/debug/actors', {
    schema: {
      tags: ['actors'], summary: 'Every actor, in tree order',
      querystring: z.object({
        q: z.string().max(500).optional().meta({ description: 'A part of the path.' }),
        state: repeatable(z.string().max(100)).meta({ description: 'Repeatable.' }),
        kind: z.enum(['supervisor', 'worker']).optional(),
        sort: z.enum(ACTOR_SORTS).optional().meta({ description: 'Absent: tree order.' }),
        order: z.enum(['asc', 'desc']).optional(),
        limit: limitParameter(1_000_000, 1_000_000),
        format,
      }),
      response: { 200: z.object({ actors: z.array(statusDocument), total: z.int().meta({ description: 'Those that passed the filter.' }) }), ...errors('bad_request', 'unauthorized') },
    },
  }, async ({ query }, reply) => {
    const found = selectActors(actors.list(), { q: query.q, states: query.state, kind: query.kind, sort: query.sort, order: query.order, limit: query.limit });
    return query.format === 'text' ? sendText(reply as FastifyReply, drawActors(found.actors, clock.now())) : found;
  });

  app.get('/debug/actors/*', {
    schema: {
      tags: ['actors'], summary: 'One actor with its recent transitions and its children; with `do=restart`, what its restart would restart',
      params, querystring: z.object({ format, do: z.literal('restart').optional().meta({ description: 'Nothing is restarted: the answer is the paths that would be, in order.' }) }),
      response: { 200: z.union([actorDetailDocument, planDocument]), ...errors('unauthorized', 'no_such_actor', 'not_restartable') },
    },
  }, async ({ params: { '*': path }, query }, reply) => {
    if (query.do === 'restart') {
      const plan = actors.plan(path);
      switch (plan.kind) {
        case 'planned': return { path, restarts: plan.paths };
        case 'unknown': throw unknown(path);
        case 'refused': throw new ApiError('not_restartable', plan.reason);
        default: return plan satisfies never;
      }
    }
    const detail = actors.detail(path);
    if (detail === null) throw unknown(path);
    return query.format === 'text' ? sendText(reply as FastifyReply, detailText(detail, clock.now())) : detail;
  });

  app.post('/debug/actors/*', {
    schema: {
      tags: ['actors'], summary: 'Restart an actor',
      description: 'Not counted by its supervisor. Those that the supervisor\'s strategy ties to it restart with it, in order.',
      params, querystring: z.object({ do: z.literal('restart', { error: 'expected do=restart' }) }),
      response: { 202: z.object({ path: z.string(), incarnation: z.int() }), ...errors('bad_request', 'unauthorized', 'foreign_origin', 'no_such_actor', 'not_restartable') },
    },
  }, async ({ params: { '*': path } }, reply) => {
    const answer = await actors.restart(path);
    switch (answer.kind) {
      case 'restarted': return reply.code(202).send({ path, incarnation: answer.incarnation });
      case 'unknown': throw unknown(path);
      case 'refused': throw new ApiError('not_restartable', answer.reason);
      default: return answer satisfies never;
    }
  });

  function unknown(path: string): ApiError {
    const lastExit = actors.lastExit(path);
    return new ApiError('no_such_actor', undefined, lastExit === null ? {} : { details: { path, lastExit } });
  }
}

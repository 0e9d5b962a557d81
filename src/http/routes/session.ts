/** `/api/session`: a browser signs in with the token and gets a cookie. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../../model/errors.ts';
import type { App, RouteContext } from '../route.ts';
import { errors } from '../responses.ts';
import { createTries } from '../tries.ts';

const sessionDocument = z.object({ required: z.boolean(), authenticated: z.boolean() }).meta({ id: 'Session', description: '`required`: a token is set.' });

export async function registerSession(app: App, { deps, access, sessions }: RouteContext): Promise<void> {
  const { token, publicUrl } = deps.settings;
  const tries = createTries(deps.clock, { most: 10, windowMs: 60_000 });
  const secure = (request: FastifyRequest): boolean => publicUrl?.startsWith('https:') === true || /^https(?:$|\s*,)/i.test(String(request.headers['x-forwarded-proto'] ?? ''));

  app.get('/api/session', {
    config: { open: true },
    schema: { tags: ['session'], summary: 'Is a token needed, and is this caller let in', response: { 200: sessionDocument, ...errors('wrong_host') } },
  }, async (request) => ({ required: token !== null, authenticated: access.authenticated(request.headers, true) }));

  app.post('/api/session', {
    config: { open: true },
    schema: {
      tags: ['session'], summary: 'Sign in', description: 'Sets the cookie `drover_session`. After 10 wrong ones a minute and address no more are judged, until the minute is over (Retry-After); behind a proxy the address is the proxy\'s.',
      body: z.strictObject({ token: z.string().max(1_024) }), response: { 200: sessionDocument, ...errors('bad_request', 'unauthorized', 'foreign_origin', 'too_many_requests') },
    },
  }, async (request, reply) => {
    if (token === null) return { required: false, authenticated: true };
    const waitS = tries.waitS(request.ip);
    if (waitS > 0) {
      void reply.header('retry-after', String(waitS));
      throw new ApiError('too_many_requests');
    }
    if (!sessions.check(request.body.token)) {
      tries.failed(request.ip);
      throw new ApiError('unauthorized', 'This is not the token.');
    }
    return reply.header('set-cookie', sessions.header(sessions.issue(), secure(request))).send({ required: true, authenticated: true });
  });

  app.delete('/api/session', {
    schema: { tags: ['session'], summary: 'Sign out', response: { 204: z.null(), ...errors('unauthorized', 'foreign_origin') } },
  }, async (request, reply) => reply.header('set-cookie', sessions.header(null, secure(request))).code(204).send(null));
}

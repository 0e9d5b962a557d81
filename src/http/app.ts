/** The Fastify application: the rules that hold for every request, then the routes. It does not listen. */
import helmet from '@fastify/helmet';
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { ApiError } from '../model/errors.ts';
import { createAccess, type Access } from './access.ts';
import type { HttpDeps } from './deps.ts';
import { answerBrokenHttp, answerError } from './error-answers.ts';
import type { Metrics } from './metrics.ts';
import { registerOpenApi } from './openapi.ts';
import { isLostReader, registerPage, sendLostReader } from './page-files.ts';
import { registerAbout } from './routes/about.ts';
import { registerActivity } from './routes/activity.ts';
import { registerActors } from './routes/actors.ts';
import { registerCaptures } from './routes/captures.ts';
import { registerGaps } from './routes/gaps.ts';
import { registerHealth } from './routes/health.ts';
import { registerHostEvents } from './routes/host-events.ts';
import { registerHosts } from './routes/hosts.ts';
import { registerHostTest } from './routes/host-test.ts';
import { registerMetrics } from './routes/metrics.ts';
import { registerPerf } from './routes/perf.ts';
import { registerSession } from './routes/session.ts';
import type { App, RouteContext } from './route.ts';
import { createSessions } from './sessions.ts';

export interface AppOptions {
  deps: HttpDeps;
  metrics: Metrics;
  /** The port in use, once it listens. */
  port: () => number;
  ending: AbortSignal;
  /** While true every request is answered with `stopping`. */
  draining: () => boolean;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const BODY_LIMIT = 64 * 1024;
const HEADER_LIMIT = 16 * 1024;

export async function createApp(options: AppOptions): Promise<{ app: App; access: Access }> {
  const { deps } = options;
  const app: App = Fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    http: { maxHeaderSize: HEADER_LIMIT },
    routerOptions: { maxParamLength: 2_048 },
    requestTimeout: 30_000,
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    clientErrorHandler: (error, socket) => answerBrokenHttp(error, socket),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => (document) => JSON.stringify(document));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));

  app.removeAllContentTypeParsers();
  const json = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void json(request, body as string, done);
  });

  const sessions = createSessions(deps.settings.token, deps.settings.sessionKey, deps.clock);
  const access = createAccess(deps.settings, sessions, options.port);
  app.addHook('onRequest', async (request) => {
    const host = access.host(request.headers);
    if (!host.ok) throw new ApiError(host.code);
    if (options.draining() && request.routeOptions.url !== '/healthz' && request.routeOptions.url !== '/readyz') throw new ApiError('stopping');
    const safe = SAFE.has(request.method);
    if (!safe && access.origin(request.headers) === 'foreign') throw new ApiError('foreign_origin');
    if (request.routeOptions.config?.open !== true && !isLostReader(request) && !access.authenticated(request.headers, safe)) throw new ApiError('unauthorized');
  });

  // An answer's connection would else stay open, idle, and hold up the drain.
  app.addHook('onSend', async (_request, reply) => {
    if (options.draining()) void reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    options.metrics.answered(request.routeOptions.url ?? 'none', request.method, reply.statusCode, reply.elapsedTime / 1000);
  });

  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:'], fontSrc: ["'self'"], connectSrc: ["'self'"],
        baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"], objectSrc: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // Only a proxy in front knows whether its name is to stay on https.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  await registerOpenApi(app, deps.settings.version);

  const context: RouteContext = { deps, access, sessions, metrics: options.metrics, ending: options.ending };
  for (const register of [
    registerHosts, registerHostTest, registerCaptures, registerActivity, registerGaps, registerHostEvents, registerPerf,
    registerActors, registerSession, registerAbout, registerHealth, registerMetrics,
  ]) await app.register(async (scope: App) => register(scope, context));
  await registerPage(app);

  app.setNotFoundHandler((request, reply) => {
    if (isLostReader(request)) return sendLostReader(reply);
    const allowed = (['GET', 'POST', 'PATCH', 'DELETE'] as const).filter((method) => app.findRoute({ method, url: request.url.split('?')[0] ?? '' }) !== null);
    if (allowed.length === 0 || (allowed as string[]).includes(request.method)) throw new ApiError('not_found');
    void reply.header('allow', allowed.join(', '));
    throw new ApiError('method_not_allowed', undefined, { details: { allow: allowed } });
  });
  return { app, access };
}

/** What a route file registers itself on, and what it is given. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Access } from './access.ts';
import type { HttpDeps } from './deps.ts';
import type { Metrics } from './metrics.ts';
import type { Sessions } from './sessions.ts';

export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** What a route file is given. */
export interface RouteContext {
  deps: HttpDeps;
  access: Access;
  sessions: Sessions;
  metrics: Metrics;
  /** Fires when streams have to end: the drain's time is nearly over, or the server was killed. */
  ending: AbortSignal;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no token. */
    open?: boolean;
  }
}

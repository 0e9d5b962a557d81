/**
 * http as a supervised child: its start is acknowledged when it listens, a busy port is a start error, and on the order to stop it
 * drains: no new connections, answers finished, sockets closed with 1012, streams ended when the time is nearly over.
 */
import type { AddressInfo } from 'node:net';
import type { Start } from '../actors/child.ts';
import { startWorker } from '../actors/worker.ts';
import { urlHost } from '../io/listen-address.ts';
import { ERRORS } from '../model/errors.ts';
import { createApp } from './app.ts';
import type { AuthorizeUpgrade, HttpDeps } from './deps.ts';
import { createMetrics } from './metrics.ts';
import type { App } from './route.ts';

export interface HttpServer {
  start: Start;
  /** Where it listens, such as `http://127.0.0.1:4747`; null before the first start. A port that was free to choose stays chosen. */
  url(): string | null;
  /** The last start error, one line with the cure; null: none. */
  fault(): string | null;
}

/** `message` is one line with the cure. */
export class ListenError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ListenError';
  }
}

const GOING_AWAY = 1012;

export function createHttpServer(deps: HttpDeps): HttpServer {
  const { host } = deps.settings.listen;
  let port = deps.settings.listen.port;
  let listening = false;
  let fault: string | null = null;
  const metrics = createMetrics({ ...deps, version: deps.settings.version });

  const listen = async (app: App): Promise<void> => {
    try {
      await app.listen({ host, port });
      port = (app.server.address() as AddressInfo).port;
      listening = true;
      fault = null;
    } catch (error) {
      await app.close();
      const failure = listenError(error, host, port);
      fault = failure.message;
      throw failure;
    }
  };

  const start: Start = async (context) => {
    const ending = new AbortController();
    let draining = false;
    const { app, access } = await createApp({ deps, metrics, port: () => port, ending: ending.signal, draining: () => draining });
    const authorize: AuthorizeUpgrade = (request) => {
      if (draining) return { status: ERRORS.stopping.status, code: 'stopping', message: ERRORS.stopping.message };
      const judged = access.upgrade(request);
      return judged.ok ? null : { status: ERRORS[judged.code].status, code: judged.code, message: ERRORS[judged.code].message };
    };
    deps.webSockets.attach(app.server, authorize);
    const cut = (): void => {
      ending.abort();
      app.server.close();
      app.server.closeAllConnections();
    };
    await listen(app);
    if (context.signal.aborted) {
      cut();
      return { kind: 'error', reason: new ListenError('http was stopped while it began to listen') };
    }
    return startWorker(context, (self) => ({
      receive(event) {
        if (event.type !== 'shutdown' || draining) return;
        draining = true;
        context.probe.state('draining', 'shutdown');
        self.later(deps.settings.drainMs * 0.8, cut);
        self.task(Promise.all([app.close(), deps.webSockets.close(GOING_AWAY)]).then(() => self.done()));
      },
      cleanup: cut,
    }), { drains: true });
  };

  return { start, url: () => (listening ? `http://${urlHost(reachable(host))}:${port}` : null), fault: () => fault };
}

/** What listens everywhere is reached here by loopback. */
function reachable(host: string): string {
  return host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host;
}

export function listenError(error: unknown, host: string, port: number): ListenError {
  const at = `${urlHost(host)}:${port}`;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const because = { cause: error };
  if (code === 'EADDRINUSE') return new ListenError(`${at} is in use: stop the other program, or set DROVER_LISTEN to another address, such as ${urlHost(host)}:${port + 1}`, because);
  if (code === 'EACCES') return new ListenError(`listening on ${at} is not allowed: ports below 1024 want more rights; set DROVER_LISTEN to a higher one`, because);
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(code)) return new ListenError(`${host} is no address of this machine: set DROVER_LISTEN to one that is, such as 127.0.0.1:${port}`, because);
  return new ListenError(`listening on ${at} failed: ${code === '' ? String(error) : code}`, because);
}

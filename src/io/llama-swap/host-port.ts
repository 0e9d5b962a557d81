/** The HostPort over HTTP: one host's wire, by undici. The stream has a connection of its own, all else a small pool. */
import { rootCertificates } from 'node:tls';
import type { LookupFunction } from 'node:net';
import { buildConnector, Client } from 'undici';
import { LIMITS } from '../../model/limits.ts';
import { HostError, type HostFault } from '../../model/host/liveness.ts';
import type { GetOptions, HostAnswer, HostPort, HostStream } from '../../model/seams.ts';
import { addressRefused, guardedLookup, isRefusedAddress } from './address-guard.ts';
import { faultOf } from './faults.ts';
import { exchange, type Exchange, type Exchanged } from './exchange.ts';
import { flatHeaders } from './headers.ts';
import { keepConnections } from './kept-connections.ts';
import { createStreamDelivery } from './stream-delivery.ts';
import { UPSTREAM } from './upstream-paths.ts';

export interface HostPortOptions {
  /** As `checkBaseUrl` gives it. */
  baseUrl: string;
  apiKey: string | null;
  /** PEM text of an authority to trust beside the usual ones. */
  ca?: string | null;
  /** The resolver behind the address guard; tests give their own. */
  lookup?: LookupFunction;
  /** From the call to the head of the answer, connecting included. Default LIMITS.stream.headersTimeoutMs. */
  headersTimeoutMs?: number;
  /** From the call to the end of an answer. Default LIMITS.probe.timeoutMs. */
  timeoutMs?: number;
  /** Of an answer, and of the stream while nobody reads it. Default LIMITS.stream.maxFrameBytes. */
  maxBytes?: number;
}

export interface HttpHostPort extends HostPort {
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Never pushes back on the stream: what has come is handed over at once, and kept until `start`. No redirects, no compression, HTTP/1.1. */
export function createHostPort(options: HostPortOptions): HttpHostPort {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const headersTimeoutMs = options.headersTimeoutMs ?? LIMITS.stream.headersTimeoutMs;
  const mostBytes = options.maxBytes ?? LIMITS.stream.maxFrameBytes;
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'drover' };
  if (options.apiKey !== null) headers['authorization'] = `Bearer ${options.apiKey}`;
  const connect = guardedConnector(options, headersTimeoutMs);
  // Time-outs are held here, from call to end: undici's start anew with each byte, so that a trickle would never end.
  const common = { connect, headersTimeout: 0, bodyTimeout: 0, pipelining: 1 } as const;
  const kept = keepConnections(base.origin, { ...common, keepAliveTimeout: 30_000 });
  const streams = new Set<Client>();

  const fail = (fault: HostFault, cause?: unknown): HostError => new HostError(fault, { cause });

  async function get(path: string, { signal, timeoutMs = options.timeoutMs ?? LIMITS.probe.timeoutMs, maxBytes = mostBytes }: GetOptions): Promise<HostAnswer> {
    const before = kept.connects;
    const request = { path: `${prefix}${path}`, headers: { ...headers, accept: 'application/json, */*;q=0.1' }, signal, timeoutMs, maxBytes, where: base.origin };
    const first = await exchange(kept, request);
    // A kept connection that the host closed in this moment says nothing of the host: once more, on a new one (the other kept one may be as dead).
    const again = first.kind === 'failed' && first.fault.code === 'cut' && !first.answered && kept.connects === before && !signal.aborted;
    const result = again ? await onceMore(request) : first;
    if (result.kind === 'failed') throw fail(result.fault, result.error);
    return result.answer;
  }

  async function onceMore(request: Exchange): Promise<Exchanged> {
    const client = new Client(base.origin, common);
    try {
      return await exchange(client, request);
    } finally {
      await client.destroy();
    }
  }

  return {
    open(signal, path = UPSTREAM.events) {
      if (signal.aborted) return Promise.reject(fail(GIVEN_UP));
      return new Promise<HostStream>((resolve, reject) => {
        const client = new Client(base.origin, common);
        streams.add(client);
        const delivery = createStreamDelivery({ maxHeld: mostBytes });
        let stage: 'head' | 'body' | 'over' = 'head';
        const over = (fault: HostFault | null, error?: unknown): void => {
          const was = stage;
          if (was === 'over') return;
          stage = 'over';
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          streams.delete(client);
          // Its own errors come back to the handlers below, which are over by now.
          void client.destroy().catch(() => undefined);
          if (was === 'head') reject(fail(fault ?? GIVEN_UP, error));
          else delivery.end(fault);
        };
        const onAbort = (): void => {
          delivery.drop();
          over(GIVEN_UP);
        };
        const isEvents = path === UPSTREAM.events;
        // A log says nothing before its first line; the connect alone is bounded then.
        const timer = isEvents ? setTimeout(() => over({ code: 'timeout', text: `${base.origin} did not answer within ${headersTimeoutMs / 1000} s.` }), headersTimeoutMs) : undefined;
        signal.addEventListener('abort', onAbort, { once: true });
        let connected = false;
        client.on('connect', () => (connected = true));
        client.dispatch({ method: 'GET', path: `${prefix}${path}`, headers: { ...headers, accept: isEvents ? 'text/event-stream' : 'text/plain' }, bodyTimeout: 0, headersTimeout: 0 }, {
          onRequestStart: () => undefined,
          onResponseStart(controller, status, raw) {
            if (stage !== 'head' || status < 200) return;
            stage = 'body';
            clearTimeout(timer);
            // Its copy of the head would live as long as the stream: 2.7 KiB.
            controller.rawHeaders = null;
            resolve({ status, headers: flatHeaders(raw), start: (reader) => delivery.start(reader) });
          },
          onResponseData(_controller, chunk) {
            if (stage === 'body' && !delivery.chunk(chunk)) over({ code: 'overrun', text: 'Nobody took what the stream brought.' });
          },
          onResponseEnd: () => over(null),
          onResponseError: (_controller, error) => over(faultOf(error, base.origin, stage === 'body' ? 'body' : connected ? 'head' : 'connect'), error),
        });
      });
    },
    get,
    async close() {
      await Promise.all([kept.destroy(), ...[...streams].map((client) => client.destroy())]);
    },
  };
}

const GIVEN_UP: HostFault = { code: 'stopping', text: 'Drover gave the request up.' };

/** Judges names before the connect, and then the address that was really connected to: literals come only there. */
function guardedConnector(options: HostPortOptions, timeout: number): buildConnector.connector {
  const connect = buildConnector({
    timeout,
    keepAlive: true,
    keepAliveInitialDelay: 20_000,
    allowH2: false,
    lookup: guardedLookup(options.lookup),
    ...(options.ca ? { ca: [...rootCertificates, options.ca] } : {}),
  } as buildConnector.BuildOptions);
  return (target, callback) => {
    if (isRefusedAddress(target.hostname)) return callback(addressRefused(target.hostname), null);
    connect(target, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      const address = socket.remoteAddress;
      if (address === undefined || !isRefusedAddress(address)) return callback(null, socket);
      socket.destroy();
      callback(addressRefused(address), null);
    });
  };
}

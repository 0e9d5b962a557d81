/** The HostPort over HTTP: one host's wire, by undici. Opens one connection for the stream and a small pool for everything else. */
import type { LookupFunction } from 'node:net';
import type { HostPort } from '../../model/seams.ts';

export interface HostPortOptions {
  /** As `checkBaseUrl` gives it. */
  baseUrl: string;
  apiKey: string | null;
  /** PEM text of the authority that signed the host's certificate. */
  ca?: string | null;
  /** The resolver behind the address guard; tests give their own. */
  lookup?: LookupFunction;
  headersTimeoutMs?: number;
}

export interface HttpHostPort extends HostPort {
  /** Cuts every connection. */
  close(): Promise<void>;
}

export function createHostPort(_options: HostPortOptions): HttpHostPort { throw new Error('to come'); }

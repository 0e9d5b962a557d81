/** One wire a declared host, made anew when its address or key changes, shared by its link and by captures. */
import { createHostPort, type HostPortOptions, type HttpHostPort } from './llama-swap/host-port.ts';

/** What is needed to reach a host. */
export interface Reach { config: { baseUrl: string }; apiKey: string | null; ca: string | null }

export interface HostPorts {
  /** Throws for a host that nobody declared. */
  open(hostId: string): HttpHostPort;
  close(): Promise<void>;
}

export function createHostPorts(reach: (hostId: string) => Reach | null, limits: Pick<HostPortOptions, 'headersTimeoutMs' | 'timeoutMs' | 'maxBytes'> = {}): HostPorts {
  const ports = new Map<string, { key: string; port: HttpHostPort }>();
  const closing = new Set<Promise<void>>();
  const retire = (port: HttpHostPort): void => {
    const closed = port.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };
  return {
    open(hostId) {
      const host = reach(hostId);
      const known = ports.get(hostId);
      if (host === null) {
        if (known) retire(known.port);
        ports.delete(hostId);
        throw new Error(`no host ${hostId} is declared`);
      }
      const { config: { baseUrl }, apiKey, ca } = host;
      const key = JSON.stringify([baseUrl, apiKey, ca]);
      if (known?.key === key) return known.port;
      if (known) retire(known.port);
      const port = createHostPort({ baseUrl, apiKey, ca, ...limits });
      ports.set(hostId, { key, port });
      return port;
    },
    async close() {
      for (const { port } of ports.values()) retire(port);
      ports.clear();
      await Promise.all(closing);
    },
  };
}

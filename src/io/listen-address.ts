/** Where Drover listens: `host:port`, `[v6]:port`, `:port` (every address) or a port alone (loopback). */
import { BlockList, isIP, isIPv6 } from 'node:net';

export interface ListenAddress { host: string; port: number }

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** null: not of these forms. */
export function parseListen(text: string): ListenAddress | null {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text.trim());
  if (match === null) return null;
  const [, v6, name, digits] = match;
  const port = Number(digits);
  if (port > 65_535 || (v6 !== undefined && !isIPv6(v6))) return null;
  if (v6 !== undefined) return { host: v6, port };
  if (name === undefined) return { host: '127.0.0.1', port };
  if (name === '' || name === '*') return { host: '::', port };
  if (!/^[A-Za-z0-9.-]+$/.test(name)) return null;
  return { host: name, port };
}

/** A name other than `localhost` may resolve to anything, so it counts as beyond. */
export function isLoopback(host: string): boolean {
  const kind = isIP(host);
  if (kind === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, kind === 6 ? 'ipv6' : 'ipv4');
}

/** As it stands in a URL. */
export function urlHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/**
 * Which addresses Drover connects to. A host's URL comes from whoever may call the API: link-local and cloud metadata
 * addresses are refused, as literals when the URL is declared, and behind a name at each connect, where the address that is
 * judged is the one that is connected to.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

export type BaseUrl =
  /** `url` without a trailing slash. */
  | { kind: 'ok'; url: string }
  | { kind: 'bad'; text: string }
  /** A literal that is refused: 400 `address_refused`. */
  | { kind: 'address_refused'; text: string };

/** http or https, no user info, no query, no fragment. Texts never repeat the URL: it may hold a password. */
export function checkBaseUrl(text: string): BaseUrl {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) return { kind: 'bad', text: 'The base URL is no URL: expected something like http://gpu1:8080.' };
  const url = new URL(trimmed);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { kind: 'bad', text: `The base URL must be http or https, not ${url.protocol.slice(0, 20)}.` };
  if (url.username !== '' || url.password !== '' || /^[a-z]+:[\\/]*[^\\/?#]*@/i.test(trimmed)) return { kind: 'bad', text: 'The base URL must not hold user info; give the key as apiKey.' };
  if (url.search !== '' || url.hash !== '') return { kind: 'bad', text: 'The base URL must end with the path: no query, no fragment.' };
  // The URL parser has brought decimal, octal, hexadecimal and short forms of IPv4 to the usual one.
  const host = bareHost(url.hostname);
  if (isRefusedAddress(host)) return { kind: 'address_refused', text: `Drover does not connect to ${host}: link-local and metadata addresses are refused.` };
  return { kind: 'ok', url: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}

/** An IP address as a resolver, a socket or a URL's hostname says it. What is no IP address is not refused: its name is judged at the connect. */
export function isRefusedAddress(address: string): boolean {
  const bare = bareHost(address).split('%', 1)[0]!;
  switch (isIP(bare)) {
    case 4: return isRefusedV4(bare.split('.').map(Number));
    case 6: return isRefusedV6(wordsOf(bare));
    default: return false;
  }
}

/** A lookup for net.connect: fails with `code: 'ADDRESS_REFUSED'` if any address of the name is refused. `resolve`: dns.lookup, or a test's. */
export function guardedLookup(resolve: LookupFunction = systemLookup as LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found, family) => {
      if (error !== null && error !== undefined) return callback(error, '', 0);
      const addresses: LookupAddress[] = typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : found;
      const refused = addresses.find((entry) => isRefusedAddress(entry.address));
      if (refused !== undefined) return callback(addressRefused(refused.address), '', 0);
      const first = addresses[0];
      if (first === undefined) return callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }), '', 0);
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

export function addressRefused(address: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`Drover does not connect to ${address}: link-local and metadata addresses are refused.`), { code: 'ADDRESS_REFUSED' });
}

function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

function isRefusedV4(bytes: readonly number[]): boolean {
  const [a, b, c, d] = bytes;
  return (a === 169 && b === 254) || (a === 100 && b === 100 && c === 100 && d === 200);
}

function isRefusedV6(words: readonly number[]): boolean {
  if ((words[0]! & 0xffc0) === 0xfe80) return true;
  if (matches(words, [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254])) return true;
  // IPv4 inside: mapped, compatible, translated (RFC 2765), NAT64 (RFC 6052, and the local prefix of RFC 8215); 6to4 holds it in front.
  const inside = matches(words, [0, 0, 0, 0, 0, 0xffff]) || matches(words, [0, 0, 0, 0, 0, 0]) || matches(words, [0, 0, 0, 0, 0xffff, 0])
    || matches(words, [0x64, 0xff9b, 0, 0, 0, 0]) || matches(words, [0x64, 0xff9b, 1]);
  if (inside && isRefusedV4(bytesOf(words[6]!, words[7]!))) return true;
  return words[0] === 0x2002 && isRefusedV4(bytesOf(words[1]!, words[2]!));
}

function matches(words: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((word, i) => words[i] === word);
}

function bytesOf(high: number, low: number): number[] {
  return [high >> 8, high & 255, low >> 8, low & 255];
}

/** The eight words of a valid IPv6 address; the URL parser turns a dotted tail into words. */
function wordsOf(address: string): number[] {
  const canonical = bareHost(new URL(`http://[${address}]`).hostname);
  const [head = '', tail] = canonical.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...zeros, ...back].map((word) => parseInt(word, 16));
}

/**
 * Which addresses Drover connects to. A host's URL comes from whoever may call the API: cloud metadata and link-local
 * addresses are refused, as literals when the URL is declared, and behind a name at each connect: the address that is judged is the
 * one that is connected to.
 */
import type { LookupFunction } from 'node:net';

export type BaseUrl =
  /** `url` without a trailing slash. */
  | { kind: 'ok'; url: string }
  | { kind: 'bad'; text: string }
  /** A literal that is refused: 400 `address_refused`. */
  | { kind: 'address_refused'; text: string };

/** http or https, no user info, no query, no fragment. */
export function checkBaseUrl(_text: string): BaseUrl { throw new Error('to come'); }

/** An IP literal in canonical form (what a resolver or a URL's hostname says). */
export function isRefusedAddress(_address: string): boolean { throw new Error('to come'); }

/** A lookup for net.connect: fails with `code: 'ADDRESS_REFUSED'` if any address of the name is refused. `resolve`: dns.lookup, or a test's. */
export function guardedLookup(_resolve?: LookupFunction): LookupFunction { throw new Error('to come'); }

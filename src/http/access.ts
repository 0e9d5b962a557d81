/**
 * Who may: the Host header (against DNS rebinding), the Origin (against other pages), the token. Pure judgements over headers, the same
 * for HTTP and for the handshake of /ws. Nothing here throws, whatever the headers hold.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { ErrorCode } from '../model/errors.ts';
import { readCookie, type Sessions } from './sessions.ts';

export interface AccessSettings {
  listen: { host: string; port: number };
  token: string | null;
  publicUrl: string | null;
  allowedHosts: readonly string[];
}

export type Judged = { ok: true } | { ok: false; code: ErrorCode };

export interface Access {
  /** The Host header: an IP literal, localhost, or a configured name. */
  host(headers: IncomingHttpHeaders): Judged;
  /** `none`: no Origin came. `own`: it is ours. */
  origin(headers: IncomingHttpHeaders): 'none' | 'own' | 'foreign';
  /** The token, by Bearer; or the cookie: with an Origin of our own, and for safe methods (where browsers send none) without any. */
  authenticated(headers: IncomingHttpHeaders, safe: boolean): boolean;
  /** All of them for /ws, where the cookie always wants its Origin. */
  upgrade(request: IncomingMessage): Judged;
}

const OK: Judged = { ok: true };
const refuse = (code: ErrorCode): Judged => ({ ok: false, code });

/** `name`, `name:port`, `[v6]:port` in lower case, without the root's dot. null: not of these forms. */
export function parseAuthority(text: string): { name: string; port: string } | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]\\]+))(?::(\d{1,5}))?$/i.exec(text);
  if (match === null) return null;
  const name = (match[1] ?? match[2] ?? '').toLowerCase().replace(/\.$/, '');
  return name === '' ? null : { name, port: match[3] ?? '' };
}

export function createAccess(settings: AccessSettings, sessions: Sessions, port: () => number): Access {
  const publicOrigin = settings.publicUrl === null ? null : new URL(settings.publicUrl);
  /** Names with the ports under which a page of ours may live: '' is the scheme's own. */
  const configured = [...settings.allowedHosts, settings.listen.host].flatMap((text) => parseAuthority(isIP(text) === 6 ? `[${text}]` : text) ?? []);
  const names = new Set(['localhost', ...configured.map(({ name }) => name)]);
  if (publicOrigin !== null) names.add(publicOrigin.hostname.toLowerCase());
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const token = settings.token === null ? null : digest(settings.token);

  const host: Access['host'] = (headers) => {
    const authority = parseAuthority(headers.host ?? '');
    return authority !== null && (isIP(authority.name) !== 0 || names.has(authority.name)) ? OK : refuse('wrong_host');
  };

  const origin: Access['origin'] = (headers) => {
    const given = headers.origin;
    if (given === undefined) return 'none';
    if (!URL.canParse(given)) return 'foreign';
    const url = new URL(given);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'foreign';
    if (publicOrigin !== null && url.origin === publicOrigin.origin) return 'own';
    const asked = `${url.protocol}//${headers.host ?? ''}`;
    if (headers.host !== undefined && parseAuthority(headers.host) !== null && URL.canParse(asked) && new URL(asked).host === url.host) return 'own';
    const authority = parseAuthority(url.host);
    const fits = configured.some(({ name, port: only }) => name === authority?.name && (only === '' ? url.port === '' || url.port === String(port()) : only === url.port));
    return fits ? 'own' : 'foreign';
  };

  const bearer = (headers: IncomingHttpHeaders): boolean => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
    return token !== null && given !== undefined && timingSafeEqual(digest(given), token);
  };

  const authenticated: Access['authenticated'] = (headers, safe) => {
    if (token === null || bearer(headers)) return true;
    const from = origin(headers);
    return (from === 'own' || (safe && from === 'none')) && sessions.valid(readCookie(headers.cookie));
  };

  return {
    host, origin, authenticated,
    upgrade(request) {
      const judged = host(request.headers);
      if (!judged.ok) return judged;
      if (origin(request.headers) === 'foreign') return refuse('foreign_origin');
      return authenticated(request.headers, false) ? OK : refuse('unauthorized');
    },
  };
}

/** The cookie of a signed-in browser: a time and an HMAC over it, so that nothing is stored and a restart ends no session. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../model/seams.ts';

export const COOKIE = 'drover_session';
const LIFE_S = 30 * 86_400;

export interface Sessions {
  /** Is this the token? */
  check(token: string): boolean;
  /** A new cookie's value. */
  issue(): string;
  valid(value: string | null): boolean;
  /** The Set-Cookie header; `value` null takes the cookie away. */
  header(value: string | null, secure: boolean): string;
}

/** `key` is the data folder's; the token is part of what signs, so that another token ends all sessions. */
export function createSessions(token: string | null, key: Uint8Array, clock: Pick<Clock, 'now'>): Sessions {
  const signer = createHmac('sha256', key).update(`drover session\0${token ?? ''}`).digest();
  const sign = (text: string): string => createHmac('sha256', signer).update(text).digest('base64url');
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const nowS = (): number => Math.floor(clock.now() / 1000);
  return {
    check: (given) => token !== null && timingSafeEqual(digest(given), digest(token)),
    issue() {
      const issued = `1.${nowS().toString(36)}`;
      return `${issued}.${sign(issued)}`;
    },
    valid(value) {
      const match = /^(1\.([0-9a-z]{1,10}))\.([\w-]{43})$/.exec(value ?? '');
      if (match === null || token === null) return false;
      const [, issued = '', at = '', signature = ''] = match;
      const age = nowS() - Number.parseInt(at, 36);
      // A clock that went back a little is forgiven: a signed time of the future is one of ours.
      return timingSafeEqual(digest(signature), digest(sign(issued))) && age < LIFE_S;
    },
    header(value, secure) {
      return `${COOKIE}=${value ?? ''}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${value === null ? 0 : LIFE_S}${secure ? '; Secure' : ''}`;
    },
  };
}

/** The first cookie of that name; null: none. */
export function readCookie(header: string | undefined): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === COOKIE) return part.slice(at + 1).trim();
  }
  return null;
}

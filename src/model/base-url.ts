/** What may be the base URL of a host. */

export type BaseUrlCheck = { ok: true; url: string } | { ok: false; message: string };

/** Normalised: no trailing slash, so that paths are appended. The message never repeats user info: it may hold a password. */
export function checkBaseUrl(text: string): BaseUrlCheck {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) return { ok: false, message: 'expected a URL such as http://192.168.1.20:8080' };
  const url = new URL(trimmed);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { ok: false, message: `expected http:// or https://, found ${url.protocol}//` };
  if (url.username !== '' || url.password !== '') return { ok: false, message: 'expected a URL without user info; give the key as apiKey' };
  if (url.search !== '' || url.hash !== '') return { ok: false, message: 'expected a URL without a query and without a fragment' };
  if (trimmed.length > 2_048) return { ok: false, message: 'expected at most 2,048 characters' };
  return { ok: true, url: `${url.origin}${url.pathname}`.replace(/\/+$/, '') };
}

/** A host's id: stable, part of paths, metrics and environment names. */
export const HOST_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

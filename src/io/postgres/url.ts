/** `DATABASE_URL` is the only selector of the database; these are its forms. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type DatabaseTarget =
  | { kind: 'external'; url: string }
  /** `folder`: absolute path of the cluster. */
  | { kind: 'embedded'; folder: string };

/** The value names no form that Drover knows. The message names them all and never repeats a password. */
export class DatabaseUrlError extends Error {
  constructor(found: string) {
    super(`DATABASE_URL: expected postgres://… or postgresql://… (an external server), file:… or a path that begins with /, ./ or ../ (embedded there), or nothing (embedded in the data folder); found ${found}`);
    this.name = 'DatabaseUrlError';
  }
}

/** `cwd`: where relative paths start. Throws a DatabaseUrlError. */
export function parseDatabaseUrl(value: string | null | undefined, dataDir: string, cwd: string): DatabaseTarget {
  if (value === null || value === undefined || value.trim() === '') return { kind: 'embedded', folder: join(resolve(cwd, dataDir), 'pg') };
  const text = value.trim();
  if (/^postgres(ql)?:\/\//i.test(text)) {
    if (!URL.canParse(text)) throw new DatabaseUrlError('a postgres:// address that cannot be read (is a character of the password not percent-encoded?)');
    return { kind: 'external', url: text };
  }
  if (/^file:/i.test(text)) return { kind: 'embedded', folder: fileFolder(text, cwd) };
  if (/^(\/|\.\.?\/)/.test(text)) return { kind: 'embedded', folder: resolve(cwd, text) };
  throw new DatabaseUrlError(/^[a-z][a-z0-9+.-]*:/i.test(text) ? `"${text.slice(0, text.indexOf(':') + 1)}…"` : 'a text of no such form');
}

function fileFolder(text: string, cwd: string): string {
  const path = text.slice('file:'.length);
  if (path === '' || path === '//') throw new DatabaseUrlError('file: without a path');
  if (!path.startsWith('//')) return resolve(cwd, decode(path));
  try {
    return fileURLToPath(text);
  } catch {
    throw new DatabaseUrlError('a file: address of another machine, or one that cannot be read');
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

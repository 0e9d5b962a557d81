/**
 * Columns of a batch as PostgreSQL array literals, for `unnest`. Written here and sent as text, because the driver's own arrays
 * cost twice the CPU a row and fail for booleans and dates; a string passes through it untouched.
 *
 * What PostgreSQL cannot hold is replaced by U+FFFD before it can fail a batch: NUL here; a lone surrogate where the driver
 * encodes the text as UTF-8 (Node's encoder writes U+FFFD); both, inside JSON, in `jsonText`.
 */

export function textArray<T>(rows: readonly T[], pick: (row: T) => string | null): string {
  let out = '{';
  for (const row of rows) {
    const value = pick(row);
    out += out.length === 1 ? '' : ',';
    out += value === null ? 'NULL' : quote(value);
  }
  return `${out}}`;
}

/** NaN and the infinities are unknown, hence NULL. */
export function numberArray<T>(rows: readonly T[], pick: (row: T) => number | null): string {
  let out = '{';
  for (const row of rows) {
    const value = pick(row);
    out += out.length === 1 ? '' : ',';
    out += value === null || !Number.isFinite(value) ? 'NULL' : value;
  }
  return `${out}}`;
}

export function booleanArray<T>(rows: readonly T[], pick: (row: T) => boolean | null): string {
  let out = '{';
  for (const row of rows) {
    const value = pick(row);
    out += out.length === 1 ? '' : ',';
    out += value === null ? 'NULL' : value ? 't' : 'f';
  }
  return `${out}}`;
}

export function cleanText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

/**
 * A document for jsonb, which takes neither U+0000 nor lone surrogates, escaped or not. What cannot be written at all (nested
 * too deep for the stack) becomes a text that PostgreSQL refuses, so that the row is rejected like any other bad one.
 */
export function jsonText(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    // JSON.stringify escapes both, and little else: most documents are done here.
    return text.includes('\\u') ? JSON.stringify(cleanJson(value)) : text;
  } catch {
    return 'not serialisable';
  }
}

function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[\0\p{Surrogate}]/gu, '\uFFFD');
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines, it does not assign: `__proto__` stays a plain key.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanJson(key), cleanJson(inner)]));
}

function quote(text: string): string {
  const clean = cleanText(text);
  return /["\\]/.test(clean) ? `"${clean.replace(/["\\]/g, '\\$&')}"` : `"${clean}"`;
}

/** Hand-written checks for the hot path: what a host sends is hostile until it has gone through these. */
import { maskSecrets } from './mask.ts';

/** An entry that could not be read, or not wholly; the rest could. */
export interface BadEntry {
  what: string;
  sample: string;
}

export type Doc = Record<string, unknown>;

export function isDoc(value: unknown): value is Doc {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number that can name something. */
export function isId(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value);
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A list of Go: an empty one may come as `null`, or not at all. undefined: something else came. */
export function listOf(value: unknown): unknown[] | undefined {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : undefined;
}

/** A secret that begins within the sample is masked whole. */
const SAMPLE_TEXT = 1_000;

/** At most 200 characters, secrets masked, copied, so that no huge frame is held by its sample. */
export function sampleOf(value: unknown): string {
  let whole: string;
  if (typeof value === 'string') whole = value;
  else {
    try {
      whole = JSON.stringify(value) ?? String(value);
    } catch {
      whole = Object.prototype.toString.call(value);
    }
  }
  return new TextDecoder().decode(new TextEncoder().encode(maskSecrets(whole.slice(0, SAMPLE_TEXT)).slice(0, 200)));
}

export function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** JSON, or undefined when it is none (`undefined` is not in JSON). */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

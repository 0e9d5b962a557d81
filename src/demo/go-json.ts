/** Text as Go's standard library writes it: what makes the simulator's bytes those of llama-swap. */

const ESCAPES: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' };

/** encoding/json: `<`, `>`, `&` and the two line separators are escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char] ?? char);
}

const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

/** time.RFC3339Nano (trailing zeros cut) or, in whole `seconds`, time.RFC3339. `nanos`: the part below a millisecond. */
export function goTime(ms: number, nanos: number, offsetMinutes: number, seconds: boolean): string {
  const local = new Date(ms + offsetMinutes * 60_000);
  const text = `${pad(local.getUTCFullYear(), 4)}-${pad(local.getUTCMonth() + 1)}-${pad(local.getUTCDate())}T${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}:${pad(local.getUTCSeconds())}`;
  const below = seconds ? '' : (pad(local.getUTCMilliseconds(), 3) + pad(nanos, 6)).replace(/0+$/, '');
  const minutes = Math.abs(offsetMinutes);
  const zone = offsetMinutes === 0 ? 'Z' : `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  return text + (below === '' ? '' : `.${below}`) + zone;
}

/** RFC 3339 to ns since 1970; null where Go's parser refuses. */
export function goParseTime(text: string): bigint | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const [, whole, fraction, zone] = match ?? [];
  if (whole === undefined || zone === undefined) return null;
  const ms = Date.parse(whole + zone);
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n + BigInt((fraction ?? '').slice(0, 9).padEnd(9, '0'));
}

/** time.Duration's text, for log lines: 40.3µs, 309.605566ms, 1.200721091s. */
export function goDuration(ms: number): string {
  if (ms < 1) return `${+(ms * 1_000).toFixed(3)}µs`;
  return ms < 1_000 ? `${+ms.toFixed(6)}ms` : `${+(ms / 1_000).toFixed(9)}s`;
}

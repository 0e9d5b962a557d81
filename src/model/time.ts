/**
 * Times as Drover writes them: UTC, always 'YYYY-MM-DDTHH:MM:SS.ffffffZ', so that text order is time order. A JS Date has
 * milliseconds alone; hosts send nanoseconds or whole seconds, with any offset: the text is taken apart, never read as a Date.
 */

/** One moment by both clocks of the process: `wall` (ms since 1970) for what people read, `mono` (ms) for durations. */
export interface Moment {
  wall: number;
  mono: number;
}

/**
 * RFC 3339 (any offset, up to any fraction) to canonical UTC text; digits beyond the microsecond are cut. null: not a time, or
 * outside the years 1 to 9999. It runs for every row and request, so the minute is converted once and then known by its offset:
 * a fifth of what a regular expression and a Date cost.
 */
export function canonicalTime(text: string): string | null {
  const end = text.length;
  if (end < 20 || end > 64 || text.charCodeAt(16) !== COLON) return null;
  const zone = isZulu(text.charCodeAt(end - 1)) ? end - 1 : end - 6;
  const offset = offsetMinutes(text, zone);
  const micros = fraction(text, zone);
  if (offset === null || micros === null) return null;
  if (!(two(text, 17) <= 59)) return two(text, 17) === 60 ? leapSecond(text, offset, micros) : null;
  const known = MINUTES.get(offset);
  const minute = known !== undefined && text.startsWith(known.local) ? known.utc : utcMinute(text.slice(0, 16), offset);
  return minute === null ? null : `${minute}${text.slice(16, 19)}${micros}`;
}

/** The local minute seen last at each offset, and the same in UTC: both 'YYYY-MM-DDTHH:MM'. */
const MINUTES = new Map<number, { local: string; utc: string }>();

/** null: no such minute. */
function utcMinute(local: string, offset: number): string | null {
  const year = two(local, 0) * 100 + two(local, 2);
  const month = two(local, 5);
  const day = two(local, 8);
  const hour = two(local, 11);
  const minute = two(local, 14);
  if (!(dashed(local) && year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour <= 23 && minute <= 59)) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - offset);
  const utcYear = date.getUTCFullYear();
  if (utcYear < 1 || utcYear > 9999) return null;
  const utc = date.toISOString().slice(0, 16);
  MINUTES.set(offset, { local, utc });
  return utc;
}

/** The first moment of the next minute; most clocks never say it. */
function leapSecond(text: string, offset: number, micros: string): string | null {
  const minute = utcMinute(text.slice(0, 16), offset);
  if (minute === null) return null;
  const next = Date.parse(`${minute}:00Z`) + 60_000;
  return next > MS_MAX ? null : `${new Date(next).toISOString().slice(0, 19)}${micros}`;
}

/** '.ffffffZ' from what stands between the seconds and the zone; null: no fraction. */
function fraction(text: string, zone: number): string | null {
  if (zone === 19) return '.000000Z';
  const mark = text.charCodeAt(19);
  if (zone < 21 || (mark !== DOT && mark !== COMMA)) return null;
  for (let at = 20; at < zone; at += 1) if (!isDigit(text.charCodeAt(at))) return null;
  return zone >= 26 ? `.${text.slice(20, 26)}Z` : `.${text.slice(20, zone).padEnd(6, '0')}Z`;
}

/** ms since 1970 to canonical text. What lies outside the years 1 to 9999 is brought to the nearest end. */
export function timeOfMs(ms: number): string {
  const held = Number.isFinite(ms) ? Math.trunc(Math.min(Math.max(ms, MS_MIN), MS_MAX)) : 0;
  const second = Math.floor(held / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = new Date(second * 1000).toISOString().slice(0, 20);
  }
  const rest = held - second * 1000;
  return `${lastText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}000Z`;
}

/** The text of the second asked for last: all hosts share one clock, and ask for the same second again and again. */
let lastSecond = 0;
let lastText = '1970-01-01T00:00:00.';

/** Canonical text to ms since 1970, microseconds as a fraction. */
export function msOfTime(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`) + Number(time.slice(23, 26)) / 1000;
}

/** Does the text say no more than whole seconds? Generation 3 cuts there, so such a time equals every instant of its second. */
export function isWholeSecond(time: string): boolean {
  return time.startsWith('.000000', 19);
}

const DOT = 46;
const COMMA = 44;
const COLON = 58;
const DASH = 45;

/** The first ms of the year 1 and the last of 9999. */
const MS_MIN = -62_135_596_800_000;
const MS_MAX = 253_402_300_799_999;

/** 'YYYY-MM-DDTHH:MM': are the marks between the digits right? */
function dashed(text: string): boolean {
  const t = text.charCodeAt(10);
  return text.charCodeAt(4) === DASH && text.charCodeAt(7) === DASH && (t === 84 || t === 116 || t === 32) && text.charCodeAt(13) === COLON;
}

/** Minutes east of UTC of an RFC 3339 text's zone; null: it has none. */
export function zoneOffset(text: string): number | null {
  return offsetMinutes(text, isZulu(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length - 6);
}

/** 'Z' or '+HH:MM' from `at` to the text's end. */
function offsetMinutes(text: string, at: number): number | null {
  const sign = text.charCodeAt(at);
  if (isZulu(sign)) return 0;
  if ((sign !== 43 && sign !== DASH) || text.charCodeAt(at + 3) !== COLON) return null;
  const hours = two(text, at + 1);
  const minutes = two(text, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return null;
  return sign === 43 ? hours * 60 + minutes : -(hours * 60 + minutes);
}

function isZulu(code: number): boolean {
  return code === 90 || code === 122;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Two digits as a number; NaN: they are none. */
function two(text: string, at: number): number {
  const a = text.charCodeAt(at);
  const b = text.charCodeAt(at + 1);
  return isDigit(a) && isDigit(b) ? (a - 48) * 10 + (b - 48) : Number.NaN;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

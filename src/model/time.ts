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
 * outside the years 1 to 9999. By character codes: it runs for every row and request, and a regular expression with a Date costs four times as much.
 */
export function canonicalTime(text: string): string | null {
  const end = text.length;
  if (end < 20 || end > 64 || !dashed(text)) return null;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour <= 23 && minute <= 59 && second <= 60)) return null;
  let at = 19;
  let micros = '.000000';
  if (text.charCodeAt(at) === DOT || text.charCodeAt(at) === COMMA) {
    const from = at + 1;
    do at += 1; while (isDigit(text.charCodeAt(at)));
    if (at === from) return null;
    micros = `.${at - from >= 6 ? text.slice(from, from + 6) : text.slice(from, at).padEnd(6, '0')}`;
  }
  const offset = offsetMinutes(text, at);
  if (offset === null) return null;
  if (offset === 0 && second < 60) return year === 0 ? null : `${text.slice(0, 10)}T${text.slice(11, 19)}${micros}Z`;
  const inDay = hour * 60 + minute - offset;
  // A leap second is the first moment of the next minute; most clocks never say it.
  if (inDay >= 0 && inDay < 1440 && second < 60) {
    return year === 0 ? null : `${text.slice(0, 10)}T${pad(Math.floor(inDay / 60))}:${pad(inDay % 60)}${text.slice(16, 19)}${micros}Z`;
  }
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - offset, second, 0);
  const utcYear = date.getUTCFullYear();
  return utcYear < 1 || utcYear > 9999 ? null : `${date.toISOString().slice(0, 19)}${micros}Z`;
}

/** ms since 1970 to canonical text. What lies outside the years 1 to 9999 is brought to the nearest end. */
export function timeOfMs(ms: number): string {
  const held = Number.isFinite(ms) ? Math.min(Math.max(ms, MS_MIN), MS_MAX) : 0;
  return `${new Date(held).toISOString().slice(0, 23)}000Z`;
}

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

/** 'YYYY-MM-DDTHH:MM:SS': are the marks between the digits right? */
function dashed(text: string): boolean {
  const t = text.charCodeAt(10);
  return text.charCodeAt(4) === DASH && text.charCodeAt(7) === DASH && (t === 84 || t === 116 || t === 32) && text.charCodeAt(13) === COLON && text.charCodeAt(16) === COLON;
}

/** 'Z' or '+HH:MM' from `at` to the text's end. */
function offsetMinutes(text: string, at: number): number | null {
  const sign = text.charCodeAt(at);
  if (sign === 90 || sign === 122) return text.length === at + 1 ? 0 : null;
  if ((sign !== 43 && sign !== DASH) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON) return null;
  const hours = two(text, at + 1);
  const minutes = two(text, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return null;
  return sign === 43 ? hours * 60 + minutes : -(hours * 60 + minutes);
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

function pad(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

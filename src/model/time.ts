/**
 * Times as Drover writes them: UTC, always 'YYYY-MM-DDTHH:MM:SS.ffffffZ', so that text order is time order. A JS Date has
 * milliseconds alone; hosts send nanoseconds or whole seconds, with any offset: the text is taken apart, never read as a Date.
 */

/** One moment by both clocks of the process: `wall` (ms since 1970) for what people read, `mono` (ms) for durations. */
export interface Moment {
  wall: number;
  mono: number;
}

/** RFC 3339 (any offset, up to any fraction) to canonical UTC text; digits beyond the microsecond are cut. null: not a time, or outside the years 1 to 9999. */
export function canonicalTime(text: string): string | null {
  const match = RFC_3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, offset] = match as unknown as [string, string, string, string, string, string, string, string | undefined, string];
  const micros = fraction === undefined ? '000000' : fraction.length >= 6 ? fraction.slice(0, 6) : fraction.padEnd(6, '0');
  if (+hour > 23 || +minute > 59 || +second > 60 || +day < 1 || +day > daysIn(+year, +month)) return null;
  // A leap second is the first moment of the next minute; most clocks never say it.
  if (second === '60' || (offset !== 'Z' && offset !== 'z')) {
    const minutes = offset === 'Z' || offset === 'z' ? 0 : offsetMinutes(offset);
    if (minutes === null) return null;
    const date = new Date(0);
    date.setUTCFullYear(+year, +month - 1, +day);
    date.setUTCHours(+hour, +minute - minutes, +second, 0);
    const utcYear = date.getUTCFullYear();
    if (utcYear < 1 || utcYear > 9999) return null;
    return `${date.toISOString().slice(0, 19)}.${micros}Z`;
  }
  if (year === '0000') return null;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}Z`;
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

const RFC_3339 = /^(\d{4})-(0[1-9]|1[0-2])-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,30}))?([Zz]|[+-]\d{2}:\d{2})$/;
/** The first ms of the year 1 and the last of 9999. */
const MS_MIN = -62_135_596_800_000;
const MS_MAX = 253_402_300_799_999;

function offsetMinutes(offset: string): number | null {
  const hours = +offset.slice(1, 3);
  const minutes = +offset.slice(4, 6);
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

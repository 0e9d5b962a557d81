/** Times for people: relative where they stand, absolute on hover, in the zone that was chosen. */
import { span } from './figures.ts';

/** `local`: of this browser. `host`: of the host that a time is about, where that is known; else as `local`. */
export type Zone = 'local' | 'utc' | 'host';
/** Minutes east of UTC; null: this browser's own zone. */
export type Offset = number | null;

/** What to write a time in. `offsetMin`: of the host that the time is about; null: about none, or not known. */
export function offsetOf(zone: Zone, offsetMin: Offset): Offset {
  switch (zone) {
    case 'local': return null;
    case 'utc': return 0;
    case 'host': return offsetMin;
    default: return zone satisfies never;
  }
}

/** Making one costs more than using it a thousand times. */
const FORMATS = { own: formats({}), utc: formats({ timeZone: 'UTC' }) };

type Shape = 'minute' | 'time' | 'day' | 'full';
function formats(zone: { timeZone?: string }): Record<Shape, Intl.DateTimeFormat> {
  const minute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const time = { ...minute, second: '2-digit' } as const;
  const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const of = (parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat('sv-SE', { ...parts, ...zone });
  return { minute: of(minute), time: of(time), day: of(day), full: of({ ...day, ...time }) };
}

/** A fixed offset is UTC on a moved clock: not every engine knows `+05:30` as a zone. */
function write(shape: Shape, ms: number, offset: Offset): string {
  return offset === null ? FORMATS.own[shape].format(ms) : FORMATS.utc[shape].format(ms + offset * 60_000);
}

/** UTC, +05:30, or nothing for this browser's own. */
function zoneName(offset: Offset): string {
  if (offset === null) return '';
  if (offset === 0) return ' UTC';
  const size = Math.abs(offset);
  return ` ${offset < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}

/** 14:03:59 */
export const clockTime = (ms: number, offset: Offset): string => write('time', ms, offset);
/** 14:03 */
export const clockMinute = (ms: number, offset: Offset): string => write('minute', ms, offset);
/** 2026-11-21 */
export const day = (ms: number, offset: Offset): string => write('day', ms, offset);
/** 2026-11-21 14:03:59 UTC; without a name it is this browser's own zone. */
export const absolute = (ms: number, offset: Offset): string => `${write('full', ms, offset)}${zoneName(offset)}`;

/** "4 s ago", "in 12 s", "now". */
export function relative(ms: number, now: number): string {
  const away = now - ms;
  if (Math.abs(away) < 1_000) return 'now';
  return away > 0 ? `${span(away)} ago` : `in ${span(-away + 999)}`;
}

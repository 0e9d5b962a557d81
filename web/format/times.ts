/** Times for people: relative where they stand, absolute on hover, in the zone that was chosen. */
import type { Zone } from '../state/preferences.ts';
import { span } from './figures.ts';

const FORMATS = new Map<string, Intl.DateTimeFormat>();

const MINUTE = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const TIME = { ...MINUTE, second: '2-digit' } as const;
const DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const SHAPES = { minute: MINUTE, time: TIME, day: DAY, full: { ...DAY, ...TIME } } as const;

/** One formatter for each (shape, zone): making one costs more than using it a thousand times. */
function format(shape: 'time' | 'minute' | 'full' | 'day', zone: Zone): Intl.DateTimeFormat {
  const key = `${shape} ${zone}`;
  let found = FORMATS.get(key);
  if (found === undefined) {
    const timeZone = zone === 'utc' ? { timeZone: 'UTC' } : {};
    found = new Intl.DateTimeFormat('sv-SE', { ...SHAPES[shape], ...timeZone });
    FORMATS.set(key, found);
  }
  return found;
}

/** ms since 1970 of a time as Drover writes it; digits below the millisecond are cut. */
export const msOf = (time: string): number => Date.parse(time);

/** 14:03:59 */
export const clockTime = (ms: number, zone: Zone): string => format('time', zone).format(ms);
/** 14:03 */
export const clockMinute = (ms: number, zone: Zone): string => format('minute', zone).format(ms);
/** 2026-11-21 */
export const day = (ms: number, zone: Zone): string => format('day', zone).format(ms);
/** 2026-11-21 14:03:59 UTC; without a name it is this browser's own zone. */
export const absolute = (ms: number, zone: Zone): string => `${format('full', zone).format(ms)}${zone === 'utc' ? ' UTC' : ''}`;

/** "4 s ago", "in 12 s", "now". */
export function relative(ms: number, now: number): string {
  const away = now - ms;
  if (Math.abs(away) < 1_000) return 'now';
  return away > 0 ? `${span(away)} ago` : `in ${span(-away + 999)}`;
}

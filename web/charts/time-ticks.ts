/** What stands at the marks of a time axis: as fine as their distance asks for, with the day where it changes. */

export interface TickFormats { second: (ms: number) => string; minute: (ms: number) => string; day: (ms: number) => string }

/** `splits` in seconds since 1970, `stepS` their distance. */
export function tickLabels(splits: readonly number[], stepS: number, formats: TickFormats): string[] {
  let shown = '';
  return splits.map((split) => {
    const ms = split * 1_000;
    const day = formats.day(ms);
    if (stepS >= 86_400) return day.slice(5);
    const time = stepS < 60 ? formats.second(ms) : formats.minute(ms);
    const changed = shown !== '' && shown !== day;
    shown = day;
    return !changed ? time : time.startsWith('00:00') ? day.slice(5) : `${day.slice(5)} ${time}`;
  });
}

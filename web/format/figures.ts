/** Figures for people. What is not known is '–', never 0 or NaN; a figure has its unit beside it. */

export const UNKNOWN = '–';
type Figure = number | null | undefined;

const known = (value: Figure): value is number => typeof value === 'number' && Number.isFinite(value);
const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 12,345 */
export function whole(value: Figure): string {
  return known(value) ? GROUPED.format(value) : UNKNOWN;
}

/** Three figures that count: 7.25, 72.5, 725, 7,250. */
export function rounded(value: Figure): string {
  if (!known(value)) return UNKNOWN;
  const size = Math.abs(value);
  // By what it rounds to: 99.97 is 100, as 100 is.
  if (size >= 99.95) return GROUPED.format(value);
  return value === 0 ? '0' : value.toFixed(size >= 9.995 ? 1 : 2);
}

const ON_AXIS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** As it stands at an axis, with no more decimals than it has: 0.5, 20, 1,000. */
export function onAxis(value: number): string {
  return ON_AXIS.format(value);
}

/** `rounded` with its unit, a thin space between. */
export function withUnit(value: Figure, unit: string): string {
  return known(value) ? `${rounded(value)} ${unit}` : UNKNOWN;
}

export function percent(value: Figure): string {
  return known(value) ? `${Math.round(value)} %` : UNKNOWN;
}

/** From MiB: 512 MiB, 23.5 GiB. */
export function megabytes(value: Figure): string {
  if (!known(value)) return UNKNOWN;
  return value < 1023.5 ? `${Math.round(value)} MiB` : `${rounded(value / 1024)} GiB`;
}

/** 640 B, 1.20 kB, 3.40 MB. */
export function bytes(value: Figure): string {
  if (!known(value)) return UNKNOWN;
  if (value < 1_000) return `${value} B`;
  return value < 1_000_000 ? `${rounded(value / 1_000)} kB` : `${rounded(value / 1_000_000)} MB`;
}

/** From ms: 85 ms, 1.25 s, 2 min 5 s, 3 h 12 min, 4 d 2 h. */
export function duration(ms: Figure): string {
  if (!known(ms)) return UNKNOWN;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(2)} s`;
  return span(ms);
}

/** As `duration`, whole seconds at the finest: for what goes on. */
export function span(ms: Figure): string {
  if (!known(ms)) return UNKNOWN;
  const s = Math.max(0, Math.floor(ms / 1_000));
  if (s < 60) return `${s} s`;
  if (s < 3_600) return two(Math.floor(s / 60), 'min', s % 60, 's');
  if (s < 86_400) return two(Math.floor(s / 3_600), 'h', Math.floor((s % 3_600) / 60), 'min');
  return two(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3_600), 'h');
}

function two(first: number, unit: string, second: number, lesser: string): string {
  return second === 0 ? `${first} ${unit}` : `${first} ${unit} ${second} ${lesser}`;
}

/** One of two words by number: 1 host, 2 hosts. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${GROUPED.format(value)} ${value === 1 ? one : many}`;
}

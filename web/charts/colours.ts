/** The colours of a canvas, which knows no CSS variables: read from the page's theme, anew after each change of it. */
import { SERIES_COLOURS } from './looks.ts';

export interface ChartColours { soft: string; faint: string; line: string; edge: string; warn: string; accent: string; font: string; series: string[] }

export function readColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    soft: colour('soft'), faint: colour('faint'), line: colour('line'), edge: colour('edge'), warn: colour('warn'), accent: colour('accent'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    series: Array.from({ length: SERIES_COLOURS }, (_, index) => colour(`series-${index + 1}`)),
  };
}

/** For elements of the page beside the canvas. */
export const seriesVariable = (colour: number): string => `var(--series-${(colour % SERIES_COLOURS) + 1})`;

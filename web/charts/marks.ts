/** What stands behind the lines of a chart: moments with a word to them, and stretches in which something is lost. Seconds since 1970. */
export interface Mark { at: number; label: string }
/** `whole`: over the height of the chart, else at its foot alone. */
export interface Shade { from: number; to: number; label: string; whole: boolean }

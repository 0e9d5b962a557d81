/** Where the words of marks stand above a chart: beside their own line, clear of each other, and crossed by no other line. */

/** Pixels. `start`: of its words; null: no room for them. `tall`: its line reaches up beside the words, else it would cross those of another. */
export interface MarkPlace { start: number | null; tall: boolean }

/** `lefts` ascending, `widths` of the words with the room around them. Words that would reach beyond `right` stand to the left of their line. */
export function placeMarks(lefts: readonly number[], widths: readonly number[], right: number): MarkPlace[] {
  let free = -Infinity;
  const starts = lefts.map((left, index) => {
    const wide = widths[index]!;
    const start = left + wide > right ? left - wide : left;
    if (start < free) return null;
    free = start + wide;
    return start;
  });
  const crossed = (left: number): boolean => starts.some((start, index) => start !== null && left > start && left < start + widths[index]!);
  return lefts.map((left, index) => ({ start: starts[index]!, tall: !crossed(left) }));
}

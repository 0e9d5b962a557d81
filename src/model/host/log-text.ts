/** Pieces of a log's text that are kept. */

/** Looked at to begin with a whole line. */
const LINE = 1_024;

/** At most so many characters of the end, from the beginning of a line where one is near. */
export function endOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const from = text.length - most;
  const line = text.indexOf('\n', from);
  if (line !== -1 && line < from + LINE && line + 1 < text.length) return text.slice(line + 1);
  const first = text.charCodeAt(from);
  return text.slice(first >= 0xdc00 && first <= 0xdfff ? from + 1 : from);
}

/** V8 makes a slice a view of the whole, which whoever keeps it would keep in memory; a slice of a joined text is a view of that. */
export function copied(slice: string): string {
  return ` ${slice}`.slice(1);
}

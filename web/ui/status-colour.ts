/** The colour of an HTTP status. 200 is no proof of success, so it is told from errors and from the unknown, no more. */
export function statusColour(status: number | null): string {
  if (status === null) return 'text-faint';
  return status >= 500 ? 'text-bad' : status >= 400 ? 'text-warn' : 'text-good';
}

/** How much was lost, in words. */
import { counted, whole } from './figures.ts';

/** `lostMax` null: unbounded. "12 requests lost", "2 to 5 requests lost", "requests may be lost". */
export function lostWords({ lostMin, lostMax }: { lostMin: number; lostMax: number | null }): string {
  if (lostMax === null) return lostMin === 0 ? 'requests may be lost' : `at least ${counted(lostMin, 'request')} lost`;
  if (lostMax === 0) return 'no request lost, as far as is known';
  if (lostMin === lostMax) return `${counted(lostMin, 'request')} lost`;
  return lostMin === 0 ? `up to ${counted(lostMax, 'request')} may be lost` : `${whole(lostMin)} to ${counted(lostMax, 'request')} lost`;
}

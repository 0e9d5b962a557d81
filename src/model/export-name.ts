/** What a file of history is called: what it holds, of whom, and when it was made, without a mark that a file system refuses. */
import { timeOfMs } from './time.ts';

const HOST_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** `activity-gpu1-2026-11-21T140359Z.csv`; without hosts `fleet`, with more than one their number. `now`: ms since 1970. */
export function exportName(what: 'activity' | 'gaps', hosts: readonly string[], now: number, ending: string): string {
  const [first = ''] = hosts;
  const of = hosts.length === 0 ? 'fleet' : hosts.length === 1 && HOST_ID.test(first) ? first : `${hosts.length}-host${hosts.length === 1 ? '' : 's'}`;
  return `${what}-${of}-${timeOfMs(now).slice(0, 19).replaceAll(':', '')}Z.${ending}`;
}

/** What a gap says to people, the same in every view. */
import type { Gap } from '../../src/model/records/gap.ts';
import { counted, whole } from './figures.ts';

/** How much was lost, of one gap or of all of a host's. `lostMax` null: unbounded. No capital, no stop. */
export function lostWords({ lostMin, lostMax }: Pick<Gap, 'lostMin' | 'lostMax'>): string {
  if (lostMax === null) return lostMin === 0 ? 'maybe some requests lost' : `at least ${counted(lostMin, 'request')} lost`;
  if (lostMax === 0) return 'no request lost';
  if (lostMin === lostMax) return `${counted(lostMin, 'request')} lost`;
  return lostMin === 0 ? `maybe ${lostMax === 1 ? '' : 'up to '}${counted(lostMax, 'request')} lost` : `between ${whole(lostMin)} and ${counted(lostMax, 'request')} lost`;
}

/** `them`: or it, where one request is lost. */
const WHY: Readonly<Record<Gap['cause'], (them: string) => string>> = {
  wrap: (them) => `the host forgot ${them} before Drover could read ${them}`,
  restart: (them) => `the host restarted before Drover could read ${them}`,
  reload: (them) => `the host reloaded its configuration before Drover could read ${them}`,
  rejected: (them) => `the database would not take ${them}`,
  missing: (them) => `the host never told of ${them}`,
};
const ENDED: Readonly<Partial<Record<Gap['cause'], string>>> = { restart: 'restarted', reload: 'reloaded its configuration' };

/** Why, after `lostWords` and a colon. */
export function whyWords({ cause, lostMin, lostMax }: Pick<Gap, 'cause' | 'lostMin' | 'lostMax'>): string {
  if (lostMax === 0) return `nothing was in flight when the host ${ENDED[cause] ?? 'ended'}`;
  return `${WHY[cause]((lostMax ?? lostMin) === 1 ? 'it' : 'them')}${lostMin === 0 && lostMax === null ? ', nobody can know how many' : ''}`;
}

/** "ids 5 to 9", "id 5", "ids from 5", "ids up to 9"; null: no id is known, or none was lost. */
export function idsWords({ fromId, toId, lostMax }: Pick<Gap, 'fromId' | 'toId' | 'lostMax'>): string | null {
  if (lostMax === 0) return null;
  if (fromId === null) return toId === null ? null : `ids up to ${toId}`;
  if (toId === null) return `ids from ${fromId}`;
  return fromId === toId ? `id ${fromId}` : `ids ${fromId} to ${toId}`;
}

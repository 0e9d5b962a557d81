/** What a gap says to people. */
import type { Gap } from '../../../src/model/records/gap.ts';
import { counted, whole } from '../../format/figures.ts';

/** "12 requests lost", "3 to 9 requests lost", "possibly up to 4 requests lost", "at least 7 requests lost", "no request lost". */
export function lostText({ lostMin, lostMax }: Pick<Gap, 'lostMin' | 'lostMax'>): string {
  if (lostMax === null) return lostMin === 0 ? 'possibly requests lost, how many is not known' : `at least ${counted(lostMin, 'request')} lost`;
  if (lostMax === 0) return 'no request lost, as far as is known';
  if (lostMin === lostMax) return `${counted(lostMin, 'request')} lost`;
  return lostMin === 0 ? `possibly up to ${counted(lostMax, 'request')} lost` : `${whole(lostMin)} to ${counted(lostMax, 'request')} lost`;
}

/** "ids 5 to 9", "id 5", "ids from 5", "ids up to 9"; null: no id is known. */
export function idsText({ fromId, toId }: Pick<Gap, 'fromId' | 'toId'>): string | null {
  if (fromId === null) return toId === null ? null : `ids up to ${toId}`;
  if (toId === null) return `ids from ${fromId}`;
  return fromId === toId ? `id ${fromId}` : `ids ${fromId} to ${toId}`;
}

/** Why rows were lost. */
export const CAUSES: Readonly<Record<Gap['cause'], string>> = {
  wrap: 'the host\'s ring went round before it could be read',
  restart: 'the host restarted and forgot its rows',
  reload: 'the host reloaded its configuration and forgot its rows',
  rejected: 'the database refused the rows',
  missing: 'the host never showed the rows again',
};

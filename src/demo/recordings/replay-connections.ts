import type { RecordedBoot, RecordedConnection, Scenario } from './recording-types.ts';

export interface PlayedConnection { connection: RecordedConnection; boot: RecordedBoot }

const size = ({ chunks }: RecordedConnection): number => chunks.reduce((total, { bytes }) => total + bytes.length, 0);

/** Which recorded connections a client will meet, in order: of those that overlap one alone, the wanted or else the longest. */
export function chooseConnections({ connections, boots }: Scenario, wanted: number | undefined): PlayedConnection[] {
  const chosen: PlayedConnection[] = [];
  for (const boot of boots) {
    const own = connections.filter(({ port, openMs, status }) => status === 200 && (port === boot.port || boot.port === 0) && openMs >= boot.readyMs && openMs <= boot.endMs);
    for (let group = own.slice(0, 1), rest = own.slice(1); group.length > 0; group = rest.slice(0, 1), rest = rest.slice(1)) {
      const until = (): number => Math.max(...group.map(({ closeMs }) => closeMs ?? Infinity));
      for (let next = rest[0]; next !== undefined && next.openMs < until(); next = rest[0]) group.push(...rest.splice(0, 1));
      const connection = group.find(({ conn }) => conn === wanted) ?? group.reduce((best, one) => (size(one) > size(best) ? one : best));
      chosen.push({ connection, boot });
    }
  }
  return chosen;
}

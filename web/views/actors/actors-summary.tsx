/** How the tree has fared: who crashed within the hour, how long the database was away, which hosts' trees gave up. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { msOfTime, timeOfMs } from '../../../src/model/time.ts';
import type { ActorDetail, ActorStatus } from '../../../src/model/status.ts';
import { actorAddress, actorApi } from '../../format/addresses.ts';
import { crashedSince } from '../../format/exits.ts';
import { counted, duration } from '../../format/figures.ts';
import { useDatabase } from '../../state/hooks.ts';
import { useNow } from '../../state/now.ts';
import { useQuery } from '../../state/use-query.ts';
import { Ago } from '../../ui/time.tsx';
import { lastAway } from './last-away.ts';
import type { Actors } from './ends.ts';

const HOUR_MS = 3_600_000;
const ROOT = 'drover';

export function Summary({ actors, quarantined }: { actors: Actors; quarantined: number }): ReactElement {
  const now = useNow();
  const postgres = useDatabase();
  const list = Object.values(actors);
  const crashed = list.filter((actor) => crashedSince(actor, now - HOUR_MS)).length;
  const began = actors[ROOT]?.since;
  return (
    <p>
      {counted(list.length, 'actor')}
      {' · '}{crashed > 0 ? <Link href="/actors?sort=lastExit&order=desc" className="font-medium text-bad hover:underline">{counted(crashed, 'actor')} crashed in the last hour</Link>
        : began === undefined || now - msOfTime(began) >= HOUR_MS ? 'no crash in the last hour' : <>no crash since Drover began, <Ago at={began} /></>}
      {postgres === null ? null : <Away postgres={postgres} now={now} />}
      {quarantined === 0 ? null : <>{' · '}<Link href="/?state=quarantined" className="font-medium text-held hover:underline">{counted(quarantined, 'host')} in quarantine</Link></>}
    </p>
  );
}

/** To be away is a state of the database's actor and no crash: its last exit does not tell of it. */
function Away({ postgres: { path, state, since }, now }: { postgres: ActorStatus; now: number }): ReactElement | null {
  const { data } = useQuery<ActorDetail>(actorApi(path), `${state} ${since}`);
  const away = lastAway(data?.recent ?? []);
  if (away === null || now - away.toMs > HOUR_MS) return null;
  return <>{' · '}<Link href={actorAddress(path)} className="font-medium text-warn hover:underline">the database was away <Ago at={timeOfMs(away.toMs)} /> for {duration(away.toMs - away.fromMs)}</Link></>;
}

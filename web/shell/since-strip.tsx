/** What happened since one last looked: hosts that went down, gaps, crashes, each with a way to just that. Shown until it is put away. */
import { useEffect, type ReactElement } from 'react';
import { Link } from 'wouter';
import { msOfTime } from '../../src/model/time.ts';
import { hostAddress } from '../format/addresses.ts';
import { crashedSince } from '../format/exits.ts';
import { counted, whole } from '../format/figures.ts';
import { useActors, useLine } from '../state/hooks.ts';
import { told, useUntold } from '../state/last-look.ts';
import { useNames } from '../state/names.ts';
import { Button } from '../ui/button.tsx';
import { DropDown } from '../ui/drop-down.tsx';
import { Icon } from '../ui/icon.tsx';
import { Ago } from '../ui/time.tsx';
import { gapsAddress, useHappened, type Happened } from './happened.ts';

/** So many hosts are named in the line; the others are behind a button. */
const NAMED = 3;

export function SinceStrip(): ReactElement | null {
  const untold = useUntold();
  const happened = useHappened(untold);
  const actors = useActors();
  const { state: line } = useLine();
  const crashes = happened === null ? 0 : Object.values(actors ?? {}).filter((actor) => crashedSince(actor, msOfTime(happened.since))).length;
  const times = happened?.downs.reduce((sum, [, one]) => sum + one, 0) ?? 0;
  const nothing = happened !== null && times + happened.gaps.length + crashes === 0;
  // What the actors went through is known once they have come.
  const known = happened !== null && actors !== null && line === 'open';
  useEffect(() => {
    if (nothing && known) told();
  }, [nothing, known]);
  if (happened === null || actors === null || nothing) return null;
  const { since, gaps, more } = happened;
  return (
    <aside aria-label="Since you last looked" className="flex items-start gap-2 border-b border-line bg-panel py-1.5 pr-2 pl-4">
      <div className="flex min-h-7 grow flex-wrap items-center gap-x-4 gap-y-1">
        <p className="text-soft">Since you last looked, <Ago at={since} />:</p>
        {times === 0 ? null : <Downs happened={happened} times={times} more={more} />}
        {gaps.length === 0 ? null : <Link href={gapsAddress(gaps, since)} className="font-medium text-warn underline">{counted(gaps.length, 'gap')}</Link>}
        {crashes === 0 ? null : <Link href="/actors?sort=lastExit&order=desc" className="font-medium text-held underline">{counted(crashes, 'actor')} crashed</Link>}
      </div>
      <Button look="quiet" aria-label="Put away" className="h-7 px-1.5" onClick={told}><Icon name="close" /></Button>
    </aside>
  );
}

function Downs({ happened: { range, downs }, times, more }: { happened: Happened; times: number; more: boolean }): ReactElement {
  const often = `${more ? 'over ' : ''}${counted(times, 'time')}`;
  const [only] = downs;
  if (downs.length === 1 && only !== undefined) return <p className="font-medium text-bad"><Down host={only[0]} times={null} range={range} /> went down{times === 1 && !more ? '' : ` ${often}`}</p>;
  const shown = downs.slice(0, downs.length > NAMED + 1 ? NAMED : downs.length);
  const rest = downs.slice(shown.length);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <p className="font-medium text-bad">{often} a host went down:</p>
      {shown.map(([host, of]) => <Down key={host} host={host} times={of} range={range} />)}
      {rest.length === 0 ? null : <DropDown label={`${counted(rest.length, 'host')} more`} icon="down" className="max-h-72 w-56 overflow-y-auto">{rest.map(([host, of]) => <Down key={host} host={host} times={of} range={range} />)}</DropDown>}
    </div>
  );
}

/** `times` null: said beside it. */
function Down({ host, times, range }: { host: string; times: number | null; range: string }): ReactElement {
  const { host: nameOf } = useNames();
  return <Link href={`${hostAddress(host)}?range=${range}#history`} title={`${host}: its history`} className="font-medium text-bad underline">{nameOf(host)}{times === null || times === 1 ? '' : <span className="font-normal"> {whole(times)} times</span>}</Link>;
}

/** What happened since one last looked: hosts that went down, gaps, crashes, each with a way to just that. Shown until it is put away. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import { msOfTime, timeOfMs } from '../../src/model/time.ts';
import { hostAddress } from '../format/addresses.ts';
import { crashedSince } from '../format/exits.ts';
import { counted, whole } from '../format/figures.ts';
import { useActors } from '../state/hooks.ts';
import { onReturn } from '../state/last-look.ts';
import { useNames } from '../state/names.ts';
import { Button } from '../ui/button.tsx';
import { DropDown } from '../ui/drop-down.tsx';
import { Icon } from '../ui/icon.tsx';
import { Ago } from '../ui/time.tsx';
import { askHappened, gapsAddress, type Happened } from './happened.ts';

/** So many hosts are named in the line; the others are behind a button. */
const NAMED = 3;

export function SinceStrip(): ReactElement | null {
  const [happened, setHappened] = useState<Happened | null>(null);
  const actors = useActors();
  // What was not put away is still to be told of when one looks away again.
  const from = useRef<number | null>(null);
  useEffect(() => onReturn((sinceMs) => {
    from.current ??= sinceMs;
    askHappened(timeOfMs(from.current)).then(setHappened, () => undefined);
  }), []);
  const putAway = (): void => {
    from.current = null;
    setHappened(null);
  };
  if (happened === null) return null;
  const { since, downs, gaps, more } = happened;
  const crashes = Object.values(actors ?? {}).filter((actor) => crashedSince(actor, msOfTime(since))).length;
  const times = downs.reduce((sum, [, one]) => sum + one, 0);
  if (times + gaps.length + crashes === 0) return null;
  return (
    <aside aria-label="Since you last looked" className="flex items-start gap-2 border-b border-line bg-panel py-1.5 pr-2 pl-4">
      <div className="flex min-h-7 grow flex-wrap items-center gap-x-4 gap-y-1">
        <p className="text-soft">Since you last looked, <Ago at={since} />:</p>
        {times === 0 ? null : <Downs happened={happened} times={times} more={more} />}
        {gaps.length === 0 ? null : <Link href={gapsAddress(gaps, since)} className="font-medium text-warn underline">{counted(gaps.length, 'gap')}</Link>}
        {crashes === 0 ? null : <Link href="/actors?sort=lastExit&order=desc" className="font-medium text-held underline">{counted(crashes, 'actor')} crashed</Link>}
      </div>
      <Button look="quiet" aria-label="Put away" className="h-7 px-1.5" onClick={putAway}><Icon name="close" /></Button>
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

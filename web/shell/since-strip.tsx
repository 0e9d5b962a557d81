/** What happened since one last looked: hosts that went down, gaps, crashes. Shown until it is put away. */
import { useEffect, useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import { msOfTime, timeOfMs } from '../../src/model/time.ts';
import { crashedSince } from '../format/exits.ts';
import { counted } from '../format/figures.ts';
import { api, withQuery } from '../state/api.ts';
import { useActors } from '../state/hooks.ts';
import { onReturn } from '../state/last-look.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Ago } from '../ui/time.tsx';

interface Happened { since: string; downs: number; downHosts: string[]; gaps: number; more: boolean }
interface Event { hostId: string; kind: string; to: string | null }
const MOST = 1_000;
const TROUBLE = new Set(['down', 'quarantined']);

export function SinceStrip(): ReactElement | null {
  const [happened, setHappened] = useState<Happened | null>(null);
  const actors = useActors();
  useEffect(() => onReturn((sinceMs) => {
    void ask(timeOfMs(sinceMs)).then(setHappened, () => setHappened(null));
  }), []);
  if (happened === null) return null;
  const { since, downs, downHosts, gaps, more } = happened;
  const crashes = Object.values(actors ?? {}).filter((actor) => crashedSince(actor, msOfTime(since))).length;
  if (downs + gaps + crashes === 0) return null;
  return (
    <aside aria-label="Since you last looked" className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-panel px-4 py-1.5">
      <p className="text-soft">Since you last looked, <Ago at={since} />:</p>
      {downs === 0 ? null : <Link href={`/?${downHosts.length === 1 ? `q=${encodeURIComponent(downHosts[0] ?? '')}` : ''}`} className="font-medium text-bad hover:underline">{more ? 'over ' : ''}{counted(downs, 'time')} a host went down ({counted(downHosts.length, 'host')})</Link>}
      {gaps === 0 ? null : <Link href="/activity" className="font-medium text-warn hover:underline">{counted(gaps, 'gap')}</Link>}
      {crashes === 0 ? null : <Link href="/actors?sort=lastExit&order=desc" className="font-medium text-held hover:underline">{counted(crashes, 'actor')} crashed</Link>}
      <Button look="quiet" aria-label="Put away" className="ml-auto h-7 px-1.5" onClick={() => setHappened(null)}><Icon name="close" /></Button>
    </aside>
  );
}

async function ask(since: string): Promise<Happened> {
  const [{ events }, { gaps }] = await Promise.all([
    api<{ events: Event[] }>(withQuery('/api/host-events', { from: since, limit: MOST })),
    api<{ gaps: unknown[] }>(withQuery('/api/gaps', { from: since })),
  ]);
  const downs = events.filter(({ kind, to }) => kind === 'liveness' && to !== null && TROUBLE.has(to));
  return { since, downs: downs.length, downHosts: [...new Set(downs.map(({ hostId }) => hostId))], gaps: gaps.length, more: events.length === MOST };
}

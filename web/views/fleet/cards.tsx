/** The fleet as cards: the essentials of a host in four lines, several hosts on a phone's screen. */
import { memo, type ReactElement, type ReactNode } from 'react';
import { Link } from 'wouter';
import { hostAddress } from '../../format/addresses.ts';
import { whole } from '../../format/figures.ts';
import { useNames } from '../../state/names.ts';
import { LivenessWord } from '../../ui/liveness.tsx';
import { TokensRate } from '../../ui/tokens-rate.tsx';
import { GapsCell, GpuSum, ModelsCell, Since, withoutHost } from './columns.tsx';
import type { HostEntry } from './fleet-filter.ts';
import { UnsteadyLink } from './unsteady-link.tsx';

export function Cards({ hosts }: { hosts: HostEntry[] }): ReactElement {
  return (
    <ul aria-label="Hosts" className="grid grid-cols-[repeat(auto-fill,minmax(min(21rem,100%),1fr))] gap-2 sm:gap-3">
      {hosts.map((entry) => <Card key={entry.id} {...entry} />)}
    </ul>
  );
}

/** Drawn again when its host has changed; those out of sight are not laid out. */
const Card = memo(function Card({ id, held, unsteady }: HostEntry): ReactElement {
  const { state } = held;
  const { liveness, tags, asOf } = state;
  const remembered = asOf === null ? '' : 'grayscale';
  return (
    <li data-row data-host={id} data-liveness={liveness.state} className="panel grid grid-cols-[minmax(0,1fr)] content-start gap-1.5 p-2.5 [contain-intrinsic-size:auto_7.5rem] [content-visibility:auto]">
      <div>
        <div className="flex items-baseline justify-between gap-3">
          <Link href={hostAddress(id)} className="truncate font-medium hover:text-accent hover:underline" title={id}>{useNames().host(id)}</Link>
          <span className="flex shrink-0 items-baseline gap-1.5"><UnsteadyLink id={id} unsteady={unsteady} short /><LivenessWord state={liveness.state} /></span>
        </div>
        <div className="flex items-baseline justify-between gap-3 text-sm text-faint">
          {liveness.reason === null ? <p className="truncate">{[...(state.name === id ? [] : [id]), ...tags.map((tag) => `#${tag}`)].join(' ')}</p> : <p className="truncate text-soft" title={liveness.reason.text}>{withoutHost(liveness.reason.text)}</p>}
          <p className="shrink-0"><Since id={id} liveness={liveness} /></p>
        </div>
      </div>
      <div className={`min-h-5 ${remembered}`}><ModelsCell id={id} held={held} /></div>
      <dl className={`grid grid-cols-[minmax(0,1fr)_4.25rem_5.25rem_3.5rem] items-center gap-x-2 text-sm ${remembered}`}>
        <Part name="GPU" wide><GpuSum id={id} held={held} /></Part>
        <Part name="In flight">{whole(state.inflight.total)}</Part>
        <Part name="Tok/s"><TokensRate state={state} /></Part>
        <Part name="Gaps"><GapsCell id={id} held={held} /></Part>
      </dl>
    </li>
  );
});

function Part({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }): ReactElement {
  return <div className="flex min-w-0 items-center justify-between gap-1.5"><dt className="text-faint">{name}</dt><dd className={`figure min-w-0 ${wide ? 'grow' : ''}`}>{children}</dd></div>;
}

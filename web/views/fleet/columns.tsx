/** The columns of the fleet's table: what each shows of a host. The cards are made of the same cells. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { msOfTime } from '../../../src/model/time.ts';
import { hostAddress } from '../../format/addresses.ts';
import { whole, megabytes, percent, UNKNOWN, counted, rounded } from '../../format/figures.ts';
import { lostWords } from '../../format/gaps.ts';
import { relative } from '../../format/times.ts';
import { useAsOfNow } from '../../state/now.ts';
import { LivenessWord } from '../../ui/liveness.tsx';
import { Bar } from '../../ui/meter.tsx';
import { isUp, ModelChip } from '../../ui/model-chip.tsx';
import { Ago, For } from '../../ui/time.tsx';
import type { FleetSort, HostEntry } from './fleet-filter.ts';

export interface Column { id: FleetSort; name: string; width: string; right?: boolean; cell: (entry: HostEntry) => ReactElement }

export const COLUMNS: readonly Column[] = [
  { id: 'name', name: 'Host', width: 'minmax(8rem,1.1fr)', cell: (entry) => <HostName {...entry} /> },
  { id: 'liveness', name: 'Liveness', width: 'minmax(9rem,1.4fr)', cell: (entry) => <LivenessCell {...entry} /> },
  { id: 'models', name: 'Models', width: 'minmax(10rem,2fr)', cell: (entry) => <ModelsCell {...entry} /> },
  { id: 'vram', name: 'GPU memory', width: 'minmax(7rem,1fr)', cell: (entry) => <GpuCell {...entry} /> },
  { id: 'inflight', name: 'In flight', width: '4.5rem', right: true, cell: ({ held: { state } }) => <>{whole(state.inflight.total)}</> },
  { id: 'tokens', name: 'Tokens/s', width: '5.5rem', right: true, cell: ({ held: { state } }) => <TokensCell rate={state.throughput.outputTokensPerSecond} rows={state.throughput.rows} /> },
  { id: 'gaps', name: 'Gaps', width: '4.5rem', right: true, cell: (entry) => <GapsCell {...entry} /> },
  { id: 'build', name: 'Build', width: '5.5rem', cell: ({ held: { state } }) => <span className="block truncate text-soft" title={state.build === null ? undefined : `${state.build.version} ${state.build.commit}, generation ${state.generation ?? UNKNOWN}`}>{state.build?.version ?? UNKNOWN}</span> },
];

function HostName({ id, held: { state } }: HostEntry): ReactElement {
  return (
    <div className="min-w-0">
      <Link href={hostAddress(id)} className="block truncate font-medium hover:text-accent hover:underline">{state.name}</Link>
      <p className="truncate text-sm text-faint">{state.name === id ? '' : `${id} `}{state.tags.map((tag) => `#${tag}`).join(' ')}</p>
    </div>
  );
}

function LivenessCell({ id, held: { state: { liveness, asOf } } }: HostEntry): ReactElement {
  const { state, reason, since, nextTryAt } = liveness;
  return (
    <div className="min-w-0">
      <p className="flex items-baseline gap-1.5"><LivenessWord state={state} /><span className="truncate text-sm text-faint">for <For since={since} host={id} /></span></p>
      {reason === null ? null : <p className="truncate text-sm text-soft" title={reason.text}>{reason.text}</p>}
      {nextTryAt === null && asOf === null ? null : (
        <p className="truncate text-sm text-faint">
          {nextTryAt === null ? null : <NextTry at={nextTryAt} />}{nextTryAt === null || asOf === null ? null : ' · '}{asOf === null ? null : <>as of <Ago at={asOf} host={id} /></>}
        </p>
      )}
    </div>
  );
}

function NextTry({ at }: { at: string }): ReactElement {
  return <>next try {useAsOfNow((now) => relative(Math.max(msOfTime(at), now), now))}</>;
}

const CHIPS = 4;

function ModelsCell({ id, held: { state: { models } } }: HostEntry): ReactElement {
  const all = Object.entries(models).filter(([, model]) => !model.unlisted);
  const up = all.filter(([, model]) => isUp(model));
  const rest = all.length - Math.min(up.length, CHIPS);
  if (all.length === 0) return <>{UNKNOWN}</>;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1">
      {up.slice(0, CHIPS).map(([key, model]) => <ModelChip key={key} id={key} model={model} />)}
      {rest === 0 ? null : <Link href={hostAddress(id)} className="text-sm text-faint hover:text-ink">{up.length === 0 ? counted(rest, 'model') : `+${rest}`}</Link>}
    </div>
  );
}

function GpuCell({ held: { state: { gpus } } }: HostEntry): ReactElement {
  const all = Object.entries(gpus);
  if (all.length === 0) return <span className="text-faint">{UNKNOWN}</span>;
  return (
    <div className="grid gap-1">
      {all.slice(0, 4).map(([key, { name, memUsedMb, memTotalMb, utilPct }]) => (
        <div key={key} className="grid grid-cols-[1fr_2.25rem] items-center gap-1.5">
          <Bar value={memUsedMb} max={memTotalMb} label={`${name}: ${megabytes(memUsedMb)} of ${megabytes(memTotalMb)}, busy ${percent(utilPct)}`} />
          <span className="figure text-xs text-faint">{percent(memUsedMb === null || memTotalMb === null || memTotalMb === 0 ? null : (100 * memUsedMb) / memTotalMb)}</span>
        </div>
      ))}
      {all.length > 4 ? <p className="text-xs text-faint">+{all.length - 4}</p> : null}
    </div>
  );
}

function TokensCell({ rate, rows }: { rate: number | null; rows: number }): ReactElement {
  return <span title={`output tokens a second, of ${counted(rows, 'request')} that ended in the last minute`}>{rounded(rows === 0 ? null : rate)}</span>;
}

function GapsCell({ id, held: { state: { gaps } } }: HostEntry): ReactElement {
  if (gaps.count === 0) return <span className="text-faint">0</span>;
  return <Link href={`${hostAddress(id)}#history`} className="text-warn underline" title={`${counted(gaps.count, 'gap')}: ${lostWords(gaps)}`}>{whole(gaps.count)}</Link>;
}

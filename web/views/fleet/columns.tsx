/** The columns of the fleet's table: what each shows of a host. Every cell has at most two lines, so that no row grows when its host is lost. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { Liveness } from '../../../src/model/host/liveness.ts';
import type { GpuState, ModelState } from '../../../src/model/host/state.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { hostAddress } from '../../format/addresses.ts';
import { isFull } from '../../format/full.ts';
import { counted, megabytes, percent, UNKNOWN, whole } from '../../format/figures.ts';
import { lostWords } from '../../format/gaps.ts';
import { shown } from '../../format/shown.ts';
import { relative } from '../../format/times.ts';
import { useNames, type Names } from '../../state/names.ts';
import { useAsOfNow } from '../../state/now.ts';
import { LivenessWord } from '../../ui/liveness.tsx';
import { Bar } from '../../ui/meter.tsx';
import { ModelChip } from '../../ui/model-chip.tsx';
import { isUp, modelWord } from '../../ui/model-word.ts';
import { Ago, For } from '../../ui/time.tsx';
import { RATE_WORDS, TokensRate } from '../../ui/tokens-rate.tsx';
import { vramPart, type FleetSort, type HostEntry } from './fleet-filter.ts';
import { UnsteadyLink } from './unsteady-link.tsx';

export interface Column { id: FleetSort; name: string; /** What it means, for those who rest on its head. */ title?: string; width: string; right?: boolean; /** Of head and cells. */ className?: string; cell: (entry: HostEntry) => ReactElement }

type Held = Pick<HostEntry, 'id' | 'held'>;

export const COLUMNS: readonly Column[] = [
  { id: 'name', name: 'Host', width: 'minmax(7rem,1.1fr)', cell: (entry) => <HostName {...entry} /> },
  { id: 'liveness', name: 'Liveness', width: 'minmax(9rem,1.8fr)', cell: (entry) => <LivenessCell {...entry} /> },
  { id: 'models', name: 'Models', width: 'minmax(8rem,2.2fr)', cell: (entry) => <ModelsCell {...entry} /> },
  { id: 'vram', name: 'GPU memory', width: 'minmax(6rem,1.1fr)', cell: (entry) => <GpuCell {...entry} /> },
  { id: 'inflight', name: 'In flight', width: '4rem', right: true, cell: ({ held: { state } }) => <>{whole(state.inflight.total)}</> },
  { id: 'tokens', name: 'Tokens/s', title: RATE_WORDS, width: '5rem', right: true, cell: ({ held: { state } }) => <TokensRate state={state} /> },
  { id: 'gaps', name: 'Gaps', width: '3.5rem', right: true, cell: (entry) => <GapsCell {...entry} /> },
  { id: 'build', name: 'Build', width: 'minmax(5.5rem,6.5rem)', className: 'xl:pl-4', cell: ({ held: { state } }) => <span className="block truncate text-soft" title={state.build === null ? undefined : `${state.build.version} ${state.build.commit}, generation ${state.generation ?? UNKNOWN}`}>{state.build?.version ?? UNKNOWN}</span> },
];

function HostName({ id, held: { state } }: HostEntry): ReactElement {
  return (
    <div className="min-w-0">
      <Link href={hostAddress(id)} className="block truncate font-medium hover:text-accent hover:underline" title={id}>{useNames().host(id)}</Link>
      <p className="truncate text-sm text-faint">{state.name === id ? '' : `${id} `}{state.tags.map((tag) => `#${tag}`).join(' ')}</p>
    </div>
  );
}

/** What is shown of a lost host is as old as its loss, unless Drover itself has been away since. */
const OLDER_MS = 60_000;

function LivenessCell({ id, held: { state: { liveness, asOf } }, unsteady }: HostEntry): ReactElement {
  const { state, reason, since } = liveness;
  const older = asOf !== null && msOfTime(since) - msOfTime(asOf) > OLDER_MS;
  const how = <span className="truncate text-sm text-faint"><Since id={id} liveness={liveness} />{older ? <> · as of <Ago at={asOf} host={id} /></> : null}</span>;
  return (
    <div className="min-w-0">
      <p className="flex items-baseline gap-1.5"><LivenessWord state={state} />{reason === null ? <UnsteadyLink id={id} unsteady={unsteady} /> : how}</p>
      <p className="flex items-baseline gap-1.5 overflow-hidden">{reason === null ? how : <><UnsteadyLink id={id} unsteady={unsteady} short /><span className="min-w-0 truncate text-sm text-soft" title={reason.text}>{withoutHost(reason.text)}</span></>}</p>
    </div>
  );
}

/** A reason begins with the host's address more often than not: in its own row that is known. */
export const withoutHost = (reason: string): string => reason.replace(/^https?:\/\/\S+ /, '');

/** "for 4 min · next try in 12 s" */
export function Since({ id, liveness: { since, nextTryAt } }: { id: string; liveness: Liveness }): ReactElement {
  return <>for <For since={since} host={id} />{nextTryAt === null ? null : <> · <NextTry at={nextTryAt} /></>}</>;
}

function NextTry({ at }: { at: string }): ReactElement {
  return <>next try {useAsOfNow((now) => relative(Math.max(msOfTime(at), now), now))}</>;
}

const CHIPS = 4;
/** Named on hover; a host may have hundreds. */
const NAMED = 20;

export function ModelsCell({ id, held: { state: { models } } }: Held): ReactElement {
  const names = useNames();
  const all = Object.entries(models).filter(([, model]) => !model.unlisted);
  const up = all.filter(([, model]) => isUp(model));
  const shown = up.slice(0, CHIPS);
  const rest = all.filter((one) => !shown.includes(one));
  if (all.length === 0) return <>{UNKNOWN}</>;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-1 gap-y-0.5">
      {shown.map(([key, model]) => <ModelChip key={key} id={key} model={model} />)}
      {rest.length === 0 ? null : <Link href={hostAddress(id)} title={namesOf(rest, names)} className="text-sm text-faint hover:text-ink">{shown.length === 0 ? counted(rest.length, 'model') : `+${rest.length}`}</Link>}
    </div>
  );
}

function namesOf(models: readonly [string, ModelState][], names: Names): string {
  const lines = models.slice(0, NAMED).map(([key, model]) => `${names.model(key)}: ${modelWord(model)}`);
  return [...lines, ...(models.length > NAMED ? [`and ${models.length - NAMED} more`] : [])].join('\n');
}

/** Cards that have room for a bar each. */
const BARS = 8;

/** One or two bars with a figure each; of more cards thin ones with the figure of all. */
function GpuCell(entry: HostEntry): ReactElement {
  const all = Object.entries(entry.held.state.gpus);
  if (all.length === 0 || all.length > BARS) return <GpuSum {...entry} />;
  if (all.length <= 2) return <div className="grid gap-1">{all.map(([key, gpu]) => <GpuBar key={key} used={gpu.memUsedMb} total={gpu.memTotalMb} full={isGpuFull(gpu)} label={gpuWords(gpu)} />)}</div>;
  const part = vramPart(entry.held.state);
  return (
    <div className="grid grid-cols-[1fr_2.25rem] items-center gap-1.5">
      <div className="grid gap-px">{all.map(([key, gpu]) => <Bar key={key} value={gpu.memUsedMb} max={gpu.memTotalMb} full={isGpuFull(gpu)} label={gpuWords(gpu)} className="h-1 w-full" />)}</div>
      <PartFigure part={part} full={all.some(([, gpu]) => isGpuFull(gpu))} title={`of ${counted(all.length, 'GPU')}${fullWords(entry)}`} />
    </div>
  );
}

/** All its cards together. */
export function GpuSum({ held: { state } }: Held): ReactElement {
  const all = Object.values(state.gpus);
  if (all.length === 0) return <span className="text-faint">{UNKNOWN}</span>;
  return <GpuBar used={vramPart(state)} total={1} full={all.some(isGpuFull)} label={all.map(gpuWords).join('\n')} />;
}

const isGpuFull = ({ memUsedMb, memTotalMb }: GpuState): boolean => isFull(memUsedMb, memTotalMb);
const gpuWords = (gpu: GpuState): string => `${shown(gpu.name)}: ${isGpuFull(gpu) ? 'full, ' : ''}${megabytes(gpu.memUsedMb)} of ${megabytes(gpu.memTotalMb)}, busy ${percent(gpu.utilPct)}`;

function fullWords({ held: { state } }: Held): string {
  const full = Object.values(state.gpus).filter(isGpuFull).length;
  return full === 0 ? '' : `, ${whole(full)} full`;
}

/** `full`: it is, or one of several. */
function GpuBar({ used, total, full, label }: { used: number | null; total: number | null; full: boolean; label: string }): ReactElement {
  return (
    <div className="grid grid-cols-[1fr_2.25rem] items-center gap-1.5">
      <Bar value={used} max={total} full={full} label={label} />
      <PartFigure part={used === null || total === null || total === 0 ? null : used / total} full={full} title={label} />
    </div>
  );
}

function PartFigure({ part, full, title }: { part: number | null; full: boolean; title: string }): ReactElement {
  return <span className={`figure text-xs ${full ? 'text-warn' : 'text-faint'}`} title={title}>{percent(part === null ? null : part * 100)}</span>;
}

export function GapsCell({ id, held: { state: { gaps } } }: Held): ReactElement {
  if (gaps.count === 0) return <span className="text-faint">0</span>;
  return <Link href={`${hostAddress(id)}#history`} className="text-warn underline" title={`${counted(gaps.count, 'gap')}: ${lostWords(gaps)}`}>{whole(gaps.count)}</Link>;
}

/** The same metric of every host, small and side by side, all on one scale. */
import { memo, useEffect, useMemo, useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { hostAddress } from '../../format/addresses.ts';
import { percent, rounded, span, whole } from '../../format/figures.ts';
import { shown } from '../../format/shown.ts';
import { useParams } from '../../state/address.ts';
import { connection } from '../../state/connection.ts';
import { useNames } from '../../state/names.ts';
import { Button } from '../../ui/button.tsx';
import { Segments } from '../../ui/field.tsx';
import { LivenessMark } from '../../ui/liveness.tsx';
import { Empty, Fault } from '../../ui/notes.tsx';
import { TokensRate } from '../../ui/tokens-rate.tsx';
import { hostsOf, type HostRow } from './cells.ts';
import { GpusPast, RowsPast, type Past } from './past.tsx';
import { createSamples, KEPT, metricOf, METRICS, pathOf, STEP_MS, type Metric, type Samples } from './samples.ts';

const NAMES: Record<Metric, string> = { tokens: 'Tokens/s', inflight: 'In flight', busy: 'GPU busy', memory: 'GPU memory' };
const OPTIONS = METRICS.map((value) => ({ value, label: NAMES[value] }));
const figure = (metric: Metric, value: number | null): string => {
  switch (metric) {
    case 'tokens': return rounded(value);
    case 'inflight': return whole(value);
    case 'busy': case 'memory': return percent(value);
    default: return metric satisfies never;
  }
};

export function Multiples({ fleet, q }: { fleet: ReadonlyMap<string, HeldHost>; q: string }): ReactElement {
  const [params, setParams] = useParams();
  const metric = METRICS.find((one) => one === params.get('metric')) ?? 'tokens';
  const [samples] = useState(createSamples);
  const hosts = useMemo(() => hostsOf(fleet, q), [fleet, q]);
  const choice = <Segments label="Metric" value={metric} options={OPTIONS} onChange={(value) => setParams({ metric: value === 'tokens' ? null : value }, 'step')} />;
  if (hosts.length === 0) return <div>{choice}<Empty title="No host passes the filter"><Button onClick={() => setParams({ q: null })}>Show all</Button></Empty></div>;
  const Past = metric === 'tokens' || metric === 'inflight' ? RowsPast : GpusPast;
  return <Past>{(past) => <Lines hosts={hosts} metric={metric} samples={samples} choice={choice} {...past} />}</Past>;
}

interface LinesProps extends Past { hosts: readonly HostRow[]; metric: Metric; samples: Samples; choice: ReactElement }

function Lines({ hosts, metric, samples, choice, fill, error, retry }: LinesProps): ReactElement {
  const [drawn, draw] = useState<Drawn>({ paths: new Map(), max: 1 });
  const ids = hosts.map(({ id }) => id).join('\n');
  useEffect(() => {
    const take = (): void => {
      const { client: { fleet }, line } = connection.getSnapshot().context;
      const now = Date.now();
      samples.take(fleet.hosts, now, line.state === 'open');
      draw(drawnOf(ids.split('\n').map((id): [string, Float32Array] => {
        const values = samples.read(id, metric).slice();
        const held = fleet.hosts.get(id);
        if (held !== undefined) fill?.(id, held.state, metric, values, now);
        return [id, values];
      }), metric));
    };
    take();
    const timer = setInterval(take, STEP_MS);
    return () => clearInterval(timer);
  }, [samples, ids, metric, fill]);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {choice}<span className="text-sm text-faint">all from 0 to {figure(metric, drawn.max)}; the last {span(KEPT * STEP_MS)}</span>
      </div>
      {error === null ? null : <Fault error={error} retry={retry} />}
      <ul aria-label={`${NAMES[metric]} of every host`} className="grid grid-cols-[repeat(auto-fill,minmax(min(13rem,45%),1fr))] gap-3">
        {hosts.map((host) => <Small key={host.id} {...host} metric={metric} path={drawn.paths.get(host.id) ?? ''} />)}
      </ul>
    </div>
  );
}

/** Drawn again with a new sample or when its host has changed. */
const Small = memo(function Small({ id, held: { state }, metric, path }: HostRow & { metric: Metric; path: string }): ReactElement {
  const name = useNames().host(id);
  const value = metric === 'tokens' && state.asOf === null ? <TokensRate state={state} /> : figure(metric, metricOf(state, metric));
  return (
    <li data-row data-host={id} className="panel min-w-0">
      <Link href={hostAddress(id)} title={name === shown(id) ? name : `${name}: ${shown(id)}`} className="grid grid-cols-[minmax(0,1fr)] gap-1 p-2.5 hover:bg-hover">
        <span className="flex items-center gap-1.5"><LivenessMark state={state.liveness.state} /><span className="sr-only">{state.liveness.state}</span><span className="min-w-0 grow truncate font-medium">{name}</span><span className="figure font-medium">{value}</span></span>
        <svg viewBox={`0 0 ${KEPT - 1} 1`} preserveAspectRatio="none" aria-hidden="true" className="h-10 w-full overflow-visible border-b border-line text-accent">
          <path d={path} data-spark fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" strokeLinecap="round" vectorEffect="non-scaling-stroke" />
        </svg>
      </Link>
    </li>
  );
});

interface Drawn { paths: ReadonlyMap<string, string>; max: number }

function drawnOf(all: readonly [string, Float32Array][], metric: Metric): Drawn {
  const max = metric === 'busy' || metric === 'memory' ? 100 : scaleOf(all.map(([, values]) => values));
  return { max, paths: new Map(all.map(([id, values]) => [id, pathOf(values, max)])) };
}

/** The next 1, 2, 3 or 5 × 10ⁿ, at least 1: a scale that does not move with every sample. */
function scaleOf(all: readonly Float32Array[]): number {
  let most = 1;
  for (const values of all) for (const value of values) if (value > most) most = value;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 3, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}

/** How hosts and their GPUs have fared, in charts over one stretch of time. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { ChartKey } from '../../charts/key.tsx';
import { toggled, useChosen, useParams } from '../../state/address.ts';
import { useFleet, useLine } from '../../state/hooks.ts';
import { useNow } from '../../state/now.ts';
import { Empty, Fault, Waiting } from '../../ui/notes.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { countTracks } from './charted-hosts.ts';
import { HostChoice } from './host-choice.tsx';
import { MetricChart } from './metric-chart.tsx';
import { METRIC_GROUPS, METRICS } from './metrics.ts';
import { MetricChoice } from './metric-choice.tsx';
import { NoPerformance } from './no-performance.tsx';
import { RangeChoice } from './range-choice.tsx';
import { useChartedHosts } from './use-charted-hosts.ts';
import { useHappenings } from './use-happenings.ts';
import { useKept } from './use-kept.ts';
import { usePerf } from './use-perf.ts';
import { usualHosts } from './usual-hosts.ts';
import { readWindow, stepFor, steppedNow, stepSince, timeText, zoomed } from './window.ts';

export function PerformanceView(): ReactElement {
  const fleet = useFleet();
  const [params] = useParams();
  const named = useChosen(params, 'host');
  const usual = useMemo(() => JSON.stringify(usualHosts(fleet)), [fleet]);
  const hosts = useMemo(() => (named.size > 0 ? [...named] : JSON.parse(usual) as string[]), [named, usual]);
  if (fleet === null) return <><PageHead title="Performance" /><Waiting what="the fleet" /></>;
  if (fleet.size === 0) return <><PageHead title="Performance" /><Empty title="No host yet">Add one in the settings, or name your hosts when Drover starts.</Empty></>;
  return <Charts ids={hosts} chosen={named} />;
}

/** Of hosts that nobody chose, more marks are told apart by their ticks alone. */
const UNCHOSEN_MARKS = 3;

function Charts({ ids, chosen }: { ids: readonly string[]; chosen: ReadonlySet<string> }): ReactElement {
  const [params, setParams] = useParams();
  const groups = useChosen(params, 'metric');
  const { window, range } = useMemo(() => readWindow(params), [params]);
  const hosts = useChartedHosts(ids);
  const [pixels] = useState(() => globalThis.innerWidth);
  const { samples: samplesDays } = useKept();
  const now = steppedNow(useNow(), window.spanS);
  const to = window.to ?? now;
  const from = window.from ?? now - window.spanS;
  const stepS = stepSince(stepFor(window.spanS, countTracks(hosts), pixels), (now - from) / 86_400, samplesDays);
  const { tracks, error, loading, retry } = usePerf({ hosts: ids, window, stepS });
  const happenings = useHappenings(ids, window);
  const { state: line } = useLine();

  const silent = useMemo(() => {
    const telling = new Set([...tracks.values()].map(({ hostId }) => hostId));
    return new Set(loading || error !== null ? [] : ids.filter((id) => !telling.has(id)));
  }, [tracks, loading, error, ids]);

  const zoom = useCallback((a: number, b: number) => {
    const { from: start, to: end } = zoomed(a, b);
    setParams({ from: timeText(start), to: timeText(end) }, 'step');
  }, [setParams]);
  const zoomOut = useCallback(() => setParams({ from: null, to: null }, 'step'), [setParams]);
  const shown = METRIC_GROUPS.filter((group) => groups.size === 0 || groups.has(group));
  const nothing = !loading && error === null && tracks.size === 0;

  return (
    <>
      <PageHead title="Performance"><RangeChoice window={window} range={range} from={from} to={to} setParams={setParams} /></PageHead>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2 px-4 pb-3">
        <HostChoice chosen={chosen} shown={hosts} silent={silent} setParams={setParams} />
        <div className="flex min-w-0 flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <MetricChoice chosen={groups} onToggle={(group) => setParams({ metric: toggled(groups, group) }, 'step')} onAll={() => setParams({ metric: null }, 'step')} />
          {nothing ? null : <ChartKey />}
        </div>
      </div>
      <div className="grid gap-3 px-4 pb-6" aria-busy={loading}>
        {error === null ? null : <Fault error={error} retry={retry} />}
        {error !== null || happenings.error === null ? null : <Fault error={happenings.error} retry={happenings.retry} />}
        {nothing ? <NoPerformance hosts={ids} /> : (
          <div data-stale={line !== 'open'} data-step={stepS ?? 'raw'} className={`grid gap-3 xl:grid-cols-2 ${line === 'open' ? '' : 'opacity-60 grayscale'}`}>
            {METRICS.filter(({ group }) => shown.includes(group)).map((metric) => (
              <MetricChart key={metric.id} metric={metric} hosts={hosts} tracks={tracks} from={from} to={to} stepS={stepS} happenings={happenings} {...(chosen.size === 0 && hosts.length > 1 ? { marksInFull: UNCHOSEN_MARKS } : {})} group="performance" onZoom={zoom} onZoomOut={zoomOut} />
            ))}
          </div>
        )}
      </div>
    </>
  );
}

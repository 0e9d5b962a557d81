/** One host's last hour in four small charts, live: for the host's own view. */
import { useMemo, type ReactElement } from 'react';
import { useLine } from '../../state/hooks.ts';
import { useNow } from '../../state/now.ts';
import { HistoryFault } from '../../ui/history-fault.tsx';
import { countTracks } from './charted-hosts.ts';
import { MetricChart } from './metric-chart.tsx';
import { METRICS } from './metrics.ts';
import { NoPerformance } from './no-performance.tsx';
import { useChartedHosts } from './use-charted-hosts.ts';
import { useHappenings } from './use-happenings.ts';
import { usePerf } from './use-perf.ts';
import { stepFor, steppedNow, type TimeWindow } from './window.ts';

const HOUR: TimeWindow = { spanS: 3_600, from: null, to: null };
const SHOWN = ['gpu-busy', 'gpu-memory', 'cpu', 'memory'];
const CHART_PX = 620;

export function HostCharts({ hostId }: { hostId: string }): ReactElement {
  const hosts = useChartedHosts(useMemo(() => [hostId], [hostId]));
  const ids = useMemo(() => hosts.map(({ id }) => id), [hosts]);
  const stepS = stepFor(HOUR.spanS, countTracks(hosts), CHART_PX);
  const { tracks, error, loading, retry } = usePerf({ hosts: ids, window: HOUR, stepS });
  const happenings = useHappenings(ids, HOUR);
  const { state: line } = useLine();
  const to = steppedNow(useNow(), HOUR.spanS);
  if (!loading && error === null && tracks.size === 0) return <NoPerformance hosts={ids} />;
  return (
    <div className="grid gap-3">
      {error === null ? null : <HistoryFault error={error} retry={retry}>What was measured before lies in the database.</HistoryFault>}
      <div data-stale={line !== 'open'} className={`grid gap-3 lg:grid-cols-2 ${line === 'open' ? '' : 'opacity-60 grayscale'}`}>
        {METRICS.filter(({ id }) => SHOWN.includes(id)).map((metric) => (
          <MetricChart key={metric.id} metric={metric} hosts={hosts} tracks={tracks} from={to - HOUR.spanS} to={to} stepS={stepS} happenings={happenings} group={`host ${hostId}`} height={120} />
        ))}
      </div>
    </div>
  );
}

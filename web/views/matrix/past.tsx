/** What history tells of the minutes before a view of samples was opened: one request, of rows or of performance, by what is shown. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import type { HostState } from '../../../src/model/host/state.ts';
import type { PerfPoint } from '../../../src/model/records/history.ts';
import type { PerfSample } from '../../../src/model/records/perf.ts';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { withQuery } from '../../state/api.ts';
import { useFleet } from '../../state/hooks.ts';
import { useRowFeed } from '../../state/row-feed.ts';
import { useQuery } from '../../state/use-query.ts';
import { NO_TRACKS, withHistory } from '../performance/tracks.ts';
import { timeText } from '../performance/window.ts';
import { fillGpus } from './gpu-past.ts';
import { createRowBook, ROWS } from './row-book.ts';
import { KEPT, STEP_MS, type Metric } from './samples.ts';

/** `fill`: puts what is known where a slot is NaN; null: history has not come. */
export interface Past {
  fill: ((host: string, state: HostState, metric: Metric, slots: Float32Array, lastMs: number) => void) | null;
  error: unknown;
  retry: () => void;
}
interface PastProps { children: (past: Past) => ReactElement }

const NO_FILTER = {};

export function RowsPast({ children }: PastProps): ReactElement {
  const [book] = useState(createRowBook);
  const take = useCallback((rows: readonly ActivityRow[]) => book.add(rows, Date.now()), [book]);
  const { error, loading, reload } = useRowFeed(NO_FILTER, ROWS, take);
  return children({ fill: loading || error !== null ? null : book.fill, error, retry: reload });
}

const SPAN_S = (KEPT * STEP_MS) / 1_000;
/** llama-swap's own least. */
const SAMPLE_S = 5;
/** Samples of all lines in one answer; of more, points of so many seconds are asked for. */
const MOST_SAMPLES = 8_000;
const STEP_S = 30;

export function GpusPast({ children }: PastProps): ReactElement {
  const fleet = useFleet();
  const [{ from, stepS }] = useState(() => {
    const tracks = [...(fleet ?? []).values()].reduce((sum, { state }) => sum + 1 + Object.keys(state.gpus).length, 0);
    return { from: Math.floor(Date.now() / 1_000) - SPAN_S, stepS: tracks * (SPAN_S / SAMPLE_S) > MOST_SAMPLES ? STEP_S : null };
  });
  const { data, error, reload } = useQuery<{ samples: PerfSample[] } | { points: PerfPoint[] }>(withQuery('/api/perf', { from: timeText(from), step: stepS }));
  const fill = useMemo<Past['fill']>(() => {
    if (data === null) return null;
    const tracks = withHistory(NO_TRACKS, 'samples' in data ? data.samples : data.points, from, { stepS });
    return (host, _state, metric, slots, lastMs) => fillGpus(tracks, stepS, host, metric, slots, lastMs);
  }, [data, from, stepS]);
  return children({ fill, error, retry: reload });
}

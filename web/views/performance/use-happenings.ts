/** Marks and shades of some hosts: read once for a window, and again when one of them restarts, changes its build or loses something. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Gap } from '../../../src/model/records/gap.ts';
import type { HostEventRow } from '../../../src/model/records/history.ts';
import type { Mark, Shade } from '../../charts/marks.ts';
import { shown } from '../../format/shown.ts';
import { withQuery } from '../../state/api.ts';
import { useFleet } from '../../state/hooks.ts';
import { useQuery } from '../../state/use-query.ts';
import { marksOf, shadesOf } from './happenings.ts';
import { timeText, type TimeWindow } from './window.ts';

export interface Happenings { marks: readonly Mark[]; shades: readonly Shade[]; error: unknown; retry: () => void }

const NOTHING: readonly never[] = [];
const MOST_EVENTS = 1_000;
/** The fleet says it before it is written. */
const STORED_MS = 1_500;

export function useHappenings(hosts: readonly string[], window: TimeWindow): Happenings {
  const fleet = useFleet();
  // Pinned where the window was chosen: what falls off its edge later is not drawn.
  const [opened] = useState(() => Math.floor(Date.now() / 1_000));
  const from = window.from ?? opened - window.spanS;
  const range = { host: hosts, from: timeText(from), to: window.to === null ? null : timeText(window.to) };
  const known = useLater(hosts.map((id) => {
    const state = fleet?.get(id)?.state;
    return `${state?.bootEpoch} ${state?.build?.version} ${state?.gaps.count}`;
  }).join());
  const asked = hosts.length > 0;
  const events = useQuery<{ events: HostEventRow[] }>(asked ? withQuery('/api/host-events', { ...range, kind: ['boot', 'build'], limit: MOST_EVENTS }) : null, known);
  const gaps = useQuery<{ gaps: Gap[] }>(asked ? withQuery('/api/gaps', range) : null, known);
  const names = hosts.map((id) => shown(fleet?.get(id)?.state.name ?? id)).join('\n');
  const nameOf = useMemo(() => {
    const named = new Map(hosts.map((id, index) => [id, names.split('\n')[index] ?? id]));
    return hosts.length > 1 ? (id: string): string => named.get(id) ?? id : null;
  }, [hosts, names]);
  const marks = useMemo(() => (events.data === null ? NOTHING : marksOf(events.data.events, nameOf)), [events.data, nameOf]);
  const shades = useMemo(() => (gaps.data === null ? NOTHING : shadesOf(gaps.data.gaps, nameOf)), [gaps.data, nameOf]);
  const [{ reload: retryEvents }, { reload: retryGaps }] = [events, gaps];
  const error = events.error ?? gaps.error;
  const retry = useCallback(() => {
    retryEvents();
    retryGaps();
  }, [retryEvents, retryGaps]);
  return useMemo(() => ({ marks, shades, error, retry }), [marks, shades, error, retry]);
}

/** The value of a while ago, when it has stayed so. */
function useLater(value: string): string {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), STORED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}

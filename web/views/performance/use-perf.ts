/** The performance of some hosts in a window of time: history once, then what comes live; what may have been missed is read again. */
import { useCallback, useEffect, useState } from 'react';
import type { PerfPoint } from '../../../src/model/records/history.ts';
import type { PerfSample } from '../../../src/model/records/perf.ts';
import { api, withQuery } from '../../state/api.ts';
import { connection, holdTopics, onStream } from '../../state/connection.ts';
import { NO_TRACKS, since, withHistory, withSamples, type Tracks } from './tracks.ts';
import { timeText, type TimeWindow } from './window.ts';

export interface Perf { tracks: Tracks; error: unknown; loading: boolean; retry: () => void }

/** What came within so long is shown together. */
const SHOW_MS = 250;
/** A row is written within a quarter of a second of coming; history is asked for it a little later. */
const STORED_MS = 1_500;
const RETRY_MS = 10_000;
/** Kept beyond the window's edge, so that a line leaves it. */
const MARGIN_S = 120;

interface Wanted { hosts: readonly string[]; window: TimeWindow; stepS: number | null }

export function usePerf({ hosts, window, stepS }: Wanted): Perf {
  const key = JSON.stringify([hosts, window, stepS]);
  const [shown, show] = useState<Omit<Perf, 'retry'> & { key: string }>({ key, tracks: NO_TRACKS, error: null, loading: true });
  const [round, again] = useState(0);
  useEffect(() => {
    const [wantedHosts, wantedWindow, wantedStep] = JSON.parse(key) as [string[], TimeWindow, number | null];
    return startFeed({ hosts: wantedHosts, window: wantedWindow, stepS: wantedStep }, (next) => show((before) => ({
      key, error: next.error, loading: next.loading,
      // Until the new window's own answer is here, the old one's lines stay: what came live meanwhile is no picture of it.
      tracks: next.loading ? before.tracks : next.tracks,
    })));
  }, [key, round]);
  const retry = useCallback(() => again((before) => before + 1), []);
  return { tracks: shown.tracks, error: shown.key === key ? shown.error : null, loading: shown.key !== key || shown.loading, retry };
}

type Answer = { samples: PerfSample[] } | { step: number; points: PerfPoint[] };

/** Returns its end. */
function startFeed({ hosts, window, stepS }: Wanted, show: (next: Omit<Perf, 'retry'>) => void): () => void {
  const chosen = new Set(hosts);
  const live = window.to === null;
  const nowS = (): number => Date.now() / 1_000;
  let tracks: Tracks = NO_TRACKS;
  let error: unknown = null;
  let loaded = false;
  let asking: AbortController | null = null;
  let askedTo = 0;
  /** As asked for, or longer: what the answer has. */
  let step = stepS;
  let showing: ReturnType<typeof setTimeout> | null = null;
  let asked: ReturnType<typeof setTimeout> | null = null;

  const changed = (): void => {
    showing ??= setTimeout(() => {
      showing = null;
      if (live) tracks = since(tracks, nowS() - window.spanS - MARGIN_S);
      show({ tracks, error, loading: !loaded && error === null });
    }, loaded ? SHOW_MS : 0);
  };
  const ask = (from: number): void => {
    asking?.abort();
    const abort = new AbortController();
    asking = abort;
    askedTo = nowS();
    api<Answer>(withQuery('/api/perf', { host: hosts, from: timeText(from), to: live ? null : timeText(window.to), step: stepS }), { signal: abort.signal }).then((answer) => {
      step = 'samples' in answer ? null : answer.step;
      tracks = withHistory(tracks, 'samples' in answer ? answer.samples : answer.points, from, { stepS: step, askedAt: askedTo });
      error = null;
      loaded = true;
    }, (fault: unknown) => {
      if (abort.signal.aborted) return;
      error = fault;
      later(RETRY_MS, askAll);
    }).finally(() => {
      if (asking !== abort) return;
      asking = null;
      changed();
    });
  };
  const later = (ms: number, run: () => void): void => {
    asked ??= setTimeout(() => {
      asked = null;
      run();
    }, ms);
  };
  const askAll = (): void => ask(aligned(live ? nowS() - window.spanS : window.from));
  /** Summed-up points begin at whole steps. */
  const aligned = (s: number): number => (step === null ? Math.floor(s) : Math.floor(s / step) * step);

  const ends: (() => void)[] = [];
  if (hosts.length === 0) loaded = true;
  else askAll();
  if (live && hosts.length > 0) {
    let line = connection.getSnapshot().context.line.state;
    const { unsubscribe } = connection.subscribe(({ context }) => {
      if (context.line.state === 'open' && line !== 'open') later(STORED_MS, askAll);
      line = context.line.state;
    });
    ends.push(unsubscribe, holdTopics(['perf']), onStream((frame) => {
      if (frame.type !== 'perf' || !chosen.has(frame.host)) return;
      tracks = withSamples(tracks, frame.samples, step);
      if (frame.dropped !== undefined && frame.dropped > 0) later(STORED_MS, askAll);
      // A step has ended since history was asked: it now knows its summary.
      else if (step !== null && loaded && asking === null && aligned(nowS()) > aligned(askedTo)) {
        const from = aligned(askedTo) - step;
        later(STORED_MS, () => ask(from));
      }
      changed();
    }));
  }
  changed();
  return () => {
    for (const end of ends) end();
    asking?.abort();
    if (showing !== null) clearTimeout(showing);
    if (asked !== null) clearTimeout(asked);
  };
}

/** Output tokens a second of a host now. While the host has been watched for less than the window, what was counted is the least that the figure can be. */
import type { ReactElement } from 'react';
import type { HostState } from '../../src/model/host/state.ts';
import { msOfTime } from '../../src/model/time.ts';
import { counted, rounded, UNKNOWN } from '../format/figures.ts';
import { useAsOfNow } from '../state/now.ts';

/** For the head of a column of these. */
export const RATE_WORDS = 'Output tokens a second, of the last minute. ≥: the host has been watched for less than a minute, so it is at least so many.';

type Rated = Pick<HostState, 'liveness' | 'throughput'>;

/** Watched for less than the window of its rate. */
export const isYoung = ({ liveness: { state, since }, throughput: { windowS } }: Rated, now: number): boolean => state === 'live' && now - msOfTime(since) < windowS * 1_000;

export function TokensRate({ state }: { state: Rated }): ReactElement {
  const { rows, outputTokensPerSecond } = state.throughput;
  const part = useAsOfNow((now) => Number(isYoung(state, now))) === 1;
  const rate = rows === 0 ? null : outputTokensPerSecond;
  const ended = `${counted(rows, 'request')} ended`;
  if (rate === null) return <span title={rows === 0 ? 'output tokens a second: no request has ended in the last minute' : `output tokens a second: ${ended} in the last minute, and none says how many tokens it made`}>{UNKNOWN}</span>;
  if (!part) return <span title={`output tokens a second, of the last minute: ${ended}`}>{rounded(rate)}</span>;
  // Nothing counted in a part of the window says nothing of the whole.
  const title = `output tokens a second, at least: watched for less than a minute, ${ended} since`;
  return rate === 0 ? <span title={title}>{UNKNOWN}</span> : <span title={title}><span className="text-faint">≥</span> {rounded(rate)}</span>;
}

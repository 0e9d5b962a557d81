/** What happened to hosts, as marks and shades of their charts. */
import type { Gap } from '../../../src/model/records/gap.ts';
import type { HostEventRow } from '../../../src/model/records/history.ts';
import { msOfTime } from '../../../src/model/time.ts';
import type { Mark, Shade } from '../../charts/marks.ts';
import { lostWords } from '../../format/gaps.ts';

const secondOf = (time: string): number => msOfTime(time) / 1_000;
/** What is so near is one happening: an upgrade is a new build and a restart. */
const TOGETHER_S = 5;

/** Restarts and new builds; a host's first sight is neither. With `nameOf`, the host is named. */
export function marksOf(events: readonly HostEventRow[], nameOf: ((hostId: string) => string) | null): Mark[] {
  const found = events
    .filter(({ kind, from }) => from !== null && (kind === 'boot' || kind === 'build'))
    .map(({ hostId, ts, kind, from, to }) => ({ hostId, at: secondOf(ts), restarts: kind === 'boot' ? 1 : 0, build: kind === 'build' ? `${versionOf(from)} → ${versionOf(to)}` : null }))
    .sort((a, b) => a.at - b.at);
  const joined: typeof found = [];
  for (const one of found) {
    const before = joined.findLast(({ hostId }) => hostId === one.hostId);
    if (before !== undefined && one.at - before.at <= TOGETHER_S && (before.build === null) !== (one.build === null)) {
      before.restarts += one.restarts;
      before.build ??= one.build;
    } else joined.push(one);
  }
  return joined.map(({ hostId, at, restarts, build }) => {
    const what = [...(restarts > 0 ? ['restarted'] : []), ...(build === null ? [] : [build])].join(', ');
    return { at, label: nameOf === null ? what : `${nameOf(hostId)} ${what}` };
  });
}

/** `v250` of `v250 60226b63`. */
const versionOf = (build: string | null): string => build?.split(' ')[0] ?? '–';

/** Lost activity, as far as any may be lost. What has no beginning, or no end, is shown where it was found: how far it reaches nobody knows. */
export function shadesOf(gaps: readonly Gap[], nameOf: ((hostId: string) => string) | null): Shade[] {
  return gaps.filter(({ lostMax }) => lostMax !== 0).map((gap) => ({
    from: secondOf(gap.fromTs ?? gap.toTs ?? gap.detectedAt),
    to: secondOf(gap.toTs ?? gap.detectedAt),
    // Of one host among several it would veil what the others told.
    whole: nameOf === null,
    label: `${nameOf === null ? '' : `${nameOf(gap.hostId)}: `}${lostWords(gap)} (${gap.cause})`,
  }));
}
